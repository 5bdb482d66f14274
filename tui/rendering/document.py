"""The lines of one Markdown text at one width and palette; it grows while a reply streams."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from textual.strip import Strip

from tui.rendering.drawings import ALERTS, Drawing, draw
from tui.rendering.leaves import Leaf
from tui.rendering.palette import Palette
from tui.rendering.pieces import DIM, INK, LINE, Line, Piece
from tui.rendering.source import Source
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
        self._source = Source()
        self._env: dict[str, Any] = {}
        self._placed: list[_Placed] = []
        self._strips: dict[int, Strip] = {}
        self.feed(source)
        if not live:
            self.close()

    @property
    def source(self) -> str:
        """The text, made safe to show."""
        return self._source.text

    def feed(self, text: str) -> int:
        """Append text; returns the first row that changed."""
        self._source.add(clean(text))
        return self._reparse()

    def close(self) -> int:
        """The text has ended; returns the first row that changed."""
        return 0

    def _reparse(self) -> int:
        from tui.rendering.blocks import parse_blocks, place

        self._env = {}
        leaves = parse_blocks(self._source.text, self._env)
        place(leaves, self._source, None)
        self._placed = [self._place(leaf) for leaf in leaves]
        self._lay_out()
        return 0

    def resize(self, width: int, palette: Palette) -> None:
        """Draw for another width or palette."""
        self.palette = palette
        if width != self.width:
            self.width = width
            self._placed = [self._place(placed.leaf) for placed in self._placed]
        self._lay_out()

    def _place(self, leaf: Leaf) -> _Placed:
        first, rest, blank = _prefixes(leaf)
        width = max(self.width - sum(cells(piece.text) for piece in rest), 1)
        return _Placed(leaf, draw(leaf, width, self._env), first, rest, blank)

    def _lay_out(self) -> None:
        row = 0
        for placed in self._placed:
            placed.top = row
            row += placed.leaf.gap + placed.drawing.height
        self.height = row
        self._strips.clear()

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
