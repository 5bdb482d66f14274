"""OpenAI chat completions: the dialect that most vendors and local servers speak."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, ClassVar, Literal

from tui.chat.chunks import Chunk, FinishReason, Image, Progress, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin
from tui.providers.content import spelled_out
from tui.providers.decode import ServerSentEvents, ThinkTag
from tui.providers.http import transport
from tui.providers.listing import list_models
from tui.providers.stream import Reader, Reported, ask, merge_usage

_FINISH = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTER,
    "blacklist": FinishReason.FILTER,  # GigaChat
    "tool_calls": FinishReason.TOOL,
    "function_call": FinishReason.TOOL,
}
_DEEPSEEK_EFFORT = {"minimal": "low", "low": "low", "xhigh": "max", "max": "max"}


class OpenAIChat(AsyncGeneratorProvider, ProviderModelMixin):
    """Any endpoint of this dialect. What differs between vendors is a class attribute."""

    url: ClassVar[str] = "https://api.openai.com/v1"
    api_endpoint: ClassVar[str] = "/chat/completions"
    models_endpoint: ClassVar[str] = "models"
    """Where the list of models is, seen from ``url``."""
    auth_header: ClassVar[str] = "Authorization"
    """The header of the key; as ``Bearer`` in Authorization, bare in any other (Azure's ``api-key``)."""
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    extra_body: ClassVar[Mapping[str, Any]] = {}
    """Fields to add to every request."""
    max_tokens_field: ClassVar[str] = "max_tokens"
    """``max_completion_tokens`` where the vendor wants the new name."""
    seed_field: ClassVar[str] = "seed"
    reasoning_format: ClassVar[Literal["effort", "openrouter", "deepseek", "none"]] = "effort"
    """How ``reasoning_effort`` is said: by its own name, in ``reasoning``, with ``thinking``, or not."""
    stream_usage: ClassVar[bool] = True
    """Ask for token counts with ``stream_options``; a few servers refuse the field."""

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed completion. See ``AsyncGeneratorProvider``."""
        return ask(
            f"{cls.url.rstrip('/')}{cls.api_endpoint}",
            ServerSentEvents(),
            ChatReader(),
            headers=cls._request_headers(kwargs.get("api_key")),
            json=cls.request_body(model, messages, kwargs),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The server's chat models, with the facts that its list has."""
        way = {"headers": cls._request_headers(kwargs.get("api_key")), **transport(proxy, kwargs)}
        return await list_models(cls.url, cls.models_endpoint, way)

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        body: dict[str, Any] = {"model": model, "messages": [_message(m) for m in messages], "stream": True}
        if cls.stream_usage:
            body["stream_options"] = {"include_usage": True}
        names = {
            "temperature": "temperature",
            "top_p": "top_p",
            "stop": "stop",
            "max_tokens": cls.max_tokens_field,
            "seed": cls.seed_field,
        }
        body.update(
            {theirs: options[ours] for ours, theirs in names.items() if options.get(ours) is not None}
        )
        if effort := options.get("reasoning_effort"):
            body.update(cls._reasoning(effort))
        return {**body, **cls.extra_body}

    @classmethod
    def _reasoning(cls, effort: str) -> dict[str, Any]:
        match cls.reasoning_format:
            case "effort":
                return {"reasoning_effort": effort}
            case "openrouter":
                return {"reasoning": {"enabled": False} if effort == "none" else {"effort": effort}}
            case "deepseek" if effort == "none":
                return {"thinking": {"type": "disabled"}}
            case "deepseek":
                level = _DEEPSEEK_EFFORT.get(effort, "high")
                return {"thinking": {"type": "enabled"}, "reasoning_effort": level}
            case _:
                return {}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        if not key:
            return dict(cls.headers)
        value = f"Bearer {key}" if cls.auth_header.lower() == "authorization" else key
        return {cls.auth_header: value, **cls.headers}


class ChatReader(Reader):
    """Reads ``chat.completion.chunk`` objects, and a whole ``chat.completion``."""

    def __init__(self) -> None:
        self._think = ThinkTag()
        self._usage = Usage()
        self._sources: dict[str, Source] = {}
        self._refused = False

    def read(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """See ``Reader``."""
        groq = event.get("x_groq") or {}
        if groq.get("error"):
            raise Reported(groq)
        if reading := event.get("prompt_progress"):  # llama.cpp, where ``return_progress`` asks for it
            yield Progress("Reading the conversation", reading["processed"], reading["total"])
        for choice in event.get("choices") or ():
            if not choice.get("index"):
                yield from self._choice(choice)
        self._cite(event)
        if counts := event.get("usage") or groq.get("usage"):
            yield from self._count(_usage(counts))
        if speed := (event.get("timings") or {}).get("predicted_per_second"):
            yield from self._count(Usage(tokens_per_second=float(speed)))

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        yield from self._think.close()
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _choice(self, choice: dict[str, Any]) -> Iterator[Chunk]:
        if choice.get("error"):
            raise Reported(choice)
        delta = choice.get("delta") or choice.get("message") or {}
        if thought := reasoning_of(delta):
            yield Reasoning(thought)
        yield from self._content(delta.get("content"))
        if refusal := delta.get("refusal"):
            self._refused = True
            yield refusal
        for picture in delta.get("images") or ():
            yield Image(picture["image_url"]["url"])
        for note in delta.get("annotations") or ():
            self._cite({"search_results": [note.get("url_citation") or {}]})
        if reason := choice.get("finish_reason"):
            found = _FINISH.get(reason, FinishReason.STOP)
            self.finish = FinishReason.FILTER if self._refused else found

    def _content(self, content: Any) -> Iterator[Chunk]:
        """Text, or Mistral's list of parts."""
        if isinstance(content, str):
            yield from self._think.feed(content) if content else ()
            return
        for part in content or ():
            if part.get("type") == "thinking":
                thought = part.get("thinking") or ""
                yield Reasoning(thought if isinstance(thought, str) else "".join(p["text"] for p in thought))
            elif text := part.get("text"):
                yield from self._think.feed(text)

    def _cite(self, event: dict[str, Any]) -> None:
        """Collect the pages that OpenRouter, Perplexity and xAI name."""
        for page in event.get("search_results") or event.get("citations") or ():
            url, title = (page, "") if isinstance(page, str) else (page.get("url"), page.get("title") or "")
            if url:
                self._sources.setdefault(url, Source(url, title))

    def _count(self, counts: Usage) -> Iterator[Usage]:
        """Usage may come in parts, and more than once."""
        merged = merge_usage(self._usage, counts)
        if merged != self._usage:
            self._usage = merged
            yield merged


def _message(message: Any) -> dict[str, Any]:
    content = message["content"]
    return {**message, "content": content if isinstance(content, str) else spelled_out(content)}


def reasoning_of(delta: Mapping[str, Any]) -> str:
    """The thinking in a delta. Some vendors send it under two names at once: the first one counts."""
    if plain := delta.get("reasoning_content"):
        return str(plain)
    if named := delta.get("reasoning"):
        return str(named if isinstance(named, str) else named.get("content") or "")
    details = delta.get("reasoning_details") or ()
    if text := "".join(d.get("text") or d.get("summary") or "" for d in details):
        return text
    thinking = delta.get("thinking")
    return thinking if isinstance(thinking, str) else ""


def _usage(counts: dict[str, Any]) -> Usage:
    prompt, output = counts.get("prompt_tokens"), counts.get("completion_tokens")
    thought = (counts.get("completion_tokens_details") or {}).get("reasoning_tokens")
    cached = (counts.get("prompt_tokens_details") or {}).get("cached_tokens")
    if thought and counts.get("total_tokens") == (prompt or 0) + (output or 0) + thought:
        output = (output or 0) + thought  # xAI counts them apart
    return Usage(
        input_tokens=prompt,
        output_tokens=output,
        reasoning_tokens=thought,
        cached_tokens=cached if cached is not None else counts.get("prompt_cache_hit_tokens"),
        cost=counts.get("cost"),
    )
