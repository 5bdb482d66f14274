"""From bytes to events: pure state machines that may be fed at any border."""

from __future__ import annotations

import codecs
import json
import math
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from tui.errors import ErrorKind, ProviderError
from tui.text import normalise

LINE_LIMIT = 28_000_000
"""Characters in one line, or in the data of one event: the largest picture that is kept stands in one."""
DONE = "[DONE]"
"""What ends the streams of many servers."""
_SLICE = 262_144
_LONGEST_NUMBER = 100
_RECORD_SEPARATOR = "\x1e"
_FIELDS = ("event:", "id:", "retry:", ":")
"""What stands in a stream of events besides its data."""
_JSON = json.JSONDecoder(strict=False)  # some servers leave control characters in texts as they are
_BEGIN_OF_LIST = re.compile(r"[\s,\x1e]*\[?\s*")
_BETWEEN = re.compile(r"[\s,\x1e]*")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_ERROR_NAME = re.compile(r"(?i)(?:[a-z]{1,20} ){0,3}[a-z]{0,20}error")
_DEEPEST = 100
_COMMA_AT_END = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*+[}\]])', re.DOTALL)


class Event(NamedTuple):
    """One event of a stream; ``name`` is empty where the sender gave none."""

    name: str
    data: str


def utf8() -> codecs.IncrementalDecoder:
    """A decoder that drops a byte order mark and makes U+FFFD of what is not UTF-8."""
    return codecs.getincrementaldecoder("utf-8-sig")("replace")


def parse(text: str) -> Any:
    """A JSON value; with a comma too many, numbers of any length, and fields of any depth.

    Raises:
        ValueError: It is none.
    """
    try:
        return _JSON.decode(text)
    except (ValueError, RecursionError):
        return _parse_loosely(text)


def _parse_loosely(text: str) -> Any:
    try:
        return _LOOSE_JSON.decode(_COMMA_AT_END.sub(r"\1", _shallow(text)))
    except RecursionError:
        raise ValueError("too deep") from None


def _shallow(text: str) -> str:
    """``text`` with null in place of what is nested deeper than anything that a reply is made of."""
    kept, depth, start = [], 0, 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in ("{", "["):
            depth += 1
            if depth == _DEEPEST:
                kept += [text[start : match.start()], "null"]
        elif match[0] in ("}", "]"):
            depth -= 1
            if depth == _DEEPEST - 1:
                start = match.end()
    return "".join(kept) + text[start:] if depth < _DEEPEST else text


def _number(digits: str) -> float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


_LOOSE_JSON = json.JSONDecoder(strict=False, parse_int=_number)


def values_in(text: str) -> tuple[list[Any], str]:
    """The JSON values in ``text``, those of a list one by one, and what is left that can't be read.

    Several may stand one after another, and a list may be cut.
    """
    try:
        found = parse(text)
    except ValueError:
        return _objects_in(text)
    return (found if isinstance(found, list) else [found]), ""


def _objects_in(text: str) -> tuple[list[Any], str]:
    found: list[Any] = []
    at = _end(_BEGIN_OF_LIST, text, 0)
    while text.startswith(("{", "["), at):
        try:
            value, at = _LOOSE_JSON.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(value)
        at = _end(_BETWEEN, text, at)
    return found, text[at:].strip(" \t\r\n]")


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


class Lines:
    r"""Splits text at ``\r\n``, ``\n`` and ``\r`` only; JSON may hold U+2028 and its like."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._begun: list[str] = []
        self._size = 0
        self._after_cr = False

    def feed(self, text: str) -> list[str]:
        """The lines that ``text`` completes, without their ends.

        Raises:
            ProviderError: A line is longer than the limit.
        """
        if self._after_cr and text.startswith("\n"):  # the second half of a \r\n that was cut
            text = text[1:]
            self._after_cr = False
        if text:
            self._after_cr = text.endswith("\r")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        rest = lines.pop()
        if lines and self._begun:
            lines[0] = self._take() + lines[0]
        if rest:
            self._begun.append(rest)
            self._size += len(rest)
            if self._size > self._limit:
                raise too_long(self._limit)
        return lines

    def close(self) -> list[str]:
        """The last line, if it had no end."""
        return [self._take()] if self._begun else []

    def _take(self) -> str:
        line = "".join(self._begun)
        self._begun.clear()
        self._size = 0
        return line


class ServerSentEvents:
    """The ``text/event-stream`` format."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._begun = False

    def feed(self, text: str) -> Iterator[Event]:
        """The events that ``text`` completes."""
        for line in self._lines.feed(text):
            if line:
                yield from self._field(line)
            else:
                yield from self._dispatch()

    def close(self) -> Iterator[Event]:
        """The last event, which many senders do not end with a blank line."""
        for line in self._lines.close():
            yield from self._field(line)
        yield from self._dispatch()

    def _field(self, line: str) -> Iterator[Event]:
        """Take one line; one that is a JSON value by itself is an event without a frame."""
        if line.startswith(("{", "[")) and _is_json(line):
            yield from self._dispatch()
            yield Event("", line)
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            if len(self._data) == 1 and _is_json(self._data[0]):  # the blank line between was left out
                yield from self._dispatch()
            self._data.append(value)
            self._size += len(value)
            if self._size > LINE_LIMIT:
                raise too_long(LINE_LIMIT)
        elif name == "event":
            self._name = value
        elif (self._begun and " " in name) or (value and _ERROR_NAME.fullmatch(name)):
            yield Event("", line)  # no field: words of a server on the way, as “upstream connect error”

    def _dispatch(self) -> Iterator[Event]:
        self._begun = self._begun or bool(self._data)
        if self._data:
            yield Event(self._name, "\n".join(self._data))
        self._name = ""
        self._data.clear()
        self._size = 0


class JsonLines:
    """One JSON value a line (NDJSON)."""

    def __init__(self) -> None:
        self._lines = Lines()

    def feed(self, text: str) -> Iterator[Event]:
        """The values that ``text`` completes."""
        return self._events(self._lines.feed(text))

    def close(self) -> Iterator[Event]:
        """The last value, if its line had no end."""
        return self._events(self._lines.close())

    def _events(self, lines: list[str]) -> Iterator[Event]:
        for line in lines:
            begun = line.lstrip(_RECORD_SEPARATOR)
            goes_on = begun[:1].isspace()  # an indented line belongs to the one before it
            if begun and not goes_on and not begun.startswith(_FIELDS):
                yield Event("", begun.removeprefix("data:").strip())


Framing = ServerSentEvents | JsonLines


def framing_of(begin: str, usual: Framing) -> Framing:
    """How a body that begins so is framed: some servers stream in lines where events are usual, and back."""
    if begin.startswith(("{", "[")) and not begin.startswith(DONE):
        return JsonLines()
    if begin.startswith(("data:", *_FIELDS)):
        return ServerSentEvents()
    return usual


def _is_json(line: str) -> bool:
    if line.startswith(DONE):
        return True
    try:
        parse(line)
    except ValueError:
        return False
    return True


def too_long(limit: int) -> ProviderError:
    """The error for a line or an event that does not end."""
    return ProviderError(
        f"The answer has a line of more than {limit // 1_000_000} MB", kind=ErrorKind.PROTOCOL
    )


class Inflater:
    """Decompresses gzip and deflate in slices, so that a small answer can't fill the memory.

    Done here and not by aiohttp, because aiohttp takes a cut gzip stream for a whole one.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._engine = zlib.decompressobj(wbits=47)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` decompresses to.

        Raises:
            ProviderError: It is not compressed as the server says.
        """
        if not self._begun and data:
            self._begun = True
            if self._encoding == "deflate" and data[0] & 0x0F != 8:
                self._engine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)  # raw, as many servers send it
        try:
            while data:
                piece = self._engine.decompress(data, _SLICE)
                data = self._engine.unconsumed_tail
                if piece:
                    yield piece
        except zlib.error:
            raise ProviderError(
                f"The answer can't be unpacked: it is not {self._encoding}, as the server says",
                kind=ErrorKind.PROTOCOL,
            ) from None

    @property
    def whole(self) -> bool:
        """Whether the compressed stream came to its own end."""
        return self._engine.eof or not self._begun


class Joiner:
    """Joins surrogate pairs that a server cut in two; orphans become U+FFFD."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """``text`` without a high surrogate at its end, which waits for its other half."""
        if self._held:
            text = self._held + text
            self._held = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            self._held = text[-1]
            text = text[:-1]
        return normalise(text)

    def close(self) -> str:
        """What still waits, as U+FFFD."""
        held, self._held = self._held, ""
        return normalise(held)
