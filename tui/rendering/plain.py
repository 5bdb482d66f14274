"""Text as it stands, line by line: raw HTML, tables too large to be read, and what code is made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from tui.cells import cells
from tui.rendering.flow import slice_span
from tui.rendering.room import Room
from tui.rendering.spans import INK, QUOTED, Line, Span
from tui.rendering.wrap import chop, wrap

TAB = 4

Looks = list[tuple[str, int]]
"""The texts of a line and their looks."""

Cuts = Sequence[tuple[int, int]]
"""The rows of a line, each by its first character and the one after its last."""


@cache
def _uncut(length: int) -> Cuts:
    """The only row of a line that fits: one for all of a length, for a reply may have 100,000 of them."""
    return ((0, length),)


def expand(text: str) -> str:
    """``text`` with its tabs as spaces."""
    return text.expandtabs(TAB) if "\t" in text else text


class Plain:
    """Lines as they are, cut at the width."""

    deep = False
    hang = 0
    """Cells by which the rest of a line that was cut is moved in."""

    def __init__(self, content: str, room: Room, look: int = INK) -> None:
        self._look = look
        self._sources = [""]
        self._starts = [0, 0]
        self._cuts: list[Cuts] = []
        self._rows = [0]
        self._width = self._cells_of(room)
        self._made: tuple[int, list[Span[int]], list[int]] = (-1, [], [])
        """The line that was drawn last: its number, its spans, and where each of them begins."""
        self.grow(content)

    @property
    def rough(self) -> bool:
        """A line is drawn alike wherever it stands."""
        return False

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self._rows[-1]

    def resize(self, room: Room) -> None:
        """Wrap anew."""
        self._width = self._cells_of(room)
        self._wrap_from(0)

    def _cells_of(self, room: Room) -> int:
        """How wide a line may be."""
        return room.whole

    def _wrap_from(self, index: int) -> None:
        self._forget()
        del self._cuts[index:], self._rows[index + 1 :]
        row = self._rows[-1]
        for text in self._sources[index:]:
            cuts = self._wrap(expand(text))
            row += len(cuts)
            self._cuts.append(cuts)
            self._rows.append(row)

    def _wrap(self, text: str) -> Cuts:
        if text.isascii() and len(text) <= self._width:
            return _uncut(len(text))
        return chop(text, self._width, max(self._width - self.hang, 1))

    def line(self, row: int) -> Line:
        """One row."""
        index = bisect_right(self._rows, row) - 1
        part = row - self._rows[index]
        cuts = self._cuts[index]
        if self._made[0] != index:  # a line of 10,000 characters takes a hundred rows
            whole = self._spans(index)
            self._made = index, whole, [*accumulate((len(span.text) for span in whole), initial=0)]
        spans = _cut(*self._made[1:], *cuts[part])
        if part and self.hang:
            spans.insert(0, Span(" " * self.hang, INK))
        if part + 1 < len(cuts):
            return Line(tuple(spans), " " * (cuts[part + 1][0] - cuts[part][1]))
        return Line(tuple(spans), "\n" if index + 1 < len(self._sources) else "")

    def _forget(self) -> None:
        """A line may have changed."""
        self._made = (-1, [], [])

    def _looks_of(self, index: int) -> Looks:
        return [(self._sources[index], self._look)]

    def _spans(self, index: int) -> list[Span[int]]:
        """The spans of a line."""
        start = self._starts[index]
        spans: list[Span[int]] = []
        column = 0
        for text, look in self._looks_of(index):
            for part in text.replace("\t", "\0\t\0").split("\0"):
                drawn = " " * (TAB - column % TAB) if part == "\t" else part
                kept = look | QUOTED if part == "\t" else look
                if drawn:
                    spans.append(Span(drawn, kept, start, start + len(part)))
                start += len(part)
                column += len(drawn)
        return spans

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        index = min(bisect_right(self._starts, offset) - 1, len(self._sources) - 1)
        text = expand(self._sources[index])
        column = min(len(expand(self._sources[index][: offset - self._starts[index]])), len(text))
        cuts = self._cuts[index]
        part = max(bisect_right(cuts, (column, len(text) + 1)) - 1, 0)
        return self._rows[index] + part, cells(text[cuts[part][0] : column]) + (self.hang if part else 0)

    def end(self) -> int | None:
        """Nothing changes by the end."""
        return None

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        last = len(self._sources) - 1
        changed = self._rows[min(last, len(self._rows) - 1)]
        start = self._starts[last]
        added = content[start:].removesuffix("\n").split("\n")
        self._sources[last:] = added
        self._starts[last:] = accumulate((len(text) + 1 for text in added), initial=start)
        self._wrap_from(last)
        return changed


class Window(Plain):
    """Lines as they are, wrapped at spaces: a reply too large to be read as Markdown."""

    def _cells_of(self, room: Room) -> int:
        return room.measure

    def _wrap(self, text: str) -> Cuts:
        if text.isascii() and len(text) <= self._width:
            return _uncut(len(text.rstrip(" ")))
        return wrap(text, self._width)


def _cut(spans: list[Span[int]], starts: list[int], first: int, end: int) -> list[Span[int]]:
    found = []
    index = max(bisect_right(starts, first) - 1, 0)
    while index < len(spans) and starts[index] < end:
        span, start = spans[index], starts[index]
        found.append(slice_span(span, max(first - start, 0), min(end - start, len(span.text))))
        index += 1
    return found
