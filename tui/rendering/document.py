"""The lines of one Markdown text at one width and palette; it grows while a reply streams."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any

from rich.segment import Segment
from textual.strip import Strip

from tui.rendering.drawings import ALERTS, Drawing, draw
from tui.rendering.growth import Growth
from tui.rendering.leaves import Leaf
from tui.rendering.palette import Palette
from tui.rendering.pieces import DIM, INK, LINE, Piece
from tui.rendering.styles import style_of
from tui.rendering.wrap import cells
from tui.text import clean

LEAD = 2
"""Cells before the text: the rail and a gap."""
PAD = 1


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code: where it is drawn, its language, and its exact text."""

    row: int
    height: int
    language: str
    text: str


@dataclass(slots=True)
class _Placed:
    leaf: Leaf
    drawing: Drawing
    first: tuple[Piece, ...]
    """What stands in front of the first row: markers of lists, bars of quotes."""
    rest: tuple[Piece, ...]
    blank: tuple[Piece, ...]
    top: int = 0
    """The row of its gap."""


class Document:
    """Lines of Markdown, drawn when they are asked for."""

    def __init__(self, source: str, width: int, palette: Palette, *, live: bool = False) -> None:
        self.width = width
        self.palette = palette
        self.height = 0
        self._env: dict[str, Any] = {}
        self._growth = Growth()
        self._placed: list[_Placed] = []
        self._strips: dict[int, Strip] = {}
        if live:
            self.feed(source)
        else:
            self._growth.source.add(clean(source))
            self.close()

    @property
    def source(self) -> str:
        """The text, made safe to show."""
        return self._growth.source.text

    def feed(self, text: str) -> int:
        """Append text; returns the first row that changed."""
        return self._redraw(self._growth.add(clean(text)))

    def close(self) -> int:
        """The text has ended: parse it whole, with its references; returns the first row that changed."""
        env: dict[str, Any] = {}
        self._growth.whole(env)
        for placed in self._placed:
            if placed.drawing.rough or (env and "[" in placed.leaf.content):
                placed.leaf = replace(placed.leaf, kind="")  # nothing is like it
        self._env = env
        return self._redraw(0)

    def _redraw(self, index: int) -> int:
        """Place the leaves from ``index`` on, keeping the drawings that still hold."""
        old = self._placed[index:]
        del self._placed[index:]
        row = self._end()
        changed = None
        for number, leaf in enumerate(self._growth.leaves[index:]):
            placed, first = self._renew(old[number] if number < len(old) else None, leaf)
            placed.top = row
            if first is not None and changed is None:
                changed = row + first
            row += leaf.gap + placed.drawing.height
            self._placed.append(placed)
        changed = min(row, self.height) if changed is None else changed
        for stale in range(changed, self.height):
            self._strips.pop(stale, None)
        self.height = row
        return changed

    def _renew(self, placed: _Placed | None, leaf: Leaf) -> tuple[_Placed, int | None]:
        """The leaf with its drawing, and its first row that changed, counted from its gap."""
        if placed and placed.leaf.same(leaf):
            placed.leaf = leaf
            return placed, None
        if placed and placed.leaf.grows_into(leaf):
            placed.leaf = leaf
            return placed, leaf.gap + placed.drawing.grow(leaf.content)
        return self._place(leaf), 0

    def _end(self) -> int:
        if not self._placed:
            return 0
        last = self._placed[-1]
        return last.top + last.leaf.gap + last.drawing.height

    def resize(self, width: int, palette: Palette) -> None:
        """Draw for another width or palette."""
        self.palette = palette
        if width != self.width:
            self.width = width
            row = 0
            for placed in self._placed:
                placed.drawing.resize(self._room(placed.rest))
                placed.top = row
                row += placed.leaf.gap + placed.drawing.height
            self.height = row
        self._strips.clear()

    def _place(self, leaf: Leaf) -> _Placed:
        first, rest, blank = _prefixes(leaf)
        return _Placed(leaf, draw(leaf, self._room(rest), self._env), first, rest, blank)

    def _room(self, prefix: tuple[Piece, ...]) -> int:
        return max(self.width - sum(cells(piece.text) for piece in prefix), 1)

    def line(self, row: int) -> Strip:
        """A row: rail cell, gap cell, text, pad cell."""
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._draw(row)
        return strip

    def _draw(self, row: int) -> Strip:
        if not 0 <= row < self.height:
            return self._strip((), False)
        placed = self._at(row)
        inner = row - placed.top - placed.leaf.gap
        if inner < 0:
            return self._strip(placed.blank, False)
        prefix = placed.rest if inner else placed.first
        return self._strip(prefix + placed.drawing.line(inner).pieces, placed.drawing.deep)

    def _at(self, row: int) -> _Placed:
        return self._placed[bisect_right(self._placed, row, key=lambda placed: placed.top) - 1]

    def _strip(self, pieces: tuple[Piece, ...], deep: bool) -> Strip:
        base = style_of(INK, self.palette, deep)
        segments = [Segment(" " * LEAD, base)]
        used = 0
        for piece in pieces:
            segments.append(Segment(piece.text, style_of(piece.look, self.palette, deep)))
            used += cells(piece.text)
        segments.append(Segment(" " * (self.width - used + PAD), base))
        total = LEAD + self.width + PAD
        strip = Strip(segments, LEAD + max(used, self.width) + PAD)
        return strip if used <= self.width else strip.adjust_cell_length(total, base)


def _prefixes(leaf: Leaf) -> tuple[tuple[Piece, ...], tuple[Piece, ...], tuple[Piece, ...]]:
    first: list[Piece] = []
    rest: list[Piece] = []
    blank: list[Piece] = []
    for depth, container in enumerate(leaf.path):
        if container.kind == "quote":
            bar = Piece("│ ", ALERTS.get(container.label, LINE))
            first.append(bar)
            rest.append(bar)
            blank.append(bar)
        else:
            space = Piece(" " * (cells(container.label) + 1))
            first.append(Piece(container.label + " ", DIM) if depth >= leaf.shared else space)
            rest.append(space)
            blank.append(space)
    return tuple(first), tuple(rest), tuple(blank[: leaf.shared])
