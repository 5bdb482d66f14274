"""Bytes of a pipe into lines, none of them longer than a limit: what is too long is dropped as it comes."""

from __future__ import annotations

import re

from msgspec import Struct

_ENDS = 4096
"""Bytes of both ends of a line that is dropped, in which its id may stand."""
_ID = rb'"id"\s*:\s*(-?[0-9]{1,18}|"[^"\\]{0,200}")'
_FIRST = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?' + _ID + rb"\s*,")
_LAST = re.compile(rb",\s*" + _ID + rb'\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*\Z')


class TooLong(Struct, frozen=True):
    """A line that was dropped."""

    head: bytes
    tail: bytes

    @property
    def id(self) -> int | str | None:
        """The id of the message, where it stands at one of the ends, as everybody writes it."""
        found = _FIRST.match(self.head) or _LAST.search(self.tail)
        if found is None:
            return None
        raw = found[1].decode("utf-8", "replace")
        return raw.strip('"') if raw.startswith('"') else int(raw)


class Lines:
    """Takes pieces and gives the lines that are whole."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._open = bytearray()
        self._head: bytes | None = None
        """Of the line that is being dropped."""

    def feed(self, data: bytes) -> list[bytes | TooLong]:
        """The lines that ``data`` completes, without their ends."""
        *ends, rest = data.split(b"\n")
        lines: list[bytes | TooLong] = []
        for end in ends:
            self._add(end)
            lines.append(self._line())
        self._add(rest)
        return lines

    def rest(self) -> list[bytes | TooLong]:
        """What came after the last line, at the end."""
        return [self._line()] if self._open or self._head is not None else []

    def _add(self, data: bytes) -> None:
        self._open += data
        if self._head is None and len(self._open) > self._longest:
            self._head = bytes(self._open[:_ENDS])
        if self._head is not None:
            del self._open[:-_ENDS]

    def _line(self) -> bytes | TooLong:
        head, self._head = self._head, None
        line = bytes(self._open)
        self._open.clear()
        return line if head is None else TooLong(head, line)
