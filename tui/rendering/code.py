"""Code blocks: the language, the lines, one row of rest."""

from __future__ import annotations

from bisect import bisect_right

from tui.rendering.flow import slice_piece
from tui.rendering.highlight import highlight
from tui.rendering.pieces import BLANK, DIM, INK, QUOTED, Line, Piece
from tui.rendering.wrap import cells, chop
from tui.text import one_line

HANG = 2
TAB = 4


def language_of(info: str) -> str:
    """The language that a fence names."""
    words = one_line(info).split()
    return words[0].strip("{}.,") if words else ""


class Code:
    """A fence or indented code at one width."""

    deep = True
    rough = False

    def __init__(self, content: str, info: str, width: int) -> None:
        self._language = language_of(info)
        self._take(content)
        self.resize(width)

    def _take(self, content: str) -> None:
        self._content = content
        self._sources = content.removesuffix("\n").split("\n")
        self._offsets = [0]
        for text in self._sources:
            self._offsets.append(self._offsets[-1] + len(text) + 1)
        self._looks = highlight(content, self._language)

    def resize(self, width: int) -> None:
        """Wrap anew."""
        self._width = width
        self._cuts = [chop(expand(text), width, max(width - HANG, 1)) for text in self._sources]
        self._rows = [0]
        for cuts in self._cuts:
            self._rows.append(self._rows[-1] + len(cuts))

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
            return BLANK
        index = bisect_right(self._rows, row - 1) - 1
        part = row - 1 - self._rows[index]
        first, end = self._cuts[index][part]
        pieces = list(_cut(self._pieces(index), first, end))
        if part:
            pieces.insert(0, Piece(" " * HANG))
        ends = part + 1 == len(self._cuts[index]) and index + 1 < len(self._sources)
        return Line(tuple(pieces), "\n" if ends else "")

    def _pieces(self, index: int) -> list[Piece]:
        start = self._offsets[index]
        spans = self._looks[index] if index < len(self._looks) else [(self._sources[index], INK)]
        pieces: list[Piece] = []
        column = 0
        for text, look in spans:
            for part in text.replace("\t", "\0\t\0").split("\0"):
                if not part:
                    continue
                if part == "\t":
                    drawn, look = " " * (TAB - column % TAB), look | QUOTED
                else:
                    drawn = part
                pieces.append(Piece(drawn, look, start, start + len(part)))
                start += len(part)
                column += len(drawn)
        return pieces

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        row = max(len(self._sources) - 1, 0)
        changed = self._rows[row] + 1
        self._take(content)
        self.resize(self._width)
        return changed


def expand(text: str) -> str:
    """``text`` with its tabs as spaces."""
    return text.expandtabs(TAB) if "\t" in text else text


def _cut(pieces: list[Piece], first: int, end: int) -> list[Piece]:
    found = []
    position = 0
    for piece in pieces:
        stop = position + len(piece.text)
        if stop > first and position < end:
            found.append(slice_piece(piece, max(first - position, 0), min(end, stop) - position))
        position = stop
    return found
