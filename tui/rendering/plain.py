"""Text as it stands: raw HTML, and replies too large to be read as Markdown."""

from __future__ import annotations

from bisect import bisect_right

from tui.rendering.code import expand
from tui.rendering.pieces import INK, Line, Piece
from tui.rendering.wrap import chop, sound


class Plain:
    """Lines as they are, cut at the width."""

    deep = False
    rough = False

    def __init__(self, content: str, width: int, look: int = INK) -> None:
        self._look = look
        self._take(content)
        self.resize(width)

    def _take(self, content: str) -> None:
        self._sources = sound(content).removesuffix("\n").split("\n")
        self._offsets = [0]
        for text in self._sources:
            self._offsets.append(self._offsets[-1] + len(text) + 1)

    def resize(self, width: int) -> None:
        """Wrap anew."""
        self._width = width
        self._cuts = [chop(expand(text), width, width) for text in self._sources]
        self._rows = [0]
        for cuts in self._cuts:
            self._rows.append(self._rows[-1] + len(cuts))

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self._rows[-1]

    def line(self, row: int) -> Line:
        """One row."""
        index = bisect_right(self._rows, row) - 1
        first, end = self._cuts[index][row - self._rows[index]]
        start = self._offsets[index]
        text = expand(self._sources[index])[first:end]
        last = row + 1 == self._rows[index + 1]
        return Line((Piece(text, self._look, start + first, start + end),), "\n" if last else "")

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        changed = self._rows[len(self._sources) - 1]
        self._take(content)
        self.resize(self._width)
        return changed
