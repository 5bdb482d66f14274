"""Anthropic Messages."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from tui.chat.chunks import (
    CallState,
    Chunk,
    Finish,
    FinishReason,
    Native,
    Notice,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    Usage,
)
from tui.chat.model import ModelInfo
from tui.providers.address import joined
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, Search, Thoughts, text_of
from tui.providers.caching import MARKS, marked
from tui.providers.calls import Calls, arguments_of, as_it_came, call_id, own, sent_id
from tui.providers.content import file_text, parts_of, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, failure_words, finish_of
from tui.providers.http import transport
from tui.providers.listing import list_rows
from tui.providers.sent import Sent, cost_in, text_in
from tui.providers.stream import Reader, Reported, ask, merge_usage
from tui.providers.told import Echo

_NAMES = ("id", "name", "model")
_SAMPLING = ("temperature", "top_p")
_ID = re.compile(r"[A-Za-z0-9_-]+")
_FORMAT = "anthropic"
_SEARCH = "web_search"
_MOST_PAUSES = 5
"""How often a reply that pauses is sent back to go on."""


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
    format: ClassVar[str] = _FORMAT
    tools: ClassVar[bool] = True
    thoughts: ClassVar[Thoughts] = "bound"
    search_version: ClassVar[str] = ""
    """The type of the tool that the vendor searches the web with; empty where it does not."""
    most_searches: ClassVar[int] = 5
    """Searches in one reply."""

    @classmethod
    def search(cls, model: str) -> Search | None:
        """See ``AsyncGeneratorProvider``."""
        return Search(cls.search_price) if cls.search_version else None

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed message. See ``AsyncGeneratorProvider``.

        A reply that pauses is sent back as it came, and goes on.
        """
        body = cls.request_body(model, messages, kwargs)
        version = cls.sampling_version if any(name in body for name in _SAMPLING) else cls.api_version
        so_far: MessageReader | None = None
        for pauses in range(_MOST_PAUSES + 1):
            reader = MessageReader(model, so_far)
            reply = ask(
                joined(cls.url, cls.api_endpoint),
                ServerSentEvents(),
                reader,
                headers=cls._request_headers(kwargs.get("api_key"), version),
                json=body,
                required=("max_tokens",),
                **transport(proxy, kwargs),
            )
            async with aclosing(reply):
                async for chunk in reply:
                    goes_on = reader.paused and reader.blocks and pauses < _MOST_PAUSES
                    if not (goes_on and type(chunk) is Finish):
                        yield chunk
            if not reader.paused or not reader.blocks:
                return
            said = {"role": "assistant", "content": reader.blocks}
            body = cls._kept({**body, "messages": [*cls._turns(messages), said]}, kwargs)
            so_far = reader

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The models that this key may use, retired ones left out."""
        headers = cls._request_headers(kwargs.get("api_key"), cls.api_version)
        rows = await list_rows(
            joined(cls.url, cls.models_endpoint), "data", {"headers": headers, **transport(proxy, kwargs)}
        )
        return [_model(row) for row in rows if row.text(*_NAMES) and row.get("lifecycle") != "retired"]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent; parameters stand in it only when given."""
        system, turns = split_system(messages)
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": options.get("max_tokens") or cls.max_tokens,
            "messages": cls._turns(turns),
            "stream": True,
        }
        declared = [_declared(tool) for tool in options.get("tools", ())]
        if options.get("search"):
            declared.append({"type": cls.search_version, "name": _SEARCH, "max_uses": cls.most_searches})
        if declared:
            body["tools"] = declared
        if options.get("tools") and options.get("tool_choice") == "none":
            body["tool_choice"] = {"type": "none"}
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
        return {**cls._kept(body, options), **cls.extra_body}

    @classmethod
    def _kept(cls, body: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """The body with what the vendor shall keep marked, unless it refuses that."""
        return body if MARKS in options.get("refused", ()) else marked(body)

    @classmethod
    def _turns(cls, messages: Messages) -> list[dict[str, Any]]:
        """The messages; results stand first in the person's."""
        ids: dict[str, str] = {}
        turns: list[dict[str, Any]] = []
        for message in messages:
            if message["role"] == "system":
                continue
            turn = _message(message, ids)
            if not turn["content"]:
                continue
            if turns and turns[-1]["role"] == turn["role"]:
                turn["content"] = [*_listed(turns.pop()["content"]), *_listed(turn["content"])]
            turns.append(turn)
        return turns

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

    def __init__(self, model: str = "", before: MessageReader | None = None) -> None:
        """Begin.

        Args:
            model: The server's name of the model.
            before: Who read what came before a pause.
        """
        super().__init__()
        self.paused = False
        """Whether the model only pauses, and goes on when its message is sent back."""
        self.blocks: list[dict[str, Any]] = list(before.blocks) if before else []
        """What came, as it goes back."""
        self._model = model
        self._first = len(self.blocks)
        self._open: dict[int | None, dict[str, Any]] = {}
        self._calls = Calls()
        self.running: dict[str, dict[str, Any]] = before.running if before else {}
        """What the vendor runs and has no result yet."""
        self._before: Usage = before.total if before else Usage()
        self.total: Usage = self._before
        """Its counts, with those of what came before a pause."""
        self._usage = Usage()
        self._sources: dict[str, Source] = before.cited if before else {}
        self._text_again, self._thought_again = Echo(), Echo()

    @property
    def cited(self) -> dict[str, Source]:
        """The pages that were cited, by their first citation."""
        return self._sources

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        match event.text("type") or (event.text("role") == "assistant" and "message"):
            case "message_start":
                yield from self._start(event.part("message"))
            case "content_block_start":
                yield from self._block(event.part("content_block"))
                yield from self._begin(event.whole("index"), event.part("content_block"))
            case "content_block_stop":
                yield from self._flush()
                yield from self._end(event.whole("index"))
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
        yield from self._grow(event.whole("index"), event.part("delta"))
        yield from self._count(event.part("usage"))
        yield from self._stop(event.part("delta"))

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        yield from self._flush()
        for place in list(self._open):
            if self._open[place].get("type") not in ("tool_use", "server_tool_use"):
                yield from self._end(place)
        if self._calls and self.finish is FinishReason.STOP:
            self.finish = FinishReason.TOOL
        yield from self._calls.finished(_FORMAT, self._model, self.finish)
        if self._sources and not self.paused:
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
        for place, block in enumerate(blocks):
            self._cite(block)
            if not self._seen(place):
                yield from self._begin(place, block)
                yield from self._end(place)
        yield from self._stop(message)

    def _seen(self, place: int) -> bool:
        return place + self._first < len(self.blocks)

    def _begin(self, place: int | None, block: Sent) -> Iterator[Chunk]:
        """A block begins: kept as it goes back."""
        self._open[place] = dict(block.raw)
        if block.text("type") == "tool_use":
            given = block.get("input") or None
            yield from self._calls.piece(
                block.text("id"), place, block.text("name"), given, place=self._place(place)
            )

    def _grow(self, place: int | None, delta: Sent) -> Iterator[Chunk]:
        block = self._open.get(place)
        if block is None:
            return
        for name in ("text", "thinking", "signature"):
            if name in delta:
                block[name] = str(block.get(name) or "") + delta.text(name)
        if citation := delta.part("citation"):
            block["citations"] = [*(block.get("citations") or ()), citation.raw]
        if (more := delta.get("partial_json")) is not None:
            block["partial_json"] = block.get("partial_json", "") + str(more)
            if block.get("type") == "tool_use":
                yield from self._calls.piece(str(block.get("id") or ""), place, "", more)

    def _place(self, place: int | None) -> int:
        return self._first + (place or 0)

    def _end(self, place: int | None) -> Iterator[Chunk]:
        """A block is whole: what must go back as it is."""
        block = self._open.pop(place, None)
        if block is None:
            return
        if "partial_json" in block:
            block["input"] = arguments_of(block.pop("partial_json")) or block.get("input") or {}
        self.blocks.append(block)
        here = self._place(place)
        match block.get("type"):
            case "thinking" if block.get("signature"):
                yield Reasoning("", native=self._native(block=block, place=here))
            case "redacted_thinking":
                yield Reasoning("", native=self._native(block=block, place=here))
            case "text" if block.get("citations"):
                yield Text(self._marks(block), self._native(block=block, place=here))
            case "server_tool_use":
                self.running[str(block.get("id"))] = block
            case str(kind) if kind.endswith("_tool_result"):
                yield from self._result(block, here)
            case _:
                pass

    def _marks(self, block: Mapping[str, Any]) -> str:
        """The numbers of the pages that a text rests on, at its end."""
        urls = dict.fromkeys(Sent(one).text("url") for one in block["citations"])
        numbered = list(self._sources)
        return "".join(f"[{numbered.index(url) + 1}]" for url in urls if url in self._sources)

    def _result(self, block: dict[str, Any], place: int) -> Iterator[Chunk]:
        """What the vendor ran, with its result: one call that is done."""
        asked = self.running.pop(str(block.get("tool_use_id")), None)
        if asked is None:
            return
        arguments = asked["input"] if isinstance(asked.get("input"), dict) else {}
        failed = "error" in Sent(block.get("content")).text("type")
        yield ToolCall(
            "",
            "web",
            "search",
            arguments,
            state=CallState.FAILED if failed else CallState.DONE,
            native=self._native(ran=[asked, block], place=place),
        )

    def _native(self, **blob: Any) -> Native:
        return Native(_FORMAT, "", self._model, blob)

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
        self.paused = self.paused or end.get("stop_reason") == "pause_turn"
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
        now = Usage(
            prompt,
            counts.whole("output_tokens"),
            cached_tokens=cached,
            cost=cost_in(counts),
            written_tokens=counts.whole("cache_creation_input_tokens"),
        )
        merged = merge_usage(self._usage, now)
        if merged != self._usage:
            self._usage = merged
            self.total = _sum(self._before, merged)
            yield self.total


def _thinking(effort: str) -> dict[str, Any]:
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    level = "low" if effort == "minimal" else effort
    return {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": level}}


def _sum(before: Usage, now: Usage) -> Usage:
    """Counts of a reply that was sent back to go on."""

    def both(one: float | None, other: float | None) -> Any:
        return one if other is None else other if one is None else one + other

    names = ("input_tokens", "output_tokens", "cached_tokens", "cost", "written_tokens")
    return Usage(**{name: both(getattr(before, name), getattr(now, name)) for name in names})


def _declared(tool: Any) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}


def _listed(content: str | list[Any]) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _message(message: Any, ids: dict[str, str]) -> dict[str, Any]:
    role, content = message["role"], message["content"]
    if role == "tool":
        return {"role": "user", "content": [_result(part, ids) for part in content]}
    if role == "assistant" and not isinstance(content, str):
        blocks = [block for part in as_it_came(content) for block in _said(part, ids)]
        plain = all(block["type"] == "text" and "citations" not in block for block in blocks)
        return {"role": role, "content": text_of(content) if plain else blocks}
    if isinstance(content, str):
        return {"role": role, "content": text_of(content)}
    return {"role": role, "content": [_block(part) for part in parts_of(content)]}


def _said(part: Any, ids: dict[str, str]) -> list[dict[str, Any]]:
    """The blocks of a part of a reply."""
    known = own(part)
    match part["type"]:
        case "reasoning":
            return [known["block"]] if _is_thought(known.get("block", {})) else []
        case "vendor":
            return _ran(known.get("ran", ()))
        case "tool_call":
            ids[part["id"]] = sent_id(part, ids, _ID)
            return [
                {
                    "type": "tool_use",
                    "id": ids[part["id"]],
                    "name": part["name"],
                    "input": dict(part["arguments"]),
                }
            ]
        case "text":
            block = known.get("block")
            said = block if block and block["type"] == "text" and "text" in block else _block(part)
            return [said] if str(said["text"]).strip() else []  # empty ones are refused
        case _:
            return [_block(part)]


def _is_thought(block: Mapping[str, Any]) -> bool:
    wanted = {"thinking": ("thinking", "signature"), "redacted_thinking": ("data",)}.get(
        block.get("type", "")
    )
    return wanted is not None and all(isinstance(block.get(name), str) for name in wanted)


def _ran(blocks: Sequence[Any]) -> list[dict[str, Any]]:
    """What the vendor ran, with what it gave: both, or neither."""
    if len(blocks) != 2:
        return []
    asked, given = Sent(blocks[0]), Sent(blocks[1])
    fits = asked.text("type") == "server_tool_use" and given.text("type").endswith("_tool_result")
    fits = fits and bool(asked.text("id")) and asked.text("id") == given.text("tool_use_id")
    return [dict(block) for block in blocks] if fits else []


def _result(part: Any, ids: Mapping[str, str]) -> dict[str, Any]:
    content = [{"type": "text", "text": part["text"]}] if part["text"] else []
    content += [_block(file) for file in part["files"]]
    result = {"type": "tool_result", "tool_use_id": ids.get(part["id"], f"call_{call_id(part['id'])}")}
    error = {"is_error": True} if part["is_error"] else {}
    return {**result, **({"content": content} if content else {}), **error}


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
        id=row.text(*_NAMES),
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
