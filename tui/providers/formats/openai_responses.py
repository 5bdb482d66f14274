"""OpenAI Responses: what OpenAI itself and Perplexity want."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

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
    ToolCall,
    Usage,
)
from tui.chat.model import ModelInfo, Pictures
from tui.providers.address import CHAT, joined
from tui.providers.base import (
    AsyncGeneratorProvider,
    Messages,
    ProviderModelMixin,
    Search,
    Thoughts,
    text_of,
)
from tui.providers.calls import Calls, as_it_came, call_id, own, sent_id
from tui.providers.complaints import reports_error
from tui.providers.content import pictures_handed_on, spelled_out, split_data_url, split_system
from tui.providers.decode import ServerSentEvents
from tui.providers.endings import ended_badly, finish_of
from tui.providers.formats import is_data, same_server
from tui.providers.http import bearer, transport
from tui.providers.listing import list_models
from tui.providers.picture_models import makes_only_pictures
from tui.providers.refusals import SIGNED
from tui.providers.sent import Sent, cost_in, text_in
from tui.providers.stream import Reader, Reported, ask

_PARAMETERS = {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_output_tokens"}
_FORMAT = "openai-responses"
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
    format: ClassVar[str] = _FORMAT
    tools: ClassVar[bool] = True
    thoughts: ClassVar[Thoughts] = "signed"
    includes: ClassVar[Sequence[str]] = ("reasoning.encrypted_content",)
    """What is asked for besides where there are tools."""
    search_tool: ClassVar[Mapping[str, Any]] = {}
    """What is declared so that the vendor searches the web; empty where it does not."""
    draw_tool: ClassVar[Mapping[str, Any]] = {}
    """What is declared so that the vendor makes pictures; empty where it does not."""
    images: ClassVar[Mapping[str, Any]] = {}
    """What of the Images endpoint, which models have that make nothing else, differs here."""

    @classmethod
    def search(cls, model: str) -> Search | None:
        """See ``AsyncGeneratorProvider``."""
        return Search(cls.search_price) if cls.search_tool else None

    @classmethod
    def pictures(cls, model: str) -> Pictures:
        """See ``AsyncGeneratorProvider``."""
        if is_data(cls, OpenAIResponses) and makes_only_pictures(model):
            return "only"
        return "asked" if cls.draw_tool else "never"

    @classmethod
    def answering(cls, model: str, pictures: Pictures) -> type[AsyncGeneratorProvider]:
        """See ``AsyncGeneratorProvider``."""
        elsewhere = pictures == "only" and is_data(cls, OpenAIResponses)
        return same_server(cls, "openai-images", **cls.images) if elsewhere else cls

    @classmethod
    def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Ask for a streamed response. See ``AsyncGeneratorProvider``."""
        if CHAT in kwargs.get("refused", ()):
            by_chat: AsyncGenerator[Chunk, None] = cls._by_chat().create_async_generator(
                model, messages, proxy, **kwargs
            )
            return by_chat
        return ask(
            joined(cls.url, cls.api_endpoint),
            ServerSentEvents(),
            ResponsesReader(model),
            json=cls.request_body(model, messages, kwargs),
            headers=cls._request_headers(kwargs.get("api_key")),
            elsewhere=(CHAT,) if cls.url_given else (),
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
            "input": _items(turns, signed=SIGNED not in options.get("refused", ())),
            "stream": True,
            "store": False,
        }
        declared = [_declared(tool) for tool in options.get("tools", ())]
        if options.get("search"):
            declared.append(dict(cls.search_tool))
        if options.get("draw"):
            declared.append(dict(cls.draw_tool))
        if declared:
            body["tools"] = declared
        if declared and cls.includes:
            body["include"] = list(cls.includes)
        if options.get("tools") and options.get("tool_choice") == "none":
            body["tool_choice"] = "none"
        if system:
            body["instructions"] = system
        body.update({t: options[o] for o, t in _PARAMETERS.items() if options.get(o) is not None})
        if effort := options.get("reasoning_effort"):
            body["reasoning"] = {"effort": effort, "summary": "auto"}
        if schema := options.get("schema"):
            shape = {"type": "json_schema", "name": "answer", "schema": dict(schema), "strict": False}
            body["text"] = {"format": shape}
        if cls.cache_field and (key := options.get("cache_key")):
            body[cls.cache_field] = key
        return {**body, **cls.extra_body}

    @classmethod
    def _by_chat(cls) -> Any:
        """The same server, asked for chat completions: many that are put in OpenAI's place know no more."""
        return same_server(cls, "openai", extra_body=cls.extra_body, cache_field=cls.cache_field)

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**bearer(key), **cls.headers}


class ResponsesReader(Reader):
    """Reads the events of a response, and a whole response object."""

    NAMES = frozenset({"type", "object", "response"})

    def __init__(self, model: str = "") -> None:
        super().__init__()
        self._model = model
        self._calls = Calls()
        self._whole: set[str] = set()
        """Ids of items that were told."""
        self._sources: dict[str, Source] = {}
        self._pictures: set[str] = set()
        """The pictures that were told, and their ids."""
        self._thought = ""
        """The id of the newest thought: what was made after it goes back only with it."""
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
                yield from self._mark(event.part("annotation"))
            case "response.output_item.added" if _is_call(event.part("item")):
                yield from self._call(event.part("item"), event.whole("output_index"))
            case "response.function_call_arguments.delta":
                yield from self._calls.piece("", event.whole("output_index"), "", delta)
            case "response.function_call_arguments.done":
                arguments, name = event.get("arguments"), event.text("name")
                yield from self._calls.whole("", event.whole("output_index"), name, arguments)
            case _ if kind.startswith("response.image_generation_call."):
                yield MAKING_PICTURE  # a first sketch of it is none that is kept
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
                yield from self._item(event.part("item"), event.whole("output_index"))
            case _:
                pass

    def close(self) -> Iterator[Chunk]:
        """See ``Reader``."""
        yield from self._calls.finished(_FORMAT, self._model, self.finish)
        if self._sources:
            yield Sources(tuple(self._sources.values()))

    def _call(self, item: Sent, place: int | None) -> Iterator[Chunk]:
        self._called = True
        arguments = item.get("arguments") or item.get("input")
        yield from self._calls.whole(item.text("call_id"), place, item.text("name"), arguments, place=place)

    def _ran(self, item: Sent, place: int | None) -> Iterator[Chunk]:
        """A search that the vendor ran."""
        action = item.part("action")
        asked = {"query": action.text("query", "url")} if action.text("query", "url") else {}
        queries = [query for query in action.items("queries") if isinstance(query, str)]
        arguments = {"query": "; ".join(queries)} if queries and not asked else asked
        state = CallState.FAILED if item.get("status") == "failed" else CallState.DONE
        blob = {"ran": [dict(item.raw)], "place": place}
        yield ToolCall(
            "", "web", "search", arguments, state=state, native=Native(_FORMAT, "", self._model, blob)
        )

    def _mark(self, page: Sent) -> Iterator[Chunk]:
        """A page that the text so far rests on: its number, where the text does not name it itself."""
        self._cite([page])
        url, end = page.text("url"), page.whole("end_index")
        said = self.said.so_far
        if url and end is not None and abs(len(said) - end) < 2 and url not in said[-2 * len(url) - 200 :]:
            yield f"[{list(self._sources).index(url) + 1}]"

    def _item(self, item: Sent, place: int | None = None) -> Iterator[Chunk]:
        if item.text("id") in self._whole and not _is_call(item):
            return
        if item.text("id") and item.text("type") in ("reasoning", "web_search_call"):
            self._whole.add(item.text("id"))
        match item.text("type"):
            case "message":
                yield from self._parts(_contents(item))
            case "image_generation_call":
                yield from self._picture(item, place)
            case "function_call" | "custom_tool_call":
                yield from self._call(item, place)
            case "reasoning":
                self._thought = item.text("id")
                if item.text("encrypted_content"):
                    blob = {"item": dict(item.raw), "place": place}
                    yield Reasoning("", native=Native(_FORMAT, "", self._model, blob))
            case "web_search_call":
                yield from self._ran(item, place)
            case "search_results":
                self._cite(item.parts("results"))
            case _:
                pass

    def _picture(self, item: Sent, place: int | None) -> Iterator[Image | Notice]:
        """A picture once: it may come as an item and in the whole response."""
        data, known = item.text("result"), {item.text("result"), item.text("id")} - {""}
        if known & self._pictures:
            return
        self._pictures |= known
        if not data:
            why = item.part("error").text("message")
            yield Notice(f"No picture was made: {why}" if why else "No picture was made")
            return
        made = {name: value for name, value in item.raw.items() if name != "result"}
        blob = {"ran": [made], "place": place, **({"after": self._thought} if self._thought else {})}
        native = Native(_FORMAT, "", self._model, blob) if item.text("id") else None
        yield Image(f"data:image/{item.text('output_format') or 'png'};base64,{data}", native=native)

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
        for place, item in enumerate(items):
            if item.text("type") != "message":
                yield from self._item(item, place)
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
        written_tokens=counts.part("input_tokens_details").whole("cache_write_tokens"),
    )


def _is_call(item: Sent) -> bool:
    return item.text("type") in ("function_call", "custom_tool_call")


def _declared(tool: Any) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.schema),
        "strict": False,
    }


def _items(messages: Messages, *, signed: bool = True) -> list[dict[str, Any]]:
    """The conversation; calls, results, thoughts and pictures are items of their own.

    Args:
        messages: The conversation.
        signed: Whether thoughts go back.
    """
    ids: dict[str, str] = {}
    items: list[dict[str, Any]] = []

    def stays(picture: Any, reply: Sequence[Any]) -> bool:
        return _is_own(picture, reply, signed=signed)

    for message in pictures_handed_on(messages, stays):
        role, content = message["role"], message["content"]
        if role == "tool":
            items += [_result(part, ids) for part in content]
        elif role == "assistant" and not isinstance(content, str):
            for part in as_it_came(content):
                items += _said(part, ids)
        else:
            items.append(_turn(message))
    return items


def _said(part: Any, ids: dict[str, str]) -> list[dict[str, Any]]:
    """The items of a part of a reply."""
    known = own(part)
    match part["type"]:
        case "reasoning":
            return [item for item in [known.get("item")] if item and item["type"] == "reasoning"]
        case "image_url":
            [made] = known["ran"]
            _, data = split_data_url(part["image_url"]["url"]) or ("", "")
            return [{**made, "result": data}]
        case "vendor":
            return [item for item in known.get("ran", ()) if str(item.get("type")).endswith("_call")]
        case "tool_call":
            ids[part["id"]] = sent_id(part, ids)
            return [
                {
                    "type": "function_call",
                    "call_id": ids[part["id"]],
                    "name": part["name"],
                    "arguments": json.dumps(dict(part["arguments"]), ensure_ascii=False),
                }
            ]
        case _:
            return [{"role": "assistant", "content": text_of([part])}]


def _is_own(picture: Any, reply: Sequence[Any], *, signed: bool) -> bool:
    """Whether a picture goes back as its own item: the server wants the thought before it, too."""
    known = own(picture)
    after = known.get("after")
    thoughts = [own(part).get("item", {}).get("id") for part in reply if part["type"] == "reasoning"]
    return len(known.get("ran", ())) == 1 and (after is None or (signed and after in thoughts))


def _result(part: Any, ids: Mapping[str, str]) -> dict[str, Any]:
    text = f"Error: {part['text']}" if part["is_error"] else part["text"]
    files = [_part(file) for file in spelled_out(part["files"])]
    output = [*([{"type": "input_text", "text": text}] if text else []), *files] if files else text
    known = ids.get(part["id"], f"call_{call_id(part['id'])}")
    return {"type": "function_call_output", "call_id": known, "output": output}


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
