"""One streamed reply: from the text of an answer to chunks, the same for every dialect."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from tui.chat.chunks import Chunk, Finish, FinishReason, Notice, Reasoning, Usage
from tui.errors import ProviderError
from tui.providers.decode import Event, Framing, Joiner
from tui.providers.error_parsing import read_complaint
from tui.providers.http import ProviderHTTPError, open_stream
from tui.providers.response import BODY_LIMIT, Answer

TEXT_LIMIT = 20 * 1024 * 1024
"""Characters of text and reasoning in one reply."""
_COMMENTS = re.compile(r"(?m)^:.*$")
_MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Reported(Exception):
    """The server reports an error inside an event; ``payload`` is the part that says which."""

    def __init__(self, payload: Any) -> None:
        super().__init__()
        self.payload = payload


class Reader(ABC):
    """Turns the events of one reply into chunks: what a dialect adds to what they all share.

    A reader may fail on an event of an unexpected shape: such an event is skipped and counted.
    """

    finish: FinishReason | None = None
    """Why the model stopped, once the dialect's end mark has come."""
    ended: bool = False
    """Whether nothing of interest can follow."""
    late_text: bool = False
    """Whether text after the end mark belongs to the reply."""

    @abstractmethod
    def read(self, event: dict[str, Any]) -> Iterator[Chunk]:
        """The chunks of one event, or of a whole reply that was not streamed.

        Raises:
            Reported: The event reports an error.
        """

    def close(self) -> Iterator[Chunk]:
        """What was held back, or collected, until the end."""
        return iter(())


def merge_usage(known: Usage, new: Usage) -> Usage:
    """``known`` with what ``new`` says in its place."""
    said = {name: value for name in Usage.__slots__ if (value := getattr(new, name)) is not None}
    return replace(known, **said)


async def ask(url: str, framing: Framing, reader: Reader, **request: Any) -> AsyncGenerator[Chunk, None]:
    """Post a request (options are those of ``http.open_stream``) and give the chunks of its reply.

    ``Finish`` is the last one.

    Raises:
        ProviderError: There was no answer, or it was cut, broke off, reports an error, or is not a reply. All
            chunks that came before have been yielded.
    """
    async with open_stream("POST", url, **request) as answer:
        reply = Reply(answer, framing, reader)
        failure: ProviderError | None = None
        try:
            async with aclosing(answer.texts()) as texts:
                async for text in texts:
                    came = False
                    for chunk in reply.feed(text):
                        yield chunk
                        came = True
                    if reader.ended:
                        break
                    if reader.finish:
                        answer.hurry(again=came and reader.late_text)
            for chunk in reply.rest():
                yield chunk
        except ProviderError as error:
            failure = error
        for chunk in reply.close():
            yield chunk
        if reader.finish is None:
            raise failure or answer.cut()
        yield Finish(reader.finish)
        await answer.drain()


async def ask_simpler(
    url: str,
    framing: type[Framing],
    reader: type[Reader],
    bodies: tuple[Any, Any],
    refusal: re.Pattern[str],
    **request: Any,
) -> AsyncGenerator[Chunk, None]:
    """``ask`` with the first of ``bodies``; with the second if the server's refusal has words of ``refusal``.

    For what only a refusal tells: whether the model thinks, what the account may have.
    """
    for body in bodies:
        try:
            async with aclosing(ask(url, framing(), reader(), json=body, **request)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except ProviderHTTPError as error:
            if body == bodies[-1] or error.status != 400 or not refusal.search(error.body):
                raise


class Reply:
    """A reply that grows by pieces of text. Pure: it may be fed from a file as well."""

    def __init__(self, answer: Answer, framing: Framing, reader: Reader) -> None:
        self._answer = answer
        self._framing = framing
        self._reader = reader
        self._text = Joiner()
        self._reasoning = Joiner()
        self._size = 0
        self._bad = 0
        self._unknown = 0
        self._events = 0
        self._begin: list[str] | None = []
        """What came before the first chunk: it may be no stream at all."""

    def feed(self, text: str) -> Iterator[Chunk]:
        """The chunks that ``text`` completes.

        Raises:
            ProviderError: An event reports an error, or the reply is too long.
        """
        if self._begin is not None:
            self._begin.append(text)
            self._unknown += len(text)
            if self._unknown > BODY_LIMIT:
                raise self._answer.too_much(BODY_LIMIT)
        for event in self._framing.feed(text):
            yield from self._event(event)
            if self._reader.ended:
                return

    def rest(self) -> Iterator[Chunk]:
        """The chunks of an event without an end, and of a body that is no stream but one JSON value.

        Raises:
            ProviderError: It is neither.
        """
        if self._reader.ended:
            return
        for event in self._framing.close():
            yield from self._event(event)
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
        if self._bad and self._begin is None:
            parts = "1 part" if self._bad == 1 else f"{self._bad} parts"
            yield Notice(f"{parts} of the reply could not be read")

    def _event(self, event: Event) -> Iterator[Chunk]:
        if event.data.startswith("[DONE]"):
            self._begin = None
            self._reader.finish = self._reader.finish or FinishReason.STOP
            self._reader.ended = True
            return
        try:
            payload = json.loads(event.data)
        except (ValueError, RecursionError):
            if event.name == "error":
                raise self._answer.failure(event.data) from None
            self._bad += 1
            return
        for part in payload if isinstance(payload, list) else [payload]:
            yield from self._payload(event.name, part)

    def _payload(self, name: str, payload: Any) -> Iterator[Chunk]:
        if name == "error":
            raise self._answer.failure(payload)
        if payload is None:
            return
        reader = self._reader
        late = reader.finish is not None and not reader.late_text
        try:
            if payload.get("error") or payload.get("type") == "error":
                raise Reported(payload)
            chunks = list(reader.read(payload))
        except Reported as report:
            raise self._answer.failure(report.payload) from None
        except _MISSHAPEN:
            self._bad += 1
            return
        self._events += 1
        if chunks or reader.finish:
            self._begin = None
        for chunk in chunks:
            if not (late and isinstance(chunk, str | Reasoning)):
                yield from self._joined(chunk)

    def _whole(self, text: str) -> Iterator[Chunk]:
        if not text:
            raise self._answer.empty()
        if text.startswith("<"):
            raise self._answer.page(text)
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            if self._events:
                return  # a stream after all, which was cut before the first word
            raise self._answer.unreadable(text) from None
        chunks: list[Chunk] = []
        for part in payload if isinstance(payload, list) else [payload]:
            chunks += self._payload("", part)
        if not chunks and self._reader.finish is None:
            explained = read_complaint(payload).message
            raise self._answer.failure(payload) if explained else self._answer.unreadable(text)
        self._reader.finish = self._reader.finish or FinishReason.STOP
        yield from chunks

    def _joined(self, chunk: Chunk) -> Iterator[Chunk]:
        if isinstance(chunk, str):
            if text := self._text.feed(chunk):
                self._count(text)
                yield text
        elif isinstance(chunk, Reasoning):
            if text := self._reasoning.feed(chunk.text):
                self._count(text)
                yield Reasoning(text)
        else:
            yield chunk

    def _count(self, text: str) -> None:
        self._size += len(text)
        if self._size > TEXT_LIMIT:
            raise self._answer.too_much(TEXT_LIMIT)
