"""Lists of models in the shape of OpenAI's ``GET /models``, with what each vendor adds to a row.

Those that make pictures and nothing else are among them; where a row says so, it is told.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from tui.chat.model import ModelInfo, Pictures
from tui.errors import ErrorKind, ProviderError
from tui.providers.address import has_version, host_of, joined
from tui.providers.complaints import complains
from tui.providers.error_parsing import describe, hide, read_complaint
from tui.providers.http import fetch_json
from tui.providers.picture_models import as_painter, makes_only_pictures
from tui.providers.refusals import nothing_there
from tui.providers.sent import Sent
from tui.secret import Secret
from tui.text import one_line

# Rows that can't chat, by the words of the vendors' own names.
_NOT_CHAT = re.compile(
    r"(?i)(embed|whisper|\btts\b|-tts|moderation|realtime|transcribe|\bsora|babbage|davinci|rerank|-ocr|\bveo)"
)
_NOT_CHAT_TYPES = frozenset(
    {"embedding", "embeddings", "audio", "video", "moderation", "rerank", "transcribe"}
)
_CHAT_TYPES = frozenset({"chat", "language", "code", "llm", "vlm", "text"})
T = TypeVar("T")
_CONTEXT = ("context_length", "context_window", "max_context_length", "max_model_len", "max_input_tokens")
_PLACES = (
    *("data", "models", "model_list", "available_models", "items", "results", "result", "list", "entries"),
    *("body", "response", "output"),
)
"""Where the rows of a list may stand."""
_DEEPEST = 4
_NAMES = ("id", "key", "name", "model", "model_id", "modelId", "model_name", "modelName", "slug")
_OUTPUT = ("max_completion_tokens", "max_output_tokens", "max_tokens")


async def list_models(base: str, endpoint: str, way: Mapping[str, Any]) -> list[ModelInfo]:
    """The models that a server lists, as far as one can talk to them.

    Args:
        base: The provider's base address.
        endpoint: The list's address, seen from there; where it has none, as in an older version of the
            server, ``models`` is asked.
        way: Options of ``http.open_stream``.

    Raises:
        ProviderError: The list could not be had.
    """
    return await at_either(base, "/v1", lambda at: _models_at(at, endpoint, way))


async def list_more(base: str, endpoint: str, way: Mapping[str, Any]) -> list[ModelInfo]:
    """What a second list of a server adds; nothing where there is none.

    Args:
        base: The provider's base address.
        endpoint: The list's address, seen from there.
        way: Options of ``http.open_stream``.

    Raises:
        ProviderError: The list could not be had.
    """
    return await _newer_list(joined(base, endpoint), way)


async def at_either(base: str, version: str, ask: Callable[[str], Awaitable[list[T]]]) -> list[T]:
    """What ``ask`` finds at an address; below ``version``, where nothing is there and it may lack that.

    Raises:
        ProviderError: The list could not be had at either.
    """
    missing: ProviderError | None = None
    found: list[T] = []
    try:
        found = await ask(base)
    except ProviderError as error:
        if has_version(base) or not _is_no_list(error):
            raise
        missing = error
    if found or has_version(base):
        return found
    try:
        return await ask(joined(base, version))
    except ProviderError:
        if missing:
            raise missing from None
        return found


def _is_no_list(error: ProviderError) -> bool:
    """Whether there is no list at the address: nothing, a web page, or words that say so."""
    return error.kind in (ErrorKind.NOT_FOUND, ErrorKind.PROTOCOL) or nothing_there(
        error.status_code, error.message
    )


async def _models_at(base: str, endpoint: str, way: Mapping[str, Any]) -> list[ModelInfo]:
    usual = joined(base, "models")
    parts = urlsplit(urljoin(usual, endpoint))
    url = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlsplit(usual).query)))))
    url = usual if endpoint == "models" else url
    found = await _newer_list(url, way) if url != usual else []
    if found:
        return found
    listed = await fetch_json(usual, **way)
    found = models_in(listed)
    if not found:
        _refuse(listed, usual, way)
    return found


async def _newer_list(url: str, way: Mapping[str, Any]) -> list[ModelInfo]:
    try:
        return models_in(await fetch_json(url, **way))
    except ProviderError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return []


async def list_rows(url: str, name: str, way: Mapping[str, Any]) -> list[Sent]:
    """The rows of a list that stands at ``name``; one of names alone has rows with an ``id``.

    Args:
        url: Where the list is.
        name: Its field.
        way: Options of ``http.open_stream``.

    Raises:
        ProviderError: The list could not be had, or there is an error in its place.
    """
    listed = await fetch_json(url, **way)
    rows = rows_in(listed, name)
    if not rows:
        _refuse(listed, url, way)
    return rows


def _refuse(listed: Any, url: str, way: Mapping[str, Any]) -> None:
    """Say the error that stands in place of a list, or that none is there."""
    key = way.get("api_key")
    secret = Secret(key) if key else None
    if not complains(listed):
        if isinstance(listed, list) or rows_in(listed, *_PLACES) or _is_empty(listed):
            return
        said = f": “{one_line(hide(listed, secret), 80)}”" if isinstance(listed, str) else ""
        raise ProviderError(
            f"{host_of(url)} sent something else than a list of models{said}",
            "Check the address, or name the models in the config.",
            kind=ErrorKind.PROTOCOL,
        )
    words = describe(host_of(url), None, read_complaint(listed), secret)
    raise ProviderError(words.message, words.hint, kind=words.kind)


def models_in(payload: Any) -> list[ModelInfo]:
    """The chat models in a decoded list; rows of another shape are left out."""
    found = map(_model, rows_in(payload, "data", "models"))
    return list({model.id: model for model in found if model is not None}.values())


def rows_in(payload: Any, *names: str) -> list[Sent]:
    """The rows of a list: it may stand in a field, be one of names alone, or have its rows by their names."""
    for _ in range(_DEEPEST):
        if not isinstance(payload, Mapping) or complains(payload):
            break
        found = (payload[name] for name in dict.fromkeys((*names, *_PLACES)) if payload.get(name))
        inner = next((rows for rows in found if isinstance(rows, list | Mapping)), None)
        if inner is None:
            by_name = {} if any(name in payload for name in _PLACES) else payload
            payload = [{"id": name, **row} for name, row in by_name.items() if isinstance(row, Mapping)]
        else:
            payload = inner
    rows = payload if isinstance(payload, list) else []
    if rows and all(isinstance(row, list) for row in rows):
        rows = [each for row in rows for each in row]
    return [
        Sent({"id": row} if isinstance(row, str) else row) for row in rows if isinstance(row, str | Mapping)
    ]


def _is_empty(payload: Any) -> bool:
    """Whether this is a list without anything in it."""
    if isinstance(payload, Mapping):
        payload = next((payload[name] for name in _PLACES if name in payload), 0)
    return payload is None or payload in ([], {})


def is_chat_name(name: str) -> bool:
    """Whether a model of this name can chat, as far as vendors' names tell."""
    return not _NOT_CHAT.search(name) and not makes_only_pictures(name)


def _model(row: Sent) -> ModelInfo | None:
    name = row.text(*_NAMES)  # LM Studio's is a key
    pictures = _pictures(row, name)
    if not name or not (pictures == "only" or _chats(row, name)):
        return None
    limits, capabilities = row.part("limits"), row.part("capabilities")
    if pictures == "only":
        return as_painter(ModelInfo(id=name, vision=_vision(row, capabilities)))
    return ModelInfo(
        id=name,
        context=_loaded(row)
        or _count(row, *_CONTEXT)
        or _count(row.part("meta"), "n_ctx")
        or _count(limits, "max_input_tokens"),
        max_output=_count(row.part("top_provider"), *_OUTPUT)
        or _count(limits, "max_output_tokens")
        or _count(row, *_OUTPUT),
        input_price=_price(row, "prompt", "input"),
        output_price=_price(row, "completion", "output"),
        cached_price=_price(row, "input_cache_read", "cached_input", "cached_prompt"),
        written_price=_price(row, "input_cache_write", "cache_write") or None,
        vision=_vision(row, capabilities),
        reasoning=_reasoning(row, capabilities),
        pictures=pictures,
    )


def _chats(row: Sent, name: str) -> bool:
    if row.text("type") in _NOT_CHAT_TYPES or row.part("capabilities").flag("completion_chat") is False:
        return False
    outputs = _outputs(row)
    return (not outputs or "text" in outputs) and not _NOT_CHAT.search(name)


def _outputs(row: Sent) -> list[Any]:
    """What a model gives, where its row says that; OpenRouter and xAI do."""
    outputs = row.part("architecture").get("output_modalities") or row.get("output_modalities")
    return outputs if isinstance(outputs, list) else []


def _pictures(row: Sent, name: str) -> Pictures | None:
    """When a model makes pictures, by what it gives, or by its type (Together, Vercel, LM Studio).

    One that has words by its type may make pictures, too; but its name is no reason to hold it for a painter.
    """
    if outputs := _outputs(row):
        return "never" if "image" not in outputs else "always" if "text" in outputs else "only"
    if row.text("type") == "image":
        return "only"
    talks = row.text("type") in _CHAT_TYPES or row.part("capabilities").flag("completion_chat")
    return "never" if talks and makes_only_pictures(name) else None


def _count(row: Sent, *names: str) -> int | None:
    return next((count for name in names if (count := row.whole(name))), None)


def _loaded(row: Sent) -> int | None:
    """The context that LM Studio loaded a model with: it may be less than the model could take."""
    loaded = next(row.parts("loaded_instances"), Sent(None))
    return _count(loaded.part("config"), "context_length")


def _price(row: Sent, per_token: str, per_million: str, of_xai: str = "") -> float | None:
    """Dollars a million tokens.

    OpenRouter and Vercel give texts with dollars a token, Together numbers with dollars a million, xAI
    hundredths of a cent a million.
    """
    if cents := _count(row, f"{of_xai or per_token}_text_token_price"):
        return cents / 10_000
    pricing = row.part("pricing")
    a_token = per_million if pricing.text(per_million) else per_token
    if pricing.text(a_token):
        price = pricing.number(a_token)  # a text below 0, as -1, says that it depends
        return None if price is None else round(price * 1_000_000, 6)
    return pricing.number(per_million)


def _vision(row: Sent, capabilities: Sent) -> bool | None:
    modalities = (
        row.part("architecture").get("input_modalities")
        or row.get("input_modalities")
        or row.get("supported_input_modalities")
    )
    seen = "image" in modalities if isinstance(modalities, list) else None
    return seen if capabilities.flag("vision") is None else capabilities.flag("vision")


def _reasoning(row: Sent, capabilities: Sent) -> bool | None:
    parameters = row.get("supported_parameters")
    listed = "reasoning" in parameters if isinstance(parameters, list) else None
    return listed if capabilities.flag("reasoning") is None else capabilities.flag("reasoning")
