"""Paragraphs, headings and formulas: text that is wrapped at spaces."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from tui.cells import cells
from tui.rendering.flow import Flow
from tui.rendering.room import Room
from tui.rendering.spans import INK, QUOTED, Line, Span
from tui.rendering.wrap import wrap
from tui.text import clean

_FENCED = re.compile(r"^(?:\$\$|\\\[)|(?:\$\$|\\\])$")


class Prose:
    """Text with inline markup at one width."""

    deep = False

    def __init__(self, content: str, room: Room, env: dict[str, Any], base: int = INK) -> None:
        self._env = env
        self._base = base
        self._content = ""
        self._flow = Flow([], base)
        self._kept = 0
        """The spans that nothing can change any more."""
        self._width = self._cells_of(room)
        self._lines: list[tuple[int, int]] = []
        self.grow(content)

    @property
    def rough(self) -> bool:
        """It is parsed whole."""
        return False

    def resize(self, room: Room) -> None:
        """Wrap anew."""
        self._width = self._cells_of(room)
        self._lines = wrap(self._flow.text, self._width)

    def _cells_of(self, room: Room) -> int:
        """How wide a line may be."""
        return room.measure

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self._lines)

    def line(self, row: int) -> Line:
        """One row."""
        first, end = self._lines[row]
        after = self._lines[row + 1][0] if row + 1 < len(self._lines) else end
        between = self._flow.text[end:after]
        return Line(self._flow.cut(first, end), "\n" if "\n" in between else between)

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        at = self._flow.index(offset)
        row = max(bisect_right(self._lines, (at, len(self._flow.text))) - 1, 0)
        first, end = self._lines[row]
        return row, cells(self._flow.text[first : min(at, end)])

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        self._content = content
        return self._redraw(self._parse(content))

    def end(self) -> int | None:
        """No more text comes; returns the first row that changed by that, if one did."""
        return None

    def _parse(self, content: str) -> list[Span[int]]:
        from tui.rendering.inline import parse_inline

        return parse_inline(content, self._env)

    def _redraw(self, spans: list[Span[int]]) -> int:
        """Put spans behind those that are kept, and wrap from the first line that they change."""
        changed = self._flow.replace(self._kept, spans)
        row = max(bisect_right(self._lines, (changed, len(self._flow.text))) - 2, 0)
        start = self._lines[row][0] if self._lines else 0
        old = self._lines[row:]
        new = wrap(self._flow.text, self._width, start)
        self._lines[row:] = new
        while old and new and old[0] == new[0] and new[0][1] <= changed and len(new) > 1:
            row += 1
            del old[0], new[0]
        return row


class Formula(Prose):
    """A formula on lines of its own."""

    def _cells_of(self, room: Room) -> int:
        return room.whole

    def _parse(self, content: str) -> list[Span[int]]:
        from tui.rendering.maths import to_unicode

        inside = _FENCED.sub("", content.strip())
        return [Span(clean(to_unicode(inside)), QUOTED, 0, len(content))]


class Unread(Prose):
    """Prose that is too long to look for markup in it."""

    def _parse(self, content: str) -> list[Span[int]]:
        return [Span(content.replace("\t", " "), INK, 0, len(content))]
