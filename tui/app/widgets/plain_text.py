"""Text as it was typed, wrapped: prompts and reasoning. Grows at its end for the price of its last row."""

from __future__ import annotations

import re
from bisect import bisect_right

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.rendering.wrap import cells, wrap

_TAB = 4


class PlainText:
    """Wrapped lines of ``source``, each as wide as every line of the transcript."""

    def __init__(self, source: str, width: int, style: Style) -> None:
        self.source = ""
        self.width = width
        self.style = style
        self._shown = ""
        self._rows: list[tuple[int, int]] = []
        self.feed(source)

    @property
    def height(self) -> int:
        """How many rows; blank ones at the end do not count."""
        height = len(self._rows)
        while height and not self.text(height - 1).strip():
            height -= 1
        return height

    def line(self, row: int) -> Strip:
        """One row: rail cell, gap cell, text, pad cell."""
        text = self.text(row)
        return Strip([Segment(f"  {text}", self.style)]).adjust_cell_length(self.width + 3, self.style)

    def text(self, row: int) -> str:
        """What one row shows."""
        first, end = self._rows[row]
        return self._shown[first:end]

    def feed(self, text: str) -> int:
        """Add ``text`` at the end. Returns the first row that changed."""
        self.source += text
        # What comes after a tab never moves it.
        self._shown = self.source.expandtabs(_TAB) if "\t" in text else self._shown + text
        row = max(0, len(self._rows) - 1)
        start = self._rows[row][0] if self._rows else 0
        self._rows[row:] = wrap(self._shown, self.width, start)
        return row

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The source between two places given as row and cell."""
        return self.source[self._original(self._offset(*start)) : self._original(self._offset(*end))]

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source."""
        return self._place(len(self.source[:offset].expandtabs(_TAB)) if "\t" in self.source else offset)

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """Row, first cell and end cell of every hit; a hit over two rows is two pieces."""
        pieces: list[tuple[int, int, int]] = []
        for match in re.finditer(re.escape(needle), self._shown, re.IGNORECASE) if needle else ():
            row, cell = self._place(match.start())
            last, end = self._place(match.end())
            while row < last:
                pieces.append((row, cell, cells(self.text(row))))
                row, cell = row + 1, 0
            pieces.append((row, cell, end))
        return [piece for piece in pieces if piece[1] < piece[2]]

    def _offset(self, row: int, cell: int) -> int:
        """The shown character at a cell of a row."""
        first, end = self._rows[row]
        at = first
        while at < end and cells(self._shown[first : at + 1]) <= cell:
            at += 1
        return at

    def _original(self, shown: int) -> int:
        """The place in the source of a shown character."""
        if "\t" not in self.source:
            return shown
        low, high = 0, len(self.source)
        while low < high:
            middle = (low + high) // 2
            if len(self.source[:middle].expandtabs(_TAB)) < shown:
                low = middle + 1
            else:
                high = middle
        return low

    def _place(self, shown: int) -> tuple[int, int]:
        row = max(0, bisect_right(self._rows, shown, key=lambda span: span[0]) - 1)
        first, end = self._rows[row]
        return row, cells(self._shown[first : min(shown, end)])
