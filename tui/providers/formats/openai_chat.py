"""OpenAI chat completions: the wire format that most vendors and local servers speak."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from tui.chat.chunks import (
    Chunk,
    FinishReason,
    Image,
    Progress,
    Reasoning,
    Source,
    Sources,
    Usage,
    Work,
)
from tui.chat.model import ModelInfo, Pictures
from tui.checked import text as text_value
from tui.checked import words
from tui.digest import sha256
from tui.providers.address import joined, ways
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, Search, text_of
from tui.providers.caching import MARKS, marked_turns
from tui.providers.calls import Calls, as_it_came, call_id, functions, own
from tui.providers.complaints import complains, reports_error, says
from tui.providers.content import parts_of, pictures_handed_on, spelled_out
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, failure_words, finish_of
from tui.providers.formats import is_data, same_server
from tui.providers.http import bearer, transport
from tui.providers.listing import list_models, list_more
from tui.providers.picture_models import makes_only_pictures
from tui.providers.sent import Sent, cost_in, text_in, thought_in
from tui.providers.stream import Reader, Reported, ask, merge_usage
from tui.providers.told import Told

_BARE_TEXTS = ("response", "content", "text", "token", "generated_text")
_DETAIL_TEXTS = ("text", "summary")
_DEEPSEEK_EFFORT = {"minimal": "low", "low": "low", "xhigh": "max", "max": "max"}


class OpenAIChat(AsyncGeneratorProvider, ProviderModelMixin):
    """Any endpoint of this wire format. What differs between vendors is a class attribute."""

    schemas: ClassVar[bool] = True
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
    format: ClassVar[str] = "openai"
    tools: ClassVar[bool] = True
    reasoning_replay: ClassVar[Literal["none", "reasoning_content", "reasoning_details", "content"]] = "none"
    """How thoughts go back where there are tools: in a field, as they came, in the content, or not."""
    short_ids: ClassVar[bool] = False
    """Whether ids of calls must be nine letters and digits."""
    after_results: ClassVar[str] = ""
    """What the assistant must have said between results and a prompt."""
    marks_cache: ClassVar[str] = ""
    """Which models keep what they have read only up to a mark: a pattern of their names; empty for none."""
    draws: ClassVar[str] = ""
    """Which models make pictures beside words: a pattern of their names; empty for none."""
    pictures_by: ClassVar[Literal["images", "chat", "none"]] = "images"
    """How those are asked that make nothing else: at the Images endpoint, by chat completions, or not."""
    images: ClassVar[Mapping[str, Any]] = {}
    """What of the Images endpoint differs here: attributes of ``OpenAIImages``."""
    picture_models_endpoint: ClassVar[str] = ""
    """Where the list of those models is, seen from ``url``; empty where they are among the others."""
    schema_without: ClassVar[Sequence[str]] = ()
    """Keywords of JSON Schema that the vendor refuses in the arguments of a tool."""
    search_tool: ClassVar[Mapping[str, Any]] = {}
    """What is declared so that the vendor searches the web; empty where it does not."""

    @classmethod
    def search(cls, model: str) -> Search | None:
        """See ``AsyncGeneratorProvider``."""
        return Search(cls.search_price) if cls.search_tool else None

    @classmethod
    def pictures(cls, model: str) -> Pictures:
        """See ``AsyncGeneratorProvider``."""
        if cls._painters_by() != "none" and makes_only_pictures(model):
            return "only"
        return "always" if cls.draws and re.search(cls.draws, model) else "never"

    @classmethod
    def answering(cls, model: str, pictures: Pictures) -> type[AsyncGeneratorProvider]:
        """See ``AsyncGeneratorProvider``."""
        elsewhere = pictures == "only" and cls._painters_by() == "images"
        return same_server(cls, "openai-images", **cls.images) if elsewhere else cls

    @classmethod
    def _painters_by(cls) -> Literal["images", "chat", "none"]:
        """``pictures_by``; but a class with code of its own answers for all of its models."""
        return "none" if cls.pictures_by == "images" and not is_data(cls, OpenAIChat) else cls.pictures_by

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed completion. See ``AsyncGeneratorProvider``."""
        base, elsewhere = ways(cls.url, kwargs.get("refused", ()), "/v1")
        return ask(
            joined(base, cls.api_endpoint),
            ServerSentEvents(),
            ChatReader(model),
            headers={**cls._request_headers(kwargs.get("api_key")), **cls._together(kwargs)},
            json=cls.request_body(model, messages, kwargs),
            elsewhere=elsewhere if cls.url_given else (),
            **transport(proxy, kwargs),
        )

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The server's models, with the facts that its list has."""
        way = {"headers": cls._request_headers(kwargs.get("api_key")), **transport(proxy, kwargs)}
        found = await list_models(cls.url, cls.models_endpoint, way)
        if cls.picture_models_endpoint:
            found += await list_more(cls.url, cls.picture_models_endpoint, way)
        if cls.pictures_by != "none":
            return found
        return [m for m in found if m.pictures != "only" and (m.pictures or not makes_only_pictures(m.id))]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        declared = list(functions(options.get("tools", ()), cls.schema_without))
        turns = list(cls._turns(messages, bool(declared)))
        if cls.marks_cache and re.search(cls.marks_cache, model) and MARKS not in options.get("refused", ()):
            turns = marked_turns(turns)
        body: dict[str, Any] = {"model": model, "messages": turns, "stream": True}
        if options.get("search"):
            declared.append(dict(cls.search_tool))
        if declared:
            body["tools"] = declared
        if options.get("tools") and options.get("tool_choice") == "none":
            body["tool_choice"] = "none"
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
        match options.get("pictures") or cls.pictures(model):
            case "always":
                body["modalities"] = ["image", "text"]
            case "only":
                body["modalities"] = ["image"]
            case _:
                pass
        if effort := options.get("reasoning_effort"):
            body.update(cls._reasoning(effort))
        if schema := options.get("schema"):
            shape = {"name": "answer", "schema": dict(schema), "strict": False}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        if cls.cache_field and (key := options.get("cache_key")):
            body[cls.cache_field] = key
        return {**body, **cls.extra_body}

    @classmethod
    def _together(cls, options: Mapping[str, Any]) -> dict[str, str]:
        """The header that leads the requests of a conversation to the server that has read it before."""
        key = options.get("cache_key")
        return {cls.cache_header: key} if cls.cache_header and key else {}

    @classmethod
    def _turns(cls, messages: Messages, with_tools: bool) -> Iterator[dict[str, Any]]:
        """The messages as they are sent: each result is one, its files stand in a prompt after the last."""
        ids: dict[str, str] = {}
        files: list[Any] = []
        before = ""
        for message in pictures_handed_on(messages):
            role, content = message["role"], message["content"]
            if before == "tool" and (role == "user" or files):
                if cls.after_results:
                    yield {"role": "assistant", "content": cls.after_results}
                if role != "user":
                    yield {"role": "user", "content": files}
                    files = []
            if role == "tool":
                for part in content:
                    turn, more = _result(part, ids, len(files))
                    files += more
                    yield turn
            elif role == "assistant" and (with_tools or not isinstance(content, str)):
                yield cls._said(as_it_came(parts_of(content)), ids, with_tools)
            else:
                whole = content if isinstance(content, str) else spelled_out(content)
                yield {**message, "content": [*files, *spelled_out(content)] if files else whole}
                files = []
            before = role
        if files:
            if cls.after_results:
                yield {"role": "assistant", "content": cls.after_results}
            yield {"role": "user", "content": files}

    @classmethod
    def _said(cls, parts: list[Any], ids: dict[str, str], with_tools: bool) -> dict[str, Any]:
        """A reply of the model: text, calls, and of its thoughts what it needs."""
        turn: dict[str, Any] = {"role": "assistant", "content": text_of(spelled_out(parts))}
        calls = [part for part in parts if part["type"] == "tool_call"]
        for call in calls:
            known = own(call).get("id", "")
            fits = not cls.short_ids or (len(known) == 9 and known.isascii() and known.isalnum())
            taken = known in ids.values()
            short = call_id(call["id"])
            ids[call["id"]] = (
                known if known and fits and not taken else short if cls.short_ids else f"call_{short}"
            )
        if calls:
            turn["tool_calls"] = [_call(call, ids[call["id"]]) for call in calls]
        if with_tools:
            turn.update(cls._thoughts(parts, turn["content"]))
        return turn

    @classmethod
    def _thoughts(cls, parts: list[Any], text: str) -> dict[str, Any]:
        thoughts = [part["text"] for part in parts if part["type"] == "reasoning" and part["text"]]
        match cls.reasoning_replay:
            case "reasoning_content":
                return {"reasoning_content": "\n\n".join(thoughts)}
            case "reasoning_details":
                details = [one for part in parts for one in own(part).get("reasoning_details", ())]
                return {"reasoning_details": details} if details else {}
            case "content" if thoughts:
                thought = {"type": "thinking", "thinking": [{"type": "text", "text": t} for t in thoughts]}
                return {"content": [thought, *([{"type": "text", "text": text}] if text else [])]}
            case _:
                return {}

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
        return {**bearer(key, cls.auth_header), **cls.headers}


class ChatReader(Reader):
    """Reads ``chat.completion.chunk`` objects, and a whole ``chat.completion``."""

    NAMES = frozenset({"choices", "usage", "object", "type"})

    def __init__(self, model: str = "") -> None:
        """Begin.

        Args:
            model: The server's name of the model.
        """
        super().__init__()
        self._model = model
        self._calls = Calls()
        self._details: list[dict[str, Any]] = []
        self._usage = Usage()
        self._sources: dict[str, Source] = {}
        self._shown: set[str] = set()
        """The digests of the addresses of pictures that were told."""
        self._refused = False
        self._streamed = False
        self._index: int | None = None

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        event = event.opened("choices")
        listed = event.parts("choices") if "choices" in event else _unlisted(event)
        choices = [choice for choice in listed if self._is_ours(choice)]
        for choice in choices:
            yield from self._choice(choice)
        yield from self._beside(event)
        for choice in choices:
            self._end(choice, event)
        if reports_error(event.part("x_groq").raw):
            raise Reported(event.get("x_groq"))

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        if self._details:
            self._calls.beside(reasoning_details=self._details)
        if self._calls and self.finish is FinishReason.STOP:
            self.finish = FinishReason.TOOL
        yield from self._calls.finished("openai", self._model, self.finish)
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _is_ours(self, choice: Sent) -> bool:
        """Whether this is the reply and not another version of it: the first one is."""
        index = choice.whole("index")
        self._index = index if self._index is None else self._index
        return index is None or index == self._index

    def _choice(self, choice: Sent) -> Iterator[Chunk]:
        plain = choice.text("message")
        delta, message = choice.part("delta"), Sent({"content": plain}) if plain else choice.part("message")
        last = finish_of(choice.get("finish_reason")) is not None
        if thought := reasoning_of(delta):
            told = self.thought.last(thought) if last else self.thought.piece(thought)
            yield from _thought(told)
        content = delta.get("content")
        if isinstance(content, int | float) and not isinstance(content, bool):
            content = words(content)  # a piece of digits, as some gateways send it
        text = text_in(content) or delta.text("text") or choice.text("delta", "text", "content")
        self._streamed = self._streamed or bool(text or delta.text("refusal"))
        yield from _thought(self.thought.piece(thought_in(content)))
        yield from self._text(self.said.last(text) if last else self.said.piece(text))
        if message:
            yield from self._message(message)
        yield from self._refusal(self.said.piece(delta.text("refusal")))
        for call in delta.parts("tool_calls"):
            yield from self._calls.piece(**_piece(call))
        for place, call in enumerate(message.parts("tool_calls")):
            yield from self._calls.whole(**{**_piece(call), "index": place})
        for old in (delta.part("function_call"), message.part("function_call")):
            if old:
                yield from self._calls.piece("", 0, old.text("name"), old.get("arguments"))
        self._detail(delta.parts("reasoning_details"))
        for part in (delta, message, choice):
            yield from self._pictures(part)
            for note in part.parts("annotations"):
                self._cite([note.get("url_citation")])
            for ran in part.parts("executed_tools"):  # Groq's compound models
                self._cite(ran.part("search_results").items("results"))

    def _detail(self, details: Iterator[Sent]) -> None:
        """Thoughts as OpenRouter wants them back: what goes on with the newest one is joined to it."""
        for detail in details:
            last = self._details[-1] if self._details else {}
            kind, index = detail.text("type"), detail.get("index")
            goes_on = next((name for name in _DETAIL_TEXTS if name in last and detail.text(name)), "")
            if goes_on and kind == last.get("type") and index == last.get("index"):
                last.update({**detail.raw, goes_on: last[goes_on] + detail.text(goes_on)})
            elif goes_on == "" and last and kind == last.get("type") and "signature" in detail:
                last["signature"] = detail.get("signature")
            else:
                self._details.append(dict(detail.raw))

    def _message(self, message: Sent) -> Iterator[Chunk]:
        """A whole message: in place of a stream, at its end once more, or instead of its pieces."""
        content = message.get("content")
        thought = reasoning_of(message) or thought_in(content)
        yield from _thought(self._told(self.thought, thought))
        yield from self._text(self._told(self.said, text_in(content)))
        yield from self._refusal(self._told(self.said, message.text("refusal")))

    def _told(self, so_far: Told, text: str) -> str:
        return so_far.whole(text) if self._streamed else so_far.message(text)

    def _text(self, text: str) -> Iterator[Chunk]:
        if text:
            yield text

    def _refusal(self, refusal: str) -> Iterator[Chunk]:
        if refusal:
            self._refused = True
            yield refusal

    def _pictures(self, part: Sent) -> Iterator[Chunk]:
        """The pictures beside a text and in it, each once: a message may say again what its pieces said."""
        in_text = (piece for piece in part.items("content") if "image_url" in Sent(piece))
        for picture in (*part.items("images"), *in_text):
            named = picture if isinstance(picture, str) else Sent(picture).get("image_url")
            url = text_value(named) or Sent(named).text("url") or Sent(picture).text("url")
            known = sha256(url.encode(errors="replace"))  # the address may be the whole picture
            if url and known not in self._shown:
                self._shown.add(known)
                yield Image(url)

    def _beside(self, event: Sent) -> Iterator[Chunk]:
        """What stands beside the text."""
        reading = event.part("prompt_progress")  # llama.cpp, where ``return_progress`` asks for it
        if (done := reading.whole("processed")) is not None:
            yield Progress("Reading the conversation", done, reading.whole("total"), Work.READING)
        self._cite(event.items("search_results") or event.items("citations"))
        if counts := event.part("usage") or event.part("x_groq").part("usage"):
            yield from self._count(_usage(counts))
        if (speed := event.part("timings").number("predicted_per_second")) is not None:
            yield from self._count(Usage(tokens_per_second=speed))

    def _end(self, choice: Sent, event: Sent) -> None:
        reason = choice.get("finish_reason")
        for part in (choice, choice.part("delta"), choice.part("message")):
            if reports_error(part.raw):
                raise Reported(part.raw)
        if ended_badly(reason):
            told = (part.raw for part in (choice, event) if complains(part.raw) or says(part.raw))
            raise Reported(next(told, {"error": failure_words(reason)}))
        if found := finish_of(reason):
            self.finish = FinishReason.FILTER if self._refused else found

    def _cite(self, pages: list[Any]) -> None:
        """Collect the pages that OpenRouter, Perplexity and xAI name."""
        for page in pages:
            title = Sent(page).text("title")
            if url := text_value(page) or Sent(page).text("url"):
                self._sources.setdefault(url, Source(url, title))

    def _count(self, counts: Usage) -> Iterator[Usage]:
        """Usage may come in parts, and more than once."""
        merged = merge_usage(self._usage, counts)
        if merged != self._usage:
            self._usage = merged
            yield merged


def _unlisted(event: Sent) -> Iterator[Sent]:
    """The choice of a server that has no list of them, as Cloudflare, llama.cpp, KoboldCpp and DashScope."""
    if complains(event.raw):
        return
    found = event.opened("delta", *_BARE_TEXTS)
    text = text_in(found.get("token")) or found.text(*_BARE_TEXTS)
    last = found.flag("stop") or (found.text("generated_text") and "token" in found)
    reason = "stop" if last else found.get("finish_reason")
    if "delta" in found or isinstance(found.get("message"), Mapping):
        yield found
    elif text or last:
        content = {"content": text}
        yield Sent({"delta" if found is event else "message": content, "finish_reason": reason})


def _call(part: Any, wire_id: str) -> dict[str, Any]:
    arguments = json.dumps(dict(part["arguments"]), ensure_ascii=False)
    beside = {"extra_content": extra} if (extra := own(part).get("extra_content")) else {}
    function = {"name": part["name"], "arguments": arguments}
    return {"id": wire_id, "type": "function", "function": function, **beside}


def _result(part: Any, ids: Mapping[str, str], before: int) -> tuple[dict[str, Any], list[Any]]:
    """What a tool gave back, and of its files what is no text: those follow in a prompt."""
    files = spelled_out(part["files"])
    more = [file for file in files if file["type"] != "text"]
    named = [
        f"[{'image' if file['type'] == 'image_url' else file['file']['filename']} {number} follows]"
        for number, file in enumerate(more, before + 1)
    ]
    texts = [file["text"] for file in files if file["type"] == "text"]
    text = f"Error: {part['text']}" if part["is_error"] else part["text"]
    content = "\n\n".join(filter(None, (text, *texts, *named)))
    return {
        "role": "tool",
        "tool_call_id": ids.get(part["id"], call_id(part["id"])),
        "content": content,
    }, more


def _piece(call: Sent) -> dict[str, Any]:
    """What a piece of a call says; some servers leave out the level between."""
    function = call.part("function") or call
    arguments = function.get("arguments")
    return {
        "call_id": call.text("id"),
        "index": call.whole("index"),
        "name": function.text("name"),
        "arguments": function.get("parameters") if arguments is None else arguments,
        "extra_content": call.get("extra_content"),
    }


def _thought(text: str) -> Iterator[Reasoning]:
    if text:
        yield Reasoning(text)


def reasoning_of(delta: Sent) -> str:
    """The thinking in a delta. Some vendors send it under two names at once: the first one counts."""
    found = (text_in(delta.get(name)) for name in ("reasoning_content", "reasoning", "reasoning_text"))
    details = "".join(d.text("text", "summary") for d in delta.parts("reasoning_details"))
    return (
        next(filter(None, found), "")
        or details
        or text_in(delta.get("thinking"))
        or delta.text("thought")
        or thought_in(delta.get("thinking_blocks"))
    )


_WRITTEN = ("cache_write_tokens", "cache_creation_input_tokens", "cache_creation_tokens")


def _written(counts: Sent, details: Sent) -> int | None:
    """Tokens that are kept from now on, as OpenAI, OpenRouter and gateways to Anthropic call them."""
    found = details.whole(*_WRITTEN)
    return counts.whole(*_WRITTEN) if found is None else found


def _usage(counts: Sent) -> Usage:
    prompt = counts.whole("prompt_tokens", "input_tokens")
    output = counts.whole("completion_tokens", "output_tokens")
    thought = counts.part("completion_tokens_details").whole("reasoning_tokens")
    details = counts.part("prompt_tokens_details")
    cached = details.whole("cached_tokens")
    if cached is None:
        cached = counts.whole("prompt_cache_hit_tokens", "cached_tokens")
    if thought and counts.whole("total_tokens") == (prompt or 0) + (output or 0) + thought:
        output = (output or 0) + thought  # xAI counts them apart
    return Usage(
        input_tokens=prompt,
        output_tokens=output,
        reasoning_tokens=thought,
        cached_tokens=cached,
        cost=cost_in(counts),
        written_tokens=_written(counts, details),
    )
