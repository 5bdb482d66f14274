"""Lists of models in the shape of OpenAI's ``GET /models``, with what each vendor adds to a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers.http import fetch_json

# Rows that can't chat, by the words of the vendors' own names.
_NOT_CHAT = re.compile(
    r"(?i)(embed|whisper|\btts\b|-tts|dall-e|moderation|realtime|transcribe|\bsora|babbage|davinci"
    r"|gpt-image|rerank|-ocr|\bimagen|\bveo)"
)
_NOT_CHAT_TYPES = frozenset(
    {"embedding", "embeddings", "image", "audio", "moderation", "rerank", "transcribe"}
)
_CONTEXT = ("context_length", "context_window", "max_context_length", "max_model_len", "max_input_tokens")
_OUTPUT = ("max_completion_tokens", "max_output_tokens", "max_tokens")


async def list_models(base: str, endpoint: str, way: Mapping[str, Any]) -> list[ModelInfo]:
    """The chat models that a server lists.

    Args:
        base: The provider's base address.
        endpoint: The list's address, seen from there; where it has none, as in an older version of the
            server, ``models`` is asked.
        way: Options of ``http.open_stream``.

    Raises:
        ProviderError: The list could not be had.
    """
    usual = f"{base.rstrip('/')}/models"
    url = urljoin(usual, endpoint)
    try:
        found = models_in(await fetch_json(url, **way))
    except ProviderError as error:
        if error.kind is not ErrorKind.NOT_FOUND or url == usual:
            raise
        found = []
    return found or (models_in(await fetch_json(usual, **way)) if url != usual else [])


def models_in(payload: Any) -> list[ModelInfo]:
    """The chat models in a decoded list; rows of another shape are left out."""
    rows = payload.get("data", payload.get("models")) if isinstance(payload, Mapping) else payload
    if not isinstance(rows, list):
        return []
    found = (_model(row) for row in rows if isinstance(row, Mapping))
    return list({model.id: model for model in found if model is not None}.values())


def is_chat_name(name: str) -> bool:
    """Whether a model of this name can chat, as far as vendors' names tell."""
    return not _NOT_CHAT.search(name)


def _model(row: Mapping[str, Any]) -> ModelInfo | None:
    name = row.get("id") or row.get("key") or row.get("name")  # LM Studio's is a key
    if not isinstance(name, str) or not _chats(row, name):
        return None
    return ModelInfo(
        id=name,
        context=_loaded(row)
        or _whole(row, *_CONTEXT)
        or _whole(_part(row, "meta"), "n_ctx")
        or _whole(_part(row, "limits"), "max_input_tokens"),
        max_output=_whole(_part(row, "top_provider"), *_OUTPUT)
        or _whole(_part(row, "limits"), "max_output_tokens")
        or _whole(row, *_OUTPUT),
        input_price=_price(row, "prompt", "input"),
        output_price=_price(row, "completion", "output"),
        vision=_vision(row),
        reasoning=_reasoning(row),
    )


def _chats(row: Mapping[str, Any], name: str) -> bool:
    if row.get("type") in _NOT_CHAT_TYPES or _part(row, "capabilities").get("completion_chat") is False:
        return False
    outputs = _part(row, "architecture").get("output_modalities")
    if isinstance(outputs, list | tuple) and outputs and "text" not in outputs:
        return False
    return is_chat_name(name)


def _part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _whole(row: Mapping[str, Any], *names: str) -> int | None:
    return next((row[n] for n in names if type(row.get(n)) is int and row[n] > 0), None)


def _loaded(row: Mapping[str, Any]) -> int | None:
    """The context that LM Studio loaded a model with: it may be less than the model could take."""
    loaded = row.get("loaded_instances")
    first = loaded[0] if isinstance(loaded, list) and loaded else None
    return _whole(_part(first, "config"), "context_length") if isinstance(first, Mapping) else None


def _price(row: Mapping[str, Any], per_token: str, per_million: str) -> float | None:
    """Dollars a million tokens.

    OpenRouter and Vercel give texts with dollars a token, Together numbers with dollars a million, xAI
    hundredths of a cent a million.
    """
    if cents := _whole(row, f"{per_token}_text_token_price"):
        return cents / 10_000
    pricing = _part(row, "pricing")
    number = pricing.get(per_million)
    text = number if isinstance(number, str) else pricing.get(per_token)
    if isinstance(text, str):
        try:
            price = float(text) * 1_000_000
        except ValueError:
            return None
        return round(price, 6) if price >= 0 else None  # -1: it depends
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def _vision(row: Mapping[str, Any]) -> bool | None:
    vision = _part(row, "capabilities").get("vision")
    if isinstance(vision, bool):
        return vision
    modalities = (
        _part(row, "architecture").get("input_modalities")
        or row.get("input_modalities")
        or row.get("supported_input_modalities")
    )
    return "image" in modalities if isinstance(modalities, list | tuple) else None


def _reasoning(row: Mapping[str, Any]) -> bool | None:
    reasoning = _part(row, "capabilities").get("reasoning")
    if isinstance(reasoning, bool):
        return reasoning
    parameters = row.get("supported_parameters")
    return "reasoning" in parameters if isinstance(parameters, list | tuple) else None
