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
from tui.providers.http import fetch_json, transport
from tui.providers.listing import is_chat_name
from tui.providers.stream import Reader, ask_simpler

_PARAMETERS = {"temperature": "temperature", "top_p": "topP", "max_tokens": "maxOutputTokens", "seed": "seed"}
_FINISH = {
    "STOP": FinishReason.STOP,
    "OTHER": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "MALFORMED_FUNCTION_CALL": FinishReason.TOOL,
    "UNEXPECTED_TOOL_CALL": FinishReason.TOOL,
}
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
_ABOUT_THINKING = re.compile(r"(?i)think|thought")


class Gemini(AsyncGeneratorProvider, ProviderModelMixin):
    """generativelanguage.googleapis.com."""

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
        body = cls.request_body(model, messages, kwargs)
        # Models that do not think refuse to be asked for thoughts; that is for the person to know only where
        # the person wanted some.
        plain = body if kwargs.get("reasoning_effort") else _without_thoughts(body)
        return ask_simpler(
            url,
            ServerSentEvents,
            GeminiReader,
            (body, plain),
            _ABOUT_THINKING,
            headers=cls._request_headers(kwargs.get("api_key")),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that can chat, with their limits."""
        headers = cls._request_headers(kwargs.get("api_key"))
        url = f"{cls.url.rstrip('/')}/models?pageSize=1000"
        listed = await fetch_json(url, headers=headers, **transport(proxy, kwargs))
        rows = listed.get("models") or () if isinstance(listed, dict) else ()
        able = (row for row in rows if "generateContent" in (row.get("supportedGenerationMethods") or ()))
        return [_model(row) for row in able if is_chat_name(row["name"])]

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
        thinking = {"includeThoughts": True, **_effort(model, options.get("reasoning_effort"))}
        return {**body, "generationConfig": {**config, "thinkingConfig": thinking}, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**({"x-goog-api-key": key} if key else {}), **cls.headers}


class GeminiReader(Reader):
    """Reads ``GenerateContentResponse`` objects: each is a piece of the reply."""

    late_text = True  # some models name a finish reason in every piece

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._called = False

    def read(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """See ``Reader``."""
        for candidate in event.get("candidates") or ():
            if not candidate.get("index"):
                yield from self._candidate(candidate)
        if blocked := (event.get("promptFeedback") or {}).get("blockReason"):
            self.finish = FinishReason.FILTER
            yield Notice(f"Google blocked the prompt: {blocked}")
        if counts := event.get("usageMetadata"):
            yield _usage(counts)

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _candidate(self, candidate: dict[str, Any]) -> Iterator[Chunk]:
        for part in (candidate.get("content") or {}).get("parts") or ():
            if text := part.get("text"):
                yield Reasoning(text) if part.get("thought") else text
            elif picture := part.get("inlineData"):
                yield Image(f"data:{picture['mimeType']};base64,{picture['data']}")
            elif part.get("functionCall"):
                self._called = True
        for piece in (candidate.get("groundingMetadata") or {}).get("groundingChunks") or ():
            if url := (piece.get("web") or {}).get("uri"):
                self._sources.setdefault(url, Source(url, piece["web"].get("title") or ""))
        reason = candidate.get("finishReason")
        if reason and reason != "FINISH_REASON_UNSPECIFIED":
            found = _FINISH.get(reason, FinishReason.FILTER)
            self.finish = FinishReason.TOOL if self._called and found is FinishReason.STOP else found
            if message := candidate.get("finishMessage"):
                yield Notice(message)


def _usage(counts: dict[str, Any]) -> Usage:
    thought = counts.get("thoughtsTokenCount")
    said = counts.get("candidatesTokenCount")
    return Usage(
        input_tokens=counts.get("promptTokenCount"),
        output_tokens=None if said is None and thought is None else (said or 0) + (thought or 0),
        reasoning_tokens=thought,
        cached_tokens=counts.get("cachedContentTokenCount"),
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


def _without_thoughts(body: dict[str, Any]) -> dict[str, Any]:
    config = {k: v for k, v in body["generationConfig"].items() if k != "thinkingConfig"}
    return {**body, "generationConfig": config}


def _model(row: Mapping[str, Any]) -> ModelInfo:
    thinking = row.get("thinking")
    return ModelInfo(
        id=row["name"].removeprefix("models/"),
        context=row.get("inputTokenLimit"),
        max_output=row.get("outputTokenLimit"),
        reasoning=thinking if isinstance(thinking, bool) else None,
    )
