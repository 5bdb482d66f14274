"""Text as it was typed, wrapped: prompts and reasoning. Grows at its end for the price of its last row."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_TAB = 4


class PlainText:
    """Wrapped lines of ``source``. Rows cover the source without gaps, so any cut of them copies exactly."""

    def __init__(self, source: str, width: int, style: Style) -> None:
        self.source = source
        self.width = width
        self.style = style
        self._starts: list[int] = []
        self._wrap(0)

    @property
    def height(self) -> int:
        """How many rows; blank ones at the end do not count."""
        rows = len(self._starts)
        while rows and not self.source[self._starts[rows - 1] :].strip():
            rows -= 1
        return rows

    def line(self, row: int) -> Strip:
        """One row: rail cell, gap cell, text, pad cell."""
        text = self.text(row)
        fill = self.width - cell_len(text)
        return Strip([Segment("  " + text + " " * (fill + 1), self.style)], self.width + 3)

    def text(self, row: int) -> str:
        """What one row shows."""
        start, end = self._span(row)
        return _shown(self.source[start:end], self.width)

    def feed(self, text: str) -> int:
        """Add ``text`` at the end. Returns the first row that changed."""
        self.source += text
        row = max(0, len(self._starts) - 1)
        start = self._starts[row] if self._starts else 0
        del self._starts[row:]
        self._wrap(start)
        return row

    def offset(self, row: int, cell: int) -> int:
        """The place in the source of a cell of a row."""
        start, end = self._span(row)
        at = 0
        for index, character in enumerate(self.source[start:end]):
            if at >= cell or character == "\n":
                return start + index
            at += _TAB - at % _TAB if character == "\t" else cell_len(character)
        return end

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source."""
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle)
        if not self._starts:
            return 0, 0
        return low, cell_len(self.source[self._starts[low] : offset].expandtabs(_TAB))

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The source between two places given as row and cell."""
        return self.source[self.offset(*start) : self.offset(*end)]

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """Row, first cell and end cell of every hit, a hit over two rows in two pieces."""
        hits: list[tuple[int, int, int]] = []
        for match in re.finditer(re.escape(needle), self.source, re.IGNORECASE) if needle else ():
            row, cell = self.locate(match.start())
            last, end = self.locate(match.end())
            while row < last:
                hits.append((row, cell, cell_len(self.text(row))))
                row, cell = row + 1, 0
            hits.append((row, cell, end))
        return [hit for hit in hits if hit[1] < hit[2]]

    def _span(self, row: int) -> tuple[int, int]:
        start = self._starts[row]
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self.source)
        return start, end

    def _wrap(self, position: int) -> None:
        source, starts = self.source, self._starts
        while position < len(source):
            starts.append(position)
            position = _row_end(source, position, self.width)
        if source.endswith("\n"):
            starts.append(len(source))


def _shown(text: str, width: int) -> str:
    text = text.rstrip("\n").expandtabs(_TAB)
    return text if len(text) <= width else text.rstrip(" ")


def _row_end(source: str, start: int, width: int) -> int:
    """Where the row that begins at ``start`` ends: the break's blanks and newline belong to it."""
    window = source[start : start + 4 * width + 1]
    newline = window.find("\n")
    if newline >= 0:
        window = window[:newline]
    fits = _fitting(window, width)
    if fits == len(window):
        return start + fits + (newline >= 0)
    cut = fits if window[fits] == " " else window.rfind(" ", 0, fits) + 1
    if not window[:cut].strip():
        cut = fits
    end = start + cut
    while end < len(source) and source[end] == " ":
        end += 1
    return end + 1 if end < len(source) and source[end] == "\n" and source[start + cut] == " " else end


@lru_cache(1024)
def _fitting(text: str, width: int) -> int:
    """How many characters of ``text`` fit in ``width`` cells, at least one grapheme."""
    if text.isascii() and "\t" not in text:
        return min(len(text), width)
    cells = 0
    for start, _end, size in split_graphemes(text)[0]:
        cells += _TAB - cells % _TAB if text[start] == "\t" else size
        if cells > width and start:
            return start
    return len(text)
