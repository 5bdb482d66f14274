"""One streamed reply: from the text of an answer to chunks, the same for every wire format."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar, assert_never

from msgspec.structs import replace

from tui.chat.chunks import (
    Chunk,
    File,
    Finish,
    FinishReason,
    Image,
    Notice,
    Progress,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from tui.errors import ProviderError
from tui.providers.complaints import complains, reports_error, says
from tui.providers.decode import (
    DONE,
    Event,
    Framing,
    Joiner,
    JsonLines,
    ServerSentEvents,
    framing_of,
    values_in,
)
from tui.providers.error_parsing import read_complaint
from tui.providers.http import open_stream
from tui.providers.response import BODY_LIMIT, Response
from tui.providers.sent import Sent
from tui.providers.told import Told

TEXT_LIMIT = 20 * 1024 * 1024
"""Characters of text and reasoning in one reply."""
_COMMENTS = re.compile(r"(?m)^:.*$")
_PLAIN_WORDS = re.compile(r"[^\W\d_][^{}\[\]\"]*$")
_NO_THOUGHT = Reasoning("")
_LOGGER = logging.getLogger("segue.stream")


class Reported(Exception):
    """The server reports an error inside an event; ``payload`` is the part that says which."""

    def __init__(self, payload: Any) -> None:
        super().__init__()
        self.payload = payload


class Reader(ABC):
    """Turns the events of one reply into chunks: what a wire format adds to what they all share.

    Text comes before what stands beside it, so that nothing beside it can cost it.
    """

    NAMES: ClassVar[frozenset[str]]
    """One of these is in each event of the wire format, also in those that bring nothing."""

    finish: FinishReason | None = None
    """Why the model stopped, once the wire format's end mark has come. More text may follow all the same."""
    ended: bool = False
    """Whether the wire format has nothing more to say, and only the connection goes on."""

    def __init__(self) -> None:
        self.said = Told()
        """The text as far as it came."""
        self.thought = Told()
        """The thinking as far as it came."""

    @abstractmethod
    def read(self, event: Sent) -> Iterator[Chunk]:
        """The chunks of one event, or of a whole reply that was not streamed; empty ones are left out.

        Raises:
            Reported: The event reports an error.
        """

    def close(self) -> Iterator[Chunk]:
        """What was held back, or collected, until the end."""
        return iter(())


def merge_usage(known: Usage, new: Usage) -> Usage:
    """``known`` with what ``new`` says in its place."""
    said = {name: value for name in Usage.__struct_fields__ if (value := getattr(new, name)) is not None}
    return replace(known, **said)


async def ask(url: str, framing: Framing, reader: Reader, **request: Any) -> AsyncGenerator[Chunk, None]:
    """Post a request (options are those of ``http.open_stream``) and give the chunks of its reply.

    ``Finish`` is the last one.

    Raises:
        ProviderError: There was no answer, or it was cut, broke off, reports an error, or is not a reply. All
            chunks that came before have been yielded.
    """
    async with open_stream("POST", url, **request) as response:
        reply = Reply(response, framing, reader)
        failure: ProviderError | None = None
        try:
            async with aclosing(response.texts()) as texts:
                async for text in texts:
                    before = reader.finish, reader.ended
                    came = False
                    for chunk in reply.feed(text):
                        yield chunk
                        came = True
                    if came or before != (reader.finish, reader.ended):
                        response.wait_at_most(reply.patience)
            for chunk in reply.rest():
                yield chunk
        except ProviderError as error:
            failure = error
        for chunk in reply.close():
            yield chunk
        if problem := reply.problem(failure):
            raise problem
        yield Finish(reader.finish or FinishReason.STOP)
        await response.drain()


class Reply:
    """A reply that grows by pieces of text. Pure: it may be fed from a file as well."""

    def __init__(self, response: Response, framing: Framing, reader: Reader) -> None:
        self._response = response
        self._usual = framing
        self._framing: Framing | None = None
        self._reader = reader
        self._text = Joiner()
        self._reasoning = Joiner()
        self._size = 0
        self._bad = 0
        self._unknown = 0
        self._events = 0
        self._came = False
        self._goes_on = False
        self._strange = False
        self._reported: ProviderError | None = None
        self._odd: Any = None
        """The last event of a shape that nobody knows."""
        self._words: Any = None
        """What the server said besides the reply: an error, if the reply does not end well."""
        self._begin: list[str] | None = []
        """What came before the first chunk: it may be no stream at all."""

    def feed(self, text: str) -> Iterator[Chunk]:
        """The chunks that ``text`` completes.

        Raises:
            ProviderError: An event reports an error, or the reply is too long.
        """
        if self._framing is None:
            if not text.strip():
                return
            self._framing = framing_of(text, self._usual)
        if self._begin is not None:
            self._begin.append(text)
            self._unknown += len(text)
            if self._unknown > BODY_LIMIT:
                raise self._response.too_much(BODY_LIMIT)
        for event in self._framing.feed(text):
            yield from self._event(event)

    def rest(self) -> Iterator[Chunk]:
        """The chunks of an event without an end, and of a body that is no stream but one JSON value.

        Raises:
            ProviderError: It is neither.
        """
        for event in self._framing.close() if self._framing else ():
            yield from self._event(event)
        if self._is_one_document() and self._came:
            self._reader.finish = self._reader.finish or FinishReason.STOP
        if self._begin is not None and not self._reader.ended:
            yield from self._whole(_COMMENTS.sub("", "".join(self._begin)).strip())

    def close(self) -> Iterator[Chunk]:
        """What was held back, and how much was unreadable."""
        for chunk in self._reader.close():
            yield from self._joined(chunk)
        if thought := self._reasoning.close():
            yield Reasoning(thought)
        if text := self._text.close():
            yield text
        if self._begin is not None:
            return
        if self._bad:
            parts = "1 part" if self._bad == 1 else f"{self._bad} parts"
            yield Notice(f"{parts} of the reply could not be read")
        if self._words is not None and self.problem(None) is None:
            yield Notice(self._response.remark(self._words))
        if self._odd is not None and not self._reader.finish and (words := self._response.remark(self._odd)):
            yield Notice(words)

    @property
    def patience(self) -> float | None:
        """Seconds to wait for what may follow; None while the reply goes on.

        An end mark after which text came says nothing: some servers send one with every piece.
        """
        limits = self._response.timeouts
        if self._reader.ended:
            return limits.drain
        return limits.after_finish if self._reader.finish and not self._goes_on else None

    def problem(self, failure: ProviderError | None) -> ProviderError | None:
        """Why the reply is not whole, if so; ``failure`` is what ended its stream."""
        if self._reported:
            return self._reported
        if self._reader.finish and (self._came or self._words is None):
            return None
        if self._words is not None:
            return self._response.failure(self._words)
        if self._strange and self._begin is not None:
            return self._response.unreadable("".join(self._begin))
        return failure or self._response.cut()

    def _is_one_document(self) -> bool:
        """Whether this is a reply that was not streamed, on one line."""
        document = isinstance(self._framing, JsonLines) and isinstance(self._usual, ServerSentEvents)
        return document and self._events == 1 and not self._bad

    def _event(self, event: Event) -> Iterator[Chunk]:
        data = event.data.strip().removeprefix("data:").strip()
        if data[: len(DONE) + 2].strip('" ').upper().startswith(DONE):
            self._done()
            return
        found, rest = values_in(data)
        for value in found:
            yield from self._payload(event.name, value)
        if rest or (event.name == "error" and not data):
            self._unread(event.name, rest)

    def _done(self) -> None:
        self._reader.ended = True
        if self._came or not (self._bad or self._words or self._strange):
            self._begin = None
            if self._words is None:
                self._reader.finish = self._reader.finish or FinishReason.STOP

    def _payload(self, name: str, payload: Any) -> Iterator[Chunk]:
        if payload is None:
            return
        if isinstance(payload, str) and payload.lstrip().startswith("{"):  # packed twice
            payload = next(iter(values_in(payload)[0]), payload)
        if not isinstance(payload, Mapping):
            self._unread(name, payload)
            return
        if name not in ("", "message") and not isinstance(payload.get("type"), str):
            payload = {**payload, "type": name}  # some leave it to the frame to say
        chunks, error = self._read(payload)
        self._events += 1
        if chunks or self._reader.finish:
            self._begin = None
        for chunk in chunks:
            yield from self._joined(chunk)
        spoke = any(map(_speaks, chunks))
        if error or name == "error" or reports_error(payload) or (not spoke and complains(payload)):
            self._report(error or payload)
        elif not spoke and says(payload):
            self._words = self._words or payload
        elif not chunks and payload and not self._reader.NAMES.intersection(payload):
            self._strange = True
            self._odd = payload

    def _read(self, payload: Mapping[str, Any]) -> tuple[list[Chunk], Any]:
        """The chunks of an event, and the error in it."""
        ended = self._reader.finish is not None
        chunks: list[Chunk] = []
        error: Any = None
        try:
            for chunk in self._reader.read(Sent(payload)):
                if chunk and chunk != _NO_THOUGHT:
                    chunks.append(chunk)
        except Reported as report:
            error = report.payload
        except Exception:  # the last resort: what came before it in the event is kept
            _LOGGER.debug("an event could not be read", exc_info=True)
            self._bad += 1
        self._goes_on = self._goes_on or (ended and any(map(_speaks, chunks)))
        return chunks, error

    def _unread(self, name: str, data: Any) -> None:
        """Something that is no event: the words of an error, or a part of the reply that can't be read."""
        if name == "error" or complains(data):
            self._report(data)
            return
        if self._words is None and isinstance(data, str) and _PLAIN_WORDS.match(data):
            self._words = data
        else:
            self._bad += 1

    def _report(self, payload: Any) -> None:
        """The server says that it failed; after the end of the reply that is only told."""
        if self._reader.ended and self._reader.finish:
            self._words = self._words or payload
            return
        self._reported = self._response.failure(payload)
        raise self._reported

    def _whole(self, text: str) -> Iterator[Chunk]:
        if not text:
            raise self._response.empty()
        if text.startswith("<"):
            raise self._response.page(text)
        if isinstance(self._usual, JsonLines) and self._events and not (self._strange or self._words):
            return  # its lines were events, of which none had a word yet
        found, rest = values_in(text)
        if not found:
            framed = isinstance(self._framing, ServerSentEvents) and self._words is not None
            if self._events or framed:
                return  # a stream after all, which was cut before the first word
            self._words = None
            raise self._response.unreadable(text)
        self._bad = 1 if rest else 0
        for value in found:
            yield from self._payload("", value)
        if self._begin is not None:
            explained = read_complaint(found).message
            raise self._response.failure(found) if explained else self._response.unreadable(text)
        if not rest:
            self._reader.finish = self._reader.finish or FinishReason.STOP

    def _joined(self, chunk: Chunk) -> Iterator[Chunk]:
        match chunk:
            case str():
                if text := self._text.feed(chunk):
                    self._count(text)
                    yield text
            case Text() | Reasoning():
                joiner = self._text if isinstance(chunk, Text) else self._reasoning
                text = joiner.feed(chunk.text)
                if text or chunk.native is not None:
                    self._count(text)
                    yield replace(chunk, text=text)
            case (
                Image()
                | File()
                | ToolCall()
                | ToolResult()
                | Sources()
                | Notice()
                | Usage()
                | Finish()
                | Progress()
            ):
                self._came = self._came or _speaks(chunk)
                yield chunk
            case _:
                assert_never(chunk)

    def _count(self, text: str) -> None:
        self._came = True
        self._size += len(text)
        if self._size > TEXT_LIMIT:
            raise self._response.too_much(TEXT_LIMIT)


def _speaks(chunk: Chunk) -> bool:
    """Whether a reply has begun with this: it is said, thought, shown or done."""
    match chunk:
        case str() | Text() | Reasoning() | Image() | File() | ToolCall() | ToolResult():
            return True
        case Sources() | Notice() | Usage() | Finish() | Progress():
            return False
        case _:
            assert_never(chunk)
