"""OpenAI Responses: what OpenAI itself and Perplexity want."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, ClassVar

from tui.chat.chunks import Chunk, FinishReason, Image, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.content import spelled_out, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.http import bearer, transport
from tui.providers.listing import list_models
from tui.providers.stream import Reader, Reported, ask_simpler

_PARAMETERS = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_output_tokens"}
_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTER}
_ABOUT_SUMMARY = re.compile(r"(?i)summar")
_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class OpenAIResponses(AsyncGeneratorProvider, ProviderModelMixin):
    """Any endpoint of this dialect; nothing of the conversation is kept by the server."""

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
        body = cls.request_body(model, messages, kwargs)
        plain = _without_summary(body)  # summaries are only for organisations that showed an identity card
        return ask_simpler(
            f"{cls.url.rstrip('/')}{cls.api_endpoint}",
            ServerSentEvents,
            ResponsesReader,
            (body, plain),
            _ABOUT_SUMMARY,
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
            "input": [_item(m) for m in turns],
            "stream": True,
            "store": False,
        }
        if system:
            body["instructions"] = system
        body.update({t: options[o] for o, t in _PARAMETERS.items() if options.get(o) is not None})
        if effort := options.get("reasoning_effort"):
            body["reasoning"] = {"effort": effort, "summary": "auto"}
        return {**body, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**bearer(key), **cls.headers}


class ResponsesReader(Reader):
    """Reads the events of a response, and a whole response object."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._spoke = False
        self._refused = False
        self._called = False

    def read(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """See ``Reader``."""
        match event.get("type"):
            case "response.output_text.delta":
                self._spoke = True
                yield event["delta"]
            case "response.refusal.delta":
                self._spoke = self._refused = True
                yield event["delta"]
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield Reasoning(event["delta"])
            case "response.reasoning_summary_part.added" if event.get("summary_index"):
                yield Reasoning("\n\n")
            case "response.output_text.annotation.added":
                self._cite([event["annotation"]])
            case "response.output_item.done":
                yield from self._finished_item(event["item"])
            case kind if kind in _ENDS:
                yield from self._end(event["response"])
            case _ if event.get("object") == "response":
                for item in event.get("output") or ():
                    yield from self._finished_item(item)
                yield from self._end(event)

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _finished_item(self, item: dict[str, Any]) -> Iterator[Chunk]:
        match item.get("type"):
            case "image_generation_call" if item.get("result"):
                yield Image(f"data:image/{item.get('output_format') or 'png'};base64,{item['result']}")
            case "function_call" | "custom_tool_call":
                self._called = True
            case "search_results":
                self._cite(item.get("results") or ())

    def _end(self, response: dict[str, Any]) -> Iterator[Chunk]:
        if response.get("status") == "failed" or response.get("error"):
            raise Reported({"error": response.get("error") or "the response failed"})
        yield from self._unspoken(response.get("output") or ())
        if counts := response.get("usage"):
            yield _usage(counts)
        reason = (response.get("incomplete_details") or {}).get("reason")
        if self._refused:
            self.finish = FinishReason.FILTER
        elif self._called:
            self.finish = FinishReason.TOOL
        else:
            self.finish = _INCOMPLETE.get(reason or "", FinishReason.STOP)
        self.ended = True

    def _unspoken(self, items: Any) -> Iterator[Chunk]:
        """Text that came only now, whole; sources, which come with it."""
        for part in (p for item in items if item.get("type") == "message" for p in item.get("content") or ()):
            self._cite(part.get("annotations") or ())
            text = part.get("text") or part.get("refusal")
            if text and not self._spoke:
                self._refused = "refusal" in part
                yield text

    def _cite(self, pages: Any) -> None:
        for page in pages:
            if url := page.get("url"):
                self._sources.setdefault(url, Source(url, page.get("title") or ""))


def _usage(counts: dict[str, Any]) -> Usage:
    cost = counts.get("cost")
    return Usage(
        input_tokens=counts.get("input_tokens"),
        output_tokens=counts.get("output_tokens"),
        reasoning_tokens=(counts.get("output_tokens_details") or {}).get("reasoning_tokens"),
        cached_tokens=(counts.get("input_tokens_details") or {}).get("cached_tokens"),
        cost=cost.get("total_cost") if isinstance(cost, dict) else cost,
    )


def _item(message: Any) -> dict[str, Any]:
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


def _without_summary(body: dict[str, Any]) -> dict[str, Any]:
    if "reasoning" not in body:
        return body
    return {**body, "reasoning": {k: v for k, v in body["reasoning"].items() if k != "summary"}}
