"""Ollama's own API: it says more than its OpenAI-compatible one, and takes a context size."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from tui.chat.chunks import Chunk, FinishReason, Notice, Reasoning, Usage
from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens
from tui.chat.model import ModelInfo
from tui.checked import amount
from tui.errors import ProviderError
from tui.providers.address import joined
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.calls import Calls, call_id, functions, sent_id
from tui.providers.content import spelled_out, split_data_url
from tui.providers.decode import JsonLines
from tui.providers.endings import ended_badly, finish_of
from tui.providers.http import bearer, fetch_json, transport
from tui.providers.listing import list_rows
from tui.providers.sent import Sent, text_in
from tui.providers.stream import Reader, Reported, ask

_OPTIONS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "num_predict",
    "seed": "seed",
    "num_ctx": "num_ctx",
}
_OTHER_API = re.compile(r"/v1(?:/chat/completions|/completions|/responses|/models|/messages|/embeddings)?/*$")
_FORMAT = "ollama"
_LEAST_CONTEXT = 4096
"""What every server gives unasked."""
_REPLY_TOKENS = 1024
_TOKENS_OF_PICTURE = 1024
_MARGIN = 1.3
"""The estimate of tokens is known to be off by this much."""
_AT_ONCE = 4
"""Questions about single models that are asked at the same time."""


class Ollama(AsyncGeneratorProvider, ProviderModelMixin):
    """A server of Ollama, on this machine or elsewhere."""

    schemas: ClassVar[bool] = True
    url: ClassVar[str] = "http://127.0.0.1:11434"
    api_endpoint: ClassVar[str] = "/api/chat"
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    num_ctx: ClassVar[int | None] = None
    """Tokens of context to ask for; None asks for as many as the conversation needs.

    Without any the server would cut a long conversation at its own default, and not say so.
    """
    keep_alive: ClassVar[str | None] = None
    """How long the model stays in memory, as ``5m``; None leaves it to the server."""
    format: ClassVar[str] = _FORMAT
    tools: ClassVar[bool] = True

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed reply. See ``AsyncGeneratorProvider``; ``num_ctx`` is taken as well."""
        return ask(
            joined(cls._base(), cls.api_endpoint),
            JsonLines(),
            OllamaReader(_unsendable(messages), model),
            headers=cls._request_headers(kwargs.get("api_key")),
            json=cls.request_body(model, messages, kwargs),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models on the server; each one is asked what it can."""
        options = {"headers": cls._request_headers(kwargs.get("api_key")), **transport(proxy, kwargs)}
        rows = await list_rows(joined(cls._base(), "/api/tags"), "models", options)
        names = [row.text("model", "name", "id") for row in rows]
        at = joined(cls._base(), "/api/show")
        places = asyncio.Semaphore(_AT_ONCE)

        async def show(name: str) -> ModelInfo | None:
            async with places:
                try:
                    shown = await fetch_json(at, method="POST", json={"model": name}, **options)
                except ProviderError:
                    return ModelInfo(id=name)  # it is there all the same
            return _model(name, Sent(shown))

        found = await asyncio.gather(*(show(name) for name in names if name))
        return [model for model in found if model]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        turns = list(_turns(messages))
        declared = functions(options.get("tools", ()))
        given = {"num_ctx": cls.num_ctx or _context(turns, declared, options), **options}
        chosen = {theirs: given[ours] for ours, theirs in _OPTIONS.items() if given.get(ours) is not None}
        if stop := options.get("stop"):
            chosen["stop"] = [stop] if isinstance(stop, str) else list(stop)
        body: dict[str, Any] = {"model": model, "messages": turns, "stream": True}
        if declared and options.get("tool_choice") != "none":
            body["tools"] = declared
        if effort := options.get("reasoning_effort"):
            body["think"] = False if effort == "none" else effort
        if schema := options.get("schema"):
            body["format"] = dict(schema)
        if cls.keep_alive is not None:
            body["keep_alive"] = cls.keep_alive
        if chosen:
            body["options"] = chosen
        return body

    @classmethod
    def _base(cls) -> str:
        """The address without the ``/v1`` of its other API, which is asked for elsewhere."""
        parts = urlsplit(cls.url)
        path = _OTHER_API.sub("", parts.path)
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**bearer(key), **cls.headers}


class OllamaReader(Reader):
    """Reads the lines of ``/api/chat``; tells which files were not sent."""

    NAMES = frozenset({"message", "done"})

    def __init__(self, left_out: Sequence[str] = (), model: str = "") -> None:
        """Begin.

        Args:
            left_out: Files that were not sent.
            model: The server's name of the model.
        """
        super().__init__()
        self._left_out = left_out
        self._model = model
        self._calls = Calls()
        self._count = 0

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        message, done = event.part("message"), event.flag("done")
        thought = message.text("thinking", "reasoning") or event.text("thinking")
        plain = event.text("message", "response") if "done" in event else ""
        text = text_in(message.get("content")) or plain
        yield Reasoning(self.thought.last(thought) if done else self.thought.piece(thought))
        yield from self._text(self.said.last(text) if done else self.said.piece(text))
        for call in message.parts("tool_calls"):
            if function := call.part("function"):
                name, arguments = function.text("name"), function.get("arguments")
                yield from self._calls.whole(call.text("id"), self._count, name, arguments)
                self._count += 1
        if done:
            if ended_badly(event.get("done_reason")):
                raise Reported(event.raw)
            found = finish_of(event.get("done_reason")) or FinishReason.STOP
            self.finish = FinishReason.TOOL if self._calls and found is FinishReason.STOP else found
            yield _usage(event)

    def _text(self, text: str) -> Iterator[Chunk]:
        if text:
            yield text

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        yield from self._calls.finished(_FORMAT, self._model, self.finish)
        if self._left_out:
            yield Notice(f"Ollama takes no such file; left out: {', '.join(self._left_out)}")


def _context(
    turns: list[dict[str, Any]], declared: list[dict[str, Any]], options: Mapping[str, Any]
) -> int | None:
    """Room for the conversation and its reply, in powers of two: each change loads the model anew."""
    pictures = sum(len(turn.get("images", ())) for turn in turns)
    tokens = sum(estimate_tokens(turn["content"]) + TOKENS_PER_MESSAGE for turn in turns)
    calls = [declared, *(turn["tool_calls"] for turn in turns if "tool_calls" in turn)]
    tokens += sum(estimate_tokens(json.dumps(one, ensure_ascii=False)) for one in calls if one)
    tokens += pictures * _TOKENS_OF_PICTURE
    wanted = round(tokens * _MARGIN) + (options.get("max_tokens") or _REPLY_TOKENS)
    return None if wanted <= _LEAST_CONTEXT else 1 << (wanted - 1).bit_length()


def _usage(event: Sent) -> Usage:
    output, nanoseconds = event.whole("eval_count"), event.number("eval_duration")
    speed = amount(output / nanoseconds * 1e9) if output and nanoseconds else None
    return Usage(event.whole("prompt_eval_count"), output, tokens_per_second=speed)


def _turns(messages: Messages) -> Iterator[dict[str, Any]]:
    """The messages; each result is one."""
    ids: dict[str, str] = {}
    for message in messages:
        if message["role"] != "tool":
            yield _message(message) | _called(message["content"], ids)
            continue
        for part in message["content"]:
            yield _result(part, ids)


def _called(content: Any, ids: dict[str, str]) -> dict[str, Any]:
    calls = []
    for part in content if not isinstance(content, str) else ():
        if part["type"] != "tool_call":
            continue
        ids[part["id"]] = sent_id(part, ids)
        function = {"name": part["name"], "arguments": dict(part["arguments"])}
        calls.append({"id": ids[part["id"]], "function": function})
    return {"tool_calls": calls} if calls else {}


def _result(part: Any, ids: Mapping[str, str]) -> dict[str, Any]:
    text = f"Error: {part['text']}" if part["is_error"] else part["text"]
    told = _message({"role": "tool", "content": [{"type": "text", "text": text}, *part["files"]]})
    known = ids.get(part["id"], f"call_{call_id(part['id'])}")
    return {**told, "tool_name": part["name"], "tool_call_id": known}


def _message(message: Any) -> dict[str, Any]:
    content = spelled_out(message["content"])
    sent: dict[str, Any] = {"role": message["role"], "content": text_of(content)}
    if images := [data[1] for part in content if (data := _picture(part))]:
        sent["images"] = images
    return sent


def _picture(part: Any) -> tuple[str, str] | None:
    return split_data_url(part["image_url"]["url"]) if part["type"] == "image_url" else None


def _unsendable(messages: Messages) -> list[str]:
    """Names of files, and of pictures that are only linked: the server takes neither."""
    names = []
    parts = [part for message in messages for part in spelled_out(message["content"])]
    parts += [file for part in parts if part["type"] == "tool_result" for file in spelled_out(part["files"])]
    for part in parts:
        if part["type"] == "file":
            names.append(part["file"]["filename"])
        elif part["type"] == "image_url" and not _picture(part):
            names.append(part["image_url"]["url"])
    return names


def _model(name: str, shown: Sent) -> ModelInfo | None:
    able = shown.items("capabilities")
    if able and "completion" not in able:
        return None  # it makes embeddings
    facts = shown.part("model_info")
    context = (facts.whole(key) for key in facts.raw if key.endswith(".context_length"))
    return ModelInfo(
        id=name,
        context=next(context, None),
        vision="vision" in able if able else None,
        reasoning="thinking" in able if able else None,
    )
