"""Google Gemini's own API."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from tui.chat.chunks import (
    MAKING_PICTURE,
    CallState,
    Chunk,
    FinishReason,
    Image,
    Native,
    Notice,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    Usage,
)
from tui.chat.model import ModelInfo, Pictures
from tui.providers.address import joined, ways
from tui.providers.base import (
    AsyncGeneratorProvider,
    Messages,
    ProviderModelMixin,
    Search,
    Thoughts,
)
from tui.providers.calls import Calls, own
from tui.providers.content import parts_of, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, failure_words, finish_of
from tui.providers.http import transport
from tui.providers.listing import at_either, is_chat_name, list_rows
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
_VERSION = "/v1beta"
_FORMAT = "gemini"
_RAN = frozenset({"toolCall", "toolResponse"})
"""Parts of what Google runs by itself."""
_BEFORE_3 = re.compile(r"gemini-[12]\b")
_DRAWS = re.compile(r"-image\b|image-generation")
_UNSIGNED = "skip_thought_signature_validator"
"""What stands for the signature of a call that another model made."""
_BAD_CALLS = ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL")
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
    format: ClassVar[str] = _FORMAT
    tools: ClassVar[bool] = True
    thoughts: ClassVar[Thoughts] = "signed"
    search_price: ClassVar[float | None] = 14.0

    @classmethod
    def search(cls, model: str) -> Search | None:
        """See ``AsyncGeneratorProvider``."""
        return Search(35.0, "prompts") if _BEFORE_3.search(model) else Search(cls.search_price)

    @classmethod
    def pictures(cls, model: str) -> Pictures:
        """See ``AsyncGeneratorProvider``."""
        return "always" if _DRAWS.search(model) else "never"

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed reply. See ``AsyncGeneratorProvider``."""
        name = quote(model if "/" in model else f"models/{model}")
        base, elsewhere = ways(cls.url, kwargs.get("refused", ()), _VERSION)
        return ask(
            joined(base, cls.api_endpoint.format(model=name)),
            ServerSentEvents(),
            GeminiReader(model, kwargs),
            json=cls.request_body(model, messages, kwargs),
            headers=cls._request_headers(kwargs.get("api_key")),
            elsewhere=elsewhere if cls.url_given else (),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that can chat, with their limits."""
        headers = cls._request_headers(kwargs.get("api_key"))
        way = {"headers": headers, **transport(proxy, kwargs)}

        async def rows_at(base: str) -> list[Sent]:
            return await list_rows(joined(base, "/models?pageSize=1000"), "models", way)

        rows = await at_either(cls.url, _VERSION, rows_at)
        models = [_model(row) for row in rows if _writes(row)]
        return [model for model in models if model.id and is_chat_name(model.id)]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        system, turns = split_system(messages)
        body: dict[str, Any] = {"contents": _contents(turns, model), **_tools(model, options)}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        config = {theirs: options[o] for o, theirs in _PARAMETERS.items() if options.get(o) is not None}
        if stop := options.get("stop"):
            config["stopSequences"] = [stop] if isinstance(stop, str) else list(stop)
        if schema := options.get("schema"):
            config |= {"responseMimeType": "application/json", "responseJsonSchema": dict(schema)}
        draws = bool(_DRAWS.search(model))
        if draws:
            config["responseModalities"] = ["TEXT", "IMAGE"]
        if not (draws and _BEFORE_3.search(model)):  # those don't think, and refuse to be asked
            effort = _effort(model, options.get("reasoning_effort"))
            config["thinkingConfig"] = {"includeThoughts": True, **effort}
        return {**body, "generationConfig": config, **cls.extra_body}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**({"x-goog-api-key": key} if key else {}), **cls.headers}


class GeminiReader(Reader):
    """Reads ``GenerateContentResponse`` objects: each is a piece of the reply."""

    NAMES = frozenset({"candidates", "usageMetadata", "promptFeedback"})

    def __init__(self, model: str = "", asked: Mapping[str, Any] | None = None) -> None:
        """Begin.

        Args:
            model: The server's name of the model.
            asked: The options of the request.
        """
        super().__init__()
        self._model = model
        self._asked = asked or {}
        self._calls = Calls()
        self._count = 0
        self._ran: list[dict[str, Any]] = []
        self._queries: list[str] = []
        self._sources: dict[str, Source] = {}

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
        if self._ran or self._queries:
            query = {"query": "; ".join(self._queries)} if self._queries else {}
            native = Native(_FORMAT, "", self._model, {"ran": self._ran})
            yield ToolCall("", "web", "search", query, state=CallState.DONE, native=native)
        yield from self._calls.finished(_FORMAT, self._model, self.finish)
        if self._asked.get("tools") and self._asked.get("search") and _BEFORE_3.search(self._model):
            yield Notice("Gemini before 3 searches the web only where no tools are on")
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _candidate(self, candidate: Sent) -> Iterator[Chunk]:
        reason = finish_of(candidate.get("finishReason"), other=FinishReason.FILTER)
        content = candidate.part("content")
        parts = [Sent({"text": p} if isinstance(p, str) else p) for p in content.items("parts")]
        texts = [part.text("text") for part in parts if not part.flag("thought")]
        thoughts = [_thought(part) for part in parts]
        yield Reasoning(_told(self.thought, "".join(thoughts), reason))
        if not any(map(_picture, parts)):
            whole = "".join(texts) or content.text("text") or candidate.text("content")
            yield _told(self.said, whole, reason)
        for part in parts:
            yield from self._drawn(part, parts)
            yield from self._part(part)
        self._ground(candidate.part("groundingMetadata"))
        ending = candidate.get("finishReason")
        if ending in _BAD_CALLS and self._asked.get("tools") and not self._calls:
            words = candidate.text("finishMessage") or "the model wrote a call that can't be read"
            raise Reported({"error": {"message": words, "code": "tool_use_failed"}})
        if ended_badly(ending):
            raise Reported({"error": candidate.text("finishMessage") or failure_words(ending)})
        if reason:
            self.finish = FinishReason.TOOL if self._calls and reason is FinishReason.STOP else reason
            yield from map(Notice, filter(None, [candidate.text("finishMessage")]))

    def _drawn(self, part: Sent, parts: Sequence[Sent]) -> Iterator[Chunk]:
        """A picture; where there is one, texts are told one by one, so that it stands where it came."""
        data, signature = _picture(part), _signature(part)
        if data and part.flag("thought"):
            yield MAKING_PICTURE  # a draft; the last one comes once more as the picture itself
        elif data:
            kind = part.part("inlineData").text("mimeType") or "image/png"
            native = Native(_FORMAT, "", self._model, {"signature": signature}) if signature else None
            yield Image(f"data:{kind};base64,{data}", native=native)
        elif any(map(_picture, parts)) and not part.flag("thought"):
            yield self.said.piece(part.text("text"))

    def _ground(self, found: Sent) -> None:
        """What Google looked for, and the pages that it found: by the place where the text rests on them."""
        queries = (query for query in found.items("webSearchQueries") if isinstance(query, str))
        self._queries = list(dict.fromkeys((*self._queries, *queries)))
        pages = [Sent(piece).part("web") for piece in found.items("groundingChunks")]
        supports = sorted(
            found.parts("groundingSupports"), key=lambda one: one.part("segment").whole("endIndex") or 0
        )
        cited = [place for one in supports for place in one.items("groundingChunkIndices")]
        order = dict.fromkeys((*(place for place in cited if isinstance(place, int)), *range(len(pages))))
        for page in (pages[place] for place in order if 0 <= place < len(pages)):
            if url := page.text("uri"):
                self._sources.setdefault(url, Source(url, page.text("title")))

    def _part(self, part: Sent) -> Iterator[Chunk]:
        """A call, a signature, or what Google ran."""
        signature = _signature(part)
        if (call := part.part("functionCall")) or part.get("functionCall") is not None:
            yield from self._calls.whole(
                call.text("id"), self._count, call.text("name"), call.get("args"), signature=signature or None
            )
            self._count += 1
        elif _RAN.intersection(part.raw):
            self._ran.append(dict(part.raw))
        elif signature and not _picture(part):
            blob = {"signature": signature, "text": "" if part.flag("thought") else part.text("text")}
            yield Text("", Native(_FORMAT, "", self._model, blob))


def _picture(part: Sent) -> str:
    """The content of a picture that a part is."""
    return part.part("inlineData").text("data")


def _signature(part: Sent) -> str:
    return part.text("thoughtSignature", "thought_signature")


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


def _tools(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared: functions, and Google's own search, which goes beside them from 3 on."""
    functions = [
        {"name": tool.name, "description": tool.description, "parametersJsonSchema": dict(tool.schema)}
        for tool in options.get("tools", ())
    ]
    search = options.get("search") and not (functions and _BEFORE_3.search(model))
    declared: list[dict[str, Any]] = [{"functionDeclarations": functions}] if functions else []
    declared += [{"googleSearch": {}}] if search else []
    config: dict[str, Any] = {}
    if functions and options.get("tool_choice") == "none":
        config["functionCallingConfig"] = {"mode": "NONE"}
    elif functions and search:
        config["functionCallingConfig"] = {"mode": "VALIDATED"}
    if functions and search:
        config["includeServerSideToolInvocations"] = True
    body: dict[str, Any] = {"tools": declared} if declared else {}
    return {**body, **({"toolConfig": config} if config else {})}


def _contents(messages: list[Any], model: str) -> list[dict[str, Any]]:
    ids: dict[str, str] = {}
    contents: list[dict[str, Any]] = []
    for message in messages:
        content = message["content"]
        role = "model" if message["role"] == "assistant" else "user"
        if message["role"] == "tool":
            parts = [one for part in content for one in _result(part, ids, model)]
        elif role == "model" and not isinstance(content, str):
            parts = _signed([one for part in content for one in _said(part, ids)], model)
        else:
            parts = [_part(part) for part in parts_of(content)]
        if contents and contents[-1]["role"] == role:
            contents[-1]["parts"] += parts
        elif parts:
            contents.append({"role": role, "parts": parts})
    return contents


def _said(part: Any, ids: dict[str, str]) -> list[dict[str, Any]]:
    """The parts of a reply; a thought goes back only as the signature of what follows it."""
    known = own(part)
    match part["type"]:
        case "reasoning":
            return []
        case "vendor":
            return [one for one in known.get("ran", ()) if _RAN.intersection(one)]
        case "tool_call":
            call: dict[str, Any] = {"name": part["name"], "args": dict(part["arguments"])}
            if (theirs := known.get("id", "")) and theirs not in ids.values():
                call["id"] = ids[part["id"]] = theirs
            signature = known.get("signature")
            return [{"functionCall": call, **({"thoughtSignature": signature} if signature else {})}]
        case "text" if "signature" in known:
            tail = known.get("text", "")
            tail = tail if part["text"].endswith(tail) else ""
            head = part["text"].removesuffix(tail) if tail else part["text"]
            signed = {"text": tail, "thoughtSignature": known["signature"]}
            return [*([{"text": head}] if head else []), signed]
        case "image_url" if "signature" in known:
            return [{**_part(part), "thoughtSignature": known["signature"]}]
        case _:
            return [_part(part)]


def _signed(parts: list[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    """The parts of a turn, whose first call must have a signature."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None and not _BEFORE_3.search(model):
        first.setdefault("thoughtSignature", _UNSIGNED)
    return parts


def _result(part: Any, ids: Mapping[str, str], model: str) -> list[dict[str, Any]]:
    """What a function gave; its pictures stand in it, or beside it where the model is older."""
    response: dict[str, Any] = {
        "name": part["name"],
        "response": {"error" if part["is_error"] else "output": part["text"]},
    }
    if theirs := ids.get(part["id"]):
        response["id"] = theirs
    files = [_part(file) for file in part["files"]]
    if files and not _BEFORE_3.search(model):
        return [{"functionResponse": {**response, "parts": files}}]
    return [{"functionResponse": response}, *files]


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
    if _BEFORE_3.search(model):
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
