"""Code blocks: the language, the lines, one row of rest."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from tui.rendering.flow import slice_piece
from tui.rendering.highlight import LONGEST_CODE, LONGEST_LINE, highlighter
from tui.rendering.pieces import DIM, INK, QUOTED, Line, Piece
from tui.rendering.wrap import cells, chop, sound
from tui.text import one_line

HANG = 2
TAB = 4
EDGE = Line((), "")


def language_of(info: str) -> str:
    """The language that a fence names."""
    words = one_line(info).split()
    return words[0].strip("{}.,") if words else ""


def expand(text: str) -> str:
    """``text`` with its tabs as spaces."""
    return text.expandtabs(TAB) if "\t" in text else text


class Code:
    """A fence or indented code at one width."""

    deep = True

    def __init__(self, content: str, info: str, width: int) -> None:
        self._language = language_of(info)
        self._width = width
        self._sources = sound(content).removesuffix("\n").split("\n")
        self._starts = list(accumulate((len(text) + 1 for text in self._sources), initial=0))
        self._looks = highlighter(sound(content), self._language)
        self.resize(width)

    @property
    def rough(self) -> bool:
        """Whether its colours were found piece by piece."""
        return self._looks is not None and self._looks.rough

    def resize(self, width: int) -> None:
        """Wrap anew."""
        self._width = width
        self._cuts: list[list[tuple[int, int]]] = []
        self._rows = [0]
        self._wrap_from(0)

    def _wrap_from(self, index: int) -> None:
        del self._cuts[index:], self._rows[index + 1 :]
        rest = max(self._width - HANG, 1)
        row = self._rows[-1]
        for text in self._sources[index:]:
            cuts = chop(expand(text), self._width, rest)
            row += len(cuts)
            self._cuts.append(cuts)
            self._rows.append(row)

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self._rows[-1] + 2

    def line(self, row: int) -> Line:
        """One row."""
        if row == 0:
            label = self._language[: self._width]
            return Line((Piece(" " * (self._width - cells(label))), Piece(label, DIM)), "")
        if row == self.height - 1:
            return EDGE
        index = bisect_right(self._rows, row - 1) - 1
        part = row - 1 - self._rows[index]
        pieces = _cut(self._pieces(index), *self._cuts[index][part])
        if part:
            pieces.insert(0, Piece(" " * HANG))
        ends = row == self._rows[index + 1] and index + 1 < len(self._sources)
        return Line(tuple(pieces), "\n" if ends else "")

    def _pieces(self, index: int) -> list[Piece]:
        """The pieces of a line of code."""
        spans = self._looks.line(index) if self._looks else None
        start = self._starts[index]
        pieces: list[Piece] = []
        column = 0
        for text, look in spans or [(self._sources[index], INK)]:
            for part in text.replace("\t", "\0\t\0").split("\0"):
                drawn = " " * (TAB - column % TAB) if part == "\t" else part
                kept = look | QUOTED if part == "\t" else look
                if drawn:
                    pieces.append(Piece(drawn, kept, start, start + len(part)))
                start += len(part)
                column += len(drawn)
        return pieces

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        last = len(self._sources) - 1
        changed = self._rows[last] + 1
        start = self._starts[last]
        added = sound(content[start:]).removesuffix("\n").split("\n")
        self._sources[last:] = added
        self._starts[last:] = accumulate((len(text) + 1 for text in added), initial=start)
        self._wrap_from(last)
        if self._looks and (len(content) > LONGEST_CODE or len(max(added, key=len)) > LONGEST_LINE):
            self._looks = None
            return 0
        if self._looks:
            self._looks.grow(sound(content), self._starts, last)
        return changed


def _cut(pieces: list[Piece], first: int, end: int) -> list[Piece]:
    found = []
    position = 0
    for piece in pieces:
        stop = position + len(piece.text)
        if stop > first and position < end:
            found.append(slice_piece(piece, max(first - position, 0), min(end, stop) - position))
        position = stop
    return found
