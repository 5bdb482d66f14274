"""Anthropic Messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, ClassVar

from tui.chat.chunks import Chunk, FinishReason, Notice, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.content import file_text, parts_of, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.http import fetch_json, transport
from tui.providers.stream import Reader, ask, merge_usage

_FINISH = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL,
    "refusal": FinishReason.FILTER,
}
_SAMPLING = ("temperature", "top_p")


class Anthropic(AsyncGeneratorProvider, ProviderModelMixin):
    """api.anthropic.com, and what speaks like it."""

    url: ClassVar[str] = "https://api.anthropic.com"
    api_endpoint: ClassVar[str] = "/v1/messages"
    models_endpoint: ClassVar[str] = "/v1/models?limit=1000"
    api_version: ClassVar[str] = "2026-10-21"
    sampling_version: ClassVar[str] = "2023-06-01"
    """Sent when temperature or top_p is wanted: the newer version refuses both."""
    max_tokens: ClassVar[int] = 16384
    """The longest reply where the person sets none: this dialect can't do without."""
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    extra_body: ClassVar[Mapping[str, Any]] = {}
    """Fields to add to every request."""

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed message. See ``AsyncGeneratorProvider``."""
        body = cls.request_body(model, messages, kwargs)
        version = cls.sampling_version if any(name in body for name in _SAMPLING) else cls.api_version
        return ask(
            f"{cls.url.rstrip('/')}{cls.api_endpoint}",
            ServerSentEvents(),
            MessageReader(),
            headers=cls._request_headers(kwargs.get("api_key"), version),
            json=body,
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that this key may use, retired ones left out."""
        headers = cls._request_headers(kwargs.get("api_key"), cls.api_version)
        url = f"{cls.url.rstrip('/')}{cls.models_endpoint}"
        listed = await fetch_json(url, headers=headers, **transport(proxy, kwargs))
        rows = listed.get("data") or () if isinstance(listed, dict) else ()
        return [_model(row) for row in rows if row.get("lifecycle") != "retired"]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        system, turns = split_system(messages)
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": options.get("max_tokens") or cls.max_tokens,
            "messages": [_message(m) for m in turns],
            "stream": True,
        }
        if system:
            body["system"] = system
        body.update({name: options[name] for name in _SAMPLING if options.get(name) is not None})
        if stop := options.get("stop"):
            body["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
        if effort := options.get("reasoning_effort"):
            body.update(_thinking(effort))
        return {**body, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None, version: str) -> dict[str, str]:
        headers = {"anthropic-version": version}
        # Keys and tokens of Anthropic's own tell what they are; a gateway's may be either, and finds its own.
        if key and not key.startswith("sk-ant-api"):
            headers["Authorization"] = f"Bearer {key}"
        if key and not key.startswith("sk-ant-oat"):
            headers["x-api-key"] = key
        return {**headers, **cls.headers}


class MessageReader(Reader):
    """Reads the events of a message, and a whole message."""

    def __init__(self) -> None:
        self._usage = Usage()
        self._sources: dict[str, Source] = {}

    def read(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """See ``Reader``."""
        match event.get("type"):
            case "message_start":
                yield from self._count(event["message"].get("usage"))
            case "content_block_start":
                yield from self._block(event["content_block"])
            case "content_block_delta":
                yield from self._delta(event["delta"])
            case "message_delta":
                yield from self._count(event.get("usage"))
                yield from self._stop(event["delta"])
            case "message_stop":
                self.finish = self.finish or FinishReason.STOP
                self.ended = True
            case "message":
                for block in event["content"]:
                    yield from self._block(block)
                yield from self._count(event.get("usage"))
                yield from self._stop(event)
                self.ended = True

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _block(self, block: dict[str, Any]) -> Iterator[Chunk]:
        match block["type"]:
            case "text" if block.get("text"):
                yield block["text"]
            case "thinking" if block.get("thinking"):
                yield Reasoning(block["thinking"])
        for citation in block.get("citations") or ():
            self._cite(citation)

    def _delta(self, delta: dict[str, Any]) -> Iterator[Chunk]:
        match delta["type"]:
            case "text_delta":
                yield delta["text"]
            case "thinking_delta":
                yield Reasoning(delta["thinking"])
            case "citations_delta":
                self._cite(delta["citation"])

    def _stop(self, end: dict[str, Any]) -> Iterator[Chunk]:
        if reason := end.get("stop_reason"):
            self.finish = _FINISH.get(reason, FinishReason.STOP)
        if why := (end.get("stop_details") or {}).get("explanation"):
            yield Notice(why)

    def _cite(self, citation: dict[str, Any]) -> None:
        if url := citation.get("url"):
            self._sources.setdefault(url, Source(url, citation.get("title") or ""))

    def _count(self, counts: dict[str, Any] | None) -> Iterator[Usage]:
        """Counts are totals so far; those of the prompt often come only at the start."""
        if not counts:
            return
        cached = counts.get("cache_read_input_tokens")
        prompt = counts.get("input_tokens")
        if prompt is not None:
            prompt += (cached or 0) + (counts.get("cache_creation_input_tokens") or 0)
        self._usage = merge_usage(
            self._usage, Usage(prompt, counts.get("output_tokens"), cached_tokens=cached)
        )
        yield self._usage


def _thinking(effort: str) -> dict[str, Any]:
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    level = "low" if effort == "minimal" else effort
    return {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": level}}


def _message(message: Any) -> dict[str, Any]:
    role, content = message["role"], message["content"]
    if role == "assistant" or isinstance(content, str):
        return {"role": role, "content": text_of(content)}
    return {"role": role, "content": [_block(part) for part in parts_of(content)]}


def _block(part: Any) -> dict[str, Any]:
    match part["type"]:
        case "image_url":
            return {"type": "image", "source": _source(part["image_url"]["url"])}
        case "file":
            source = _source(part["file"]["file_data"])
            return {"type": "document", "source": source, "title": part["file"]["filename"]}
        case _:
            return {"type": "text", "text": part["text"]}


def _source(url: str) -> dict[str, Any]:
    """Where a picture or document is. Text goes as text: only PDF is taken in base64."""
    data = split_data_url(url)
    if data is None:
        return {"type": "url", "url": url}
    media_type, encoded = data
    if (text := file_text(url)) is not None:
        return {"type": "text", "media_type": "text/plain", "data": text}
    return {"type": "base64", "media_type": media_type, "data": encoded}


def _model(row: Mapping[str, Any]) -> ModelInfo:
    able = row.get("capabilities") or {}
    return ModelInfo(
        id=row["id"],
        context=row.get("max_input_tokens"),
        max_output=row.get("max_tokens"),
        vision=_can(able.get("image_input")),
        reasoning=_can(able.get("thinking")),
    )


def _can(capability: Any) -> bool | None:
    if isinstance(capability, Mapping):
        capability = capability.get("supported")
    return capability if isinstance(capability, bool) else None
