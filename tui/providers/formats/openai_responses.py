"""OpenAI Responses: what OpenAI itself and Perplexity want."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tui.chat.chunks import Chunk, FinishReason, Image, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.complaints import reports_error
from tui.providers.content import spelled_out, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, finish_of
from tui.providers.http import bearer, transport
from tui.providers.listing import list_models
from tui.providers.sent import Sent, cost_in, text_in
from tui.providers.stream import Reader, Reported, ask

_PARAMETERS = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_output_tokens"}
_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class OpenAIResponses(AsyncGeneratorProvider, ProviderModelMixin):
    """Any endpoint of this wire format; nothing of the conversation is kept by the server."""

    schemas: ClassVar[bool] = True
    reads_pdf: ClassVar[bool] = True
    url: ClassVar[str] = "https://api.openai.com/v1"
    api_endpoint: ClassVar[str] = "/responses"
    models_endpoint: ClassVar[str] = "models"
    """Where the list of models is, seen from ``url``."""
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    extra_body: ClassVar[Mapping[str, Any]] = {}
    """Fields to add to every request."""

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed response. See ``AsyncGeneratorProvider``."""
        return ask(
            f"{cls.url.rstrip('/')}{cls.api_endpoint}",
            ServerSentEvents(),
            ResponsesReader(),
            json=cls.request_body(model, messages, kwargs),
            headers=cls._request_headers(kwargs.get("api_key")),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The server's chat models."""
        way = {"headers": cls._request_headers(kwargs.get("api_key")), **transport(proxy, kwargs)}
        return await list_models(cls.url, cls.models_endpoint, way)

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        system, turns = split_system(messages)
        body: dict[str, Any] = {
            "model": model,
            "input": [_turn(m) for m in turns],
            "stream": True,
            "store": False,
        }
        if system:
            body["instructions"] = system
        body.update({t: options[o] for o, t in _PARAMETERS.items() if options.get(o) is not None})
        if effort := options.get("reasoning_effort"):
            body["reasoning"] = {"effort": effort, "summary": "auto"}
        if schema := options.get("schema"):
            shape = {"type": "json_schema", "name": "answer", "schema": dict(schema), "strict": False}
            body["text"] = {"format": shape}
        return {**body, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**bearer(key), **cls.headers}


class ResponsesReader(Reader):
    """Reads the events of a response, and a whole response object."""

    NAMES = frozenset({"type", "object", "response"})

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[str, Source] = {}
        self._pictures: set[str] = set()
        self._refused = False
        self._called = False

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        kind = event.text("type")
        yield from self._piece(kind, event)
        yield from self._finished(kind, event)
        if kind in _ENDS:
            yield from self._end(event.part("response"), failed=kind == "response.failed")
        elif event.get("object") == "response" or (not kind and isinstance(event.get("output"), list)):
            yield from self._end(event)

    def _piece(self, kind: str, event: Sent) -> Iterator[Chunk]:
        delta = text_in(event.get("delta"))
        match kind:
            case "response.refusal.delta":
                yield from self._refusal(self.said.piece(delta))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield Reasoning(self.thought.piece(delta))
            case "response.reasoning_summary_part.added" if event.whole("summary_index"):
                yield Reasoning(self.thought.piece("\n\n"))
            case "response.output_text.annotation.added":
                self._cite([event.part("annotation")])
            case _ if kind == "response.output_text.delta" or not kind.startswith("response."):
                yield self.said.piece(delta)
            case _:
                pass

    def _finished(self, kind: str, event: Sent) -> Iterator[Chunk]:
        """What comes once more when a part of the response is whole."""
        match kind:
            case "response.output_text.done":
                yield self.said.whole(event.text("text"))
            case "response.refusal.done":
                yield from self._refusal(self.said.whole(event.text("refusal")))
            case "response.reasoning_summary_text.done" | "response.reasoning_text.done":
                yield Reasoning(self.thought.whole(event.text("text")))
            case "response.content_part.done":
                yield from self._parts([event.part("part")])
            case "response.output_item.done":
                yield from self._item(event.part("item"))
            case _:
                pass

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _item(self, item: Sent) -> Iterator[Chunk]:
        match item.text("type"):
            case "message":
                yield from self._parts(_contents(item))
            case "image_generation_call" if data := item.text("result"):
                kind = item.text("output_format") or "png"
                yield from self._picture(f"data:image/{kind};base64,{data}")
            case "function_call" | "custom_tool_call":
                self._called = True
            case "search_results":
                self._cite(item.parts("results"))
            case _:
                pass

    def _picture(self, url: str) -> Iterator[Image]:
        """A picture once: it may come as an item and in the whole response."""
        if url not in self._pictures:
            self._pictures.add(url)
            yield Image(url)

    def _parts(self, parts: Iterable[Sent]) -> Iterator[Chunk]:
        """The text of a whole message, as far as it was not streamed; its sources come only now."""
        parts = list(parts)
        yield self.said.whole("".join(part.text("text") for part in parts))
        yield from self._refusal(self.said.whole("".join(part.text("refusal") for part in parts)))
        for part in parts:
            self._cite(part.parts("annotations"))

    def _refusal(self, text: str) -> Iterator[str]:
        self._refused = self._refused or bool(text)
        yield text

    def _end(self, response: Sent, *, failed: bool = False) -> Iterator[Chunk]:
        items = list(response.parts("output"))
        messages = (item for item in items if item.text("type") == "message")
        yield from self._parts(part for item in messages for part in _contents(item))
        if not self.said.begun:
            yield self.said.whole(response.text("output_text"))
        for item in items:
            if item.text("type") != "message":
                yield from self._item(item)
        if response.part("usage"):
            yield _usage(response.part("usage"))
        if failed or ended_badly(response.get("status")) or reports_error(response.raw):
            raise Reported({"error": response.get("error") or "the response failed"})
        reason = finish_of(response.part("incomplete_details").text("reason"))
        reason = FinishReason.TOOL if self._called else reason or FinishReason.STOP
        self.finish = FinishReason.FILTER if self._refused else reason
        self.ended = True

    def _cite(self, pages: Iterable[Sent]) -> None:
        for page in pages:
            if url := page.text("url"):
                self._sources.setdefault(url, Source(url, page.text("title")))


def _contents(message: Sent) -> Iterator[Sent]:
    """The parts of a message; a plain text is one."""
    return (Sent({"text": part} if isinstance(part, str) else part) for part in message.items("content"))


def _usage(counts: Sent) -> Usage:
    return Usage(
        input_tokens=counts.whole("input_tokens", "prompt_tokens"),
        output_tokens=counts.whole("output_tokens", "completion_tokens"),
        reasoning_tokens=counts.part("output_tokens_details").whole("reasoning_tokens"),
        cached_tokens=counts.part("input_tokens_details").whole("cached_tokens"),
        cost=cost_in(counts),
    )


def _turn(message: Any) -> dict[str, Any]:
    role, content = message["role"], message["content"]
    if role == "assistant":
        return {"role": role, "content": [{"type": "output_text", "text": text_of(content)}]}
    return {"role": role, "content": [_part(part) for part in spelled_out(content)]}


def _part(part: Any) -> dict[str, Any]:
    match part["type"]:
        case "image_url":
            return {"type": "input_image", "image_url": part["image_url"]["url"], "detail": "auto"}
        case "file":
            return {"type": "input_file", **part["file"]}
        case _:
            return {"type": "input_text", "text": part["text"]}
