"""Anthropic Messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, ClassVar

from tui.chat.chunks import Chunk, FinishReason, Notice, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.content import file_text, parts_of, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, failure_words, finish_of
from tui.providers.http import transport
from tui.providers.listing import list_rows
from tui.providers.sent import Sent, cost_in, text_in
from tui.providers.stream import Reader, Reported, ask, merge_usage
from tui.providers.told import Echo

_SAMPLING = ("temperature", "top_p")


class Anthropic(AsyncGeneratorProvider, ProviderModelMixin):
    """api.anthropic.com, and what speaks like it."""

    schemas: ClassVar[bool] = True
    reads_pdf: ClassVar[bool] = True
    url: ClassVar[str] = "https://api.anthropic.com"
    api_endpoint: ClassVar[str] = "/v1/messages"
    models_endpoint: ClassVar[str] = "/v1/models?limit=1000"
    api_version: ClassVar[str] = "2026-10-21"
    sampling_version: ClassVar[str] = "2023-06-01"
    """Sent when temperature or top_p is wanted: the newer version refuses both."""
    max_tokens: ClassVar[int] = 16384
    """The longest reply where the person sets none: this wire format can't do without."""
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
            required=("max_tokens",),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that this key may use, retired ones left out."""
        headers = cls._request_headers(kwargs.get("api_key"), cls.api_version)
        url = f"{cls.url.rstrip('/')}{cls.models_endpoint}"
        rows = await list_rows(url, "data", {"headers": headers, **transport(proxy, kwargs)})
        return [_model(row) for row in rows if row.text("id") and row.get("lifecycle") != "retired"]

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
        if shape := _closed(options.get("schema")):
            shaped = {"format": {"type": "json_schema", "schema": shape}}
            body["output_config"] = {**body.get("output_config", {}), **shaped}
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

    NAMES = frozenset({"type"})

    def __init__(self) -> None:
        super().__init__()
        self._usage = Usage()
        self._sources: dict[str, Source] = {}
        self._text_again, self._thought_again = Echo(), Echo()

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        match event.text("type") or (event.text("role") == "assistant" and "message"):
            case "message_start":
                yield from self._start(event.part("message"))
            case "content_block_start":
                yield from self._block(event.part("content_block"))
            case "content_block_stop":
                yield from self._flush()
            case "message_stop":
                self.finish = self.finish or FinishReason.STOP
                self.ended = True
            case "message":
                yield from self._whole(event)
                self.ended = True
            case "completion":  # as older models had it
                yield self.said.piece(event.text("completion"))
                yield from self._stop(event)
            case _:
                pass
        plain = event.text("delta")
        yield from self._delta(Sent({"text": plain}) if plain else event.part("delta"))
        yield from self._count(event.part("usage"))
        yield from self._stop(event.part("delta"))

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        yield from self._flush()
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _start(self, message: Sent) -> Iterator[Chunk]:
        for block in message.parts("content"):
            yield from self._block(block)
        yield from self._count(message.part("usage"))

    def _whole(self, message: Sent) -> Iterator[Chunk]:
        blocks = list(message.parts("content"))
        yield from self._flush()
        yield Reasoning(self.thought.whole("".join(block.text("thinking") for block in blocks)))
        yield self.said.whole(text_in(message.get("content")))
        for block in blocks:
            self._cite(block)
        yield from self._stop(message)

    def _block(self, block: Sent) -> Iterator[Chunk]:
        """A block that begins. Some servers put its text into it, and send it in pieces as well."""
        thought, text = block.text("thinking"), block.text("text")
        yield Reasoning(self.thought.piece(self._thought_again.feed(thought)))
        yield self.said.piece(self._text_again.feed(text))
        if thought:
            self._thought_again.expect(thought)
        if text:
            self._text_again.expect(text)
        self._cite(block)

    def _delta(self, delta: Sent) -> Iterator[Chunk]:
        yield Reasoning(self.thought.piece(self._thought_again.feed(delta.text("thinking"))))
        yield self.said.piece(self._text_again.feed(delta.text("text")))
        self._cite(delta)

    def _flush(self) -> Iterator[Chunk]:
        yield Reasoning(self.thought.piece(self._thought_again.close()))
        yield self.said.piece(self._text_again.close())

    def _stop(self, end: Sent) -> Iterator[Chunk]:
        if ended_badly(end.get("stop_reason")):
            raise Reported({"error": failure_words(end.get("stop_reason"))})
        if found := finish_of(end.get("stop_reason")):
            self.finish = found
        yield from map(Notice, filter(None, [end.part("stop_details").text("explanation")]))

    def _cite(self, block: Sent) -> None:
        for citation in (*block.parts("citations"), *block.parts("citation")):
            if url := citation.text("url"):
                self._sources.setdefault(url, Source(url, citation.text("title")))

    def _count(self, counts: Sent) -> Iterator[Usage]:
        """Counts are totals so far; those of the prompt often come only at the start."""
        cached = counts.whole("cache_read_input_tokens")
        prompt = counts.whole("input_tokens")
        if prompt is not None:
            prompt += (cached or 0) + (counts.whole("cache_creation_input_tokens") or 0)
        merged = merge_usage(
            self._usage,
            Usage(prompt, counts.whole("output_tokens"), cached_tokens=cached, cost=cost_in(counts)),
        )
        if merged != self._usage:
            self._usage = merged
            yield merged


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


def _model(row: Sent) -> ModelInfo:
    able = row.part("capabilities")
    return ModelInfo(
        id=row.text("id"),
        context=row.whole("max_input_tokens"),
        max_output=row.whole("max_tokens"),
        vision=_can(able.get("image_input")),
        reasoning=_can(able.get("thinking")),
    )


def _can(capability: Any) -> bool | None:
    if isinstance(capability, Mapping):
        capability = capability.get("supported")
    return capability if isinstance(capability, bool) else None


_SHAPES = frozenset(
    {"type", "title", "description", "enum", "const", "default", "required", "anyOf", "items"}
)
"""What of a schema can be enforced; the rest is said in words, and checked by whoever asks."""


def _closed(schema: Any) -> dict[str, Any] | None:
    """A schema whose objects have no other properties: no others are taken. None where it can't be one."""
    if not isinstance(schema, Mapping):
        return None
    kept = {key: value for key, value in schema.items() if key in _SHAPES}
    if "items" in kept:
        kept["items"] = _closed(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_closed(one) for one in kept["anyOf"]]
    if schema.get("type") == "object":
        properties = {name: _closed(one) for name, one in schema.get("properties", {}).items()}
        kept |= {"properties": properties, "additionalProperties": False}
    whole = kept.get("type") or kept.get("anyOf") or kept.get("enum") or "const" in kept
    inner = [kept.get("items", {}), *kept.get("anyOf", ()), *kept.get("properties", {}).values()]
    return kept if whole and None not in inner and kept.get("properties", True) else None
