"""Google Gemini's own API."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from tui.chat.chunks import Chunk, FinishReason, Image, Notice, Reasoning, Source, Sources, Usage
from tui.chat.model import ModelInfo
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin
from tui.providers.content import parts_of, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, failure_words, finish_of
from tui.providers.http import transport
from tui.providers.listing import is_chat_name, list_rows
from tui.providers.sent import Sent
from tui.providers.stream import Reader, Reported, ask
from tui.providers.told import Told

_PARAMETERS = {"temperature": "temperature", "top_p": "topP", "max_tokens": "maxOutputTokens", "seed": "seed"}
# Models before 3 take a number of tokens where later ones take a level; the numbers are Google's own.
_BUDGETS = {
    "none": 0,
    "minimal": 1024,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 24576,
    "max": 24576,
}
_LEVELS = {"none": "MINIMAL", "max": "XHIGH"}


class Gemini(AsyncGeneratorProvider, ProviderModelMixin):
    """generativelanguage.googleapis.com."""

    schemas: ClassVar[bool] = True
    reads_pdf: ClassVar[bool] = True
    url: ClassVar[str] = "https://generativelanguage.googleapis.com/v1beta"
    api_endpoint: ClassVar[str] = "/{model}:streamGenerateContent?alt=sse"
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    extra_body: ClassVar[Mapping[str, Any]] = {}
    """Fields to add to every request."""

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed reply. See ``AsyncGeneratorProvider``."""
        name = quote(model if "/" in model else f"models/{model}")
        url = f"{cls.url.rstrip('/')}{cls.api_endpoint.format(model=name)}"
        return ask(
            url,
            ServerSentEvents(),
            GeminiReader(),
            json=cls.request_body(model, messages, kwargs),
            headers=cls._request_headers(kwargs.get("api_key")),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that can chat, with their limits."""
        headers = cls._request_headers(kwargs.get("api_key"))
        url = f"{cls.url.rstrip('/')}/models?pageSize=1000"
        rows = await list_rows(url, "models", {"headers": headers, **transport(proxy, kwargs)})
        models = [_model(row) for row in rows if _writes(row)]
        return [model for model in models if model.id and is_chat_name(model.id)]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        system, turns = split_system(messages)
        body: dict[str, Any] = {"contents": [_content(m) for m in turns]}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        config = {theirs: options[o] for o, theirs in _PARAMETERS.items() if options.get(o) is not None}
        if stop := options.get("stop"):
            config["stopSequences"] = [stop] if isinstance(stop, str) else list(stop)
        if schema := options.get("schema"):
            config |= {"responseMimeType": "application/json", "responseJsonSchema": dict(schema)}
        thinking = {"includeThoughts": True, **_effort(model, options.get("reasoning_effort"))}
        return {**body, "generationConfig": {**config, "thinkingConfig": thinking}, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**({"x-goog-api-key": key} if key else {}), **cls.headers}


class GeminiReader(Reader):
    """Reads ``GenerateContentResponse`` objects: each is a piece of the reply."""

    NAMES = frozenset({"candidates", "usageMetadata", "promptFeedback"})

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[str, Source] = {}
        self._called = False

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        event = event.opened("candidates")
        for candidate in event.parts("candidates"):
            if not candidate.whole("index"):
                yield from self._candidate(candidate)
        if blocked := event.part("promptFeedback").text("blockReason"):
            self.finish = FinishReason.FILTER
            yield Notice(f"Google blocked the prompt: {blocked}")
        if event.part("usageMetadata"):
            yield _usage(event.part("usageMetadata"))

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _candidate(self, candidate: Sent) -> Iterator[Chunk]:
        reason = finish_of(candidate.get("finishReason"), other=FinishReason.FILTER)
        content = candidate.part("content")
        parts = [Sent({"text": p} if isinstance(p, str) else p) for p in content.items("parts")]
        texts = [part.text("text") for part in parts if not part.flag("thought")]
        thoughts = [_thought(part) for part in parts]
        yield Reasoning(_told(self.thought, "".join(thoughts), reason))
        yield _told(self.said, "".join(texts) or content.text("text") or candidate.text("content"), reason)
        for part in parts:
            picture = part.part("inlineData")
            if data := picture.text("data"):
                yield Image(f"data:{picture.text('mimeType') or 'image/png'};base64,{data}")
            self._called = self._called or bool(part.part("functionCall"))
        for piece in candidate.part("groundingMetadata").parts("groundingChunks"):
            if url := piece.part("web").text("uri"):
                self._sources.setdefault(url, Source(url, piece.part("web").text("title")))
        if ended_badly(ending := candidate.get("finishReason")):
            raise Reported({"error": candidate.text("finishMessage") or failure_words(ending)})
        if reason:
            self.finish = FinishReason.TOOL if self._called and reason is FinishReason.STOP else reason
            yield from map(Notice, filter(None, [candidate.text("finishMessage")]))


def _thought(part: Sent) -> str:
    """The thinking in a part: its text where it is marked as such, or what stands in the mark's place."""
    marked = part.flag("thought")
    return part.text("text" if marked else "thought") if marked is not False else ""


def _told(so_far: Told, text: str, ended: FinishReason | None) -> str:
    return so_far.last(text) if ended else so_far.piece(text)


def _usage(counts: Sent) -> Usage:
    thought = counts.whole("thoughtsTokenCount")
    said = counts.whole("candidatesTokenCount")
    return Usage(
        input_tokens=counts.whole("promptTokenCount"),
        output_tokens=None if said is None and thought is None else (said or 0) + (thought or 0),
        reasoning_tokens=thought,
        cached_tokens=counts.whole("cachedContentTokenCount"),
    )


def _content(message: Any) -> dict[str, Any]:
    content = message["content"]
    role = "model" if message["role"] == "assistant" else "user"
    return {"role": role, "parts": [_part(part) for part in parts_of(content)]}


def _part(part: Any) -> dict[str, Any]:
    if part["type"] == "text":
        return {"text": part["text"]}
    url = part["image_url"]["url"] if part["type"] == "image_url" else part["file"]["file_data"]
    if data := split_data_url(url):
        return {"inlineData": {"mimeType": data[0], "data": data[1]}}
    return {"fileData": {"fileUri": url}}


def _effort(model: str, effort: str | None) -> dict[str, Any]:
    if not effort:
        return {}
    if re.search(r"gemini-[12]\b", model):
        return {"thinkingBudget": _BUDGETS.get(effort, 8192)}
    return {"thinkingLevel": _LEVELS.get(effort, effort.upper())}


def _writes(row: Sent) -> bool:
    methods = row.items("supportedGenerationMethods")
    return not methods or "generateContent" in methods


def _model(row: Sent) -> ModelInfo:
    return ModelInfo(
        id=row.text("name", "id").removeprefix("models/"),
        context=row.whole("inputTokenLimit"),
        max_output=row.whole("outputTokenLimit"),
        reasoning=row.flag("thinking"),
    )
