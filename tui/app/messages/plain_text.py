"""Text as it was typed, wrapped: prompts and reasoning. Grows at its end for the price of its last row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.bidi import Around, first_strong, last_strong, runs_to_left
from tui.cells import cells, index_at
from tui.text import counted, occurrences

if TYPE_CHECKING:  # it is loaded for the first text that runs from right to left
    from tui.rendering.turned import Area

MANY_ROWS = 40
"""Rows from which a prompt is folded."""
_SHOWN = 3
"""Rows of it that stay."""
_TAB = 4
_NEAR = 400
"""Characters in which a letter is looked for that says which way text runs."""


class _Row(NamedTuple):
    first: int
    """Its first character that is no blank, counted with tabs as spaces."""
    end: int
    hang: int
    """Blanks before it: the indentation of its line, which all rows of the line share."""


class PlainText:
    """Wrapped lines of ``source``, each as wide as every line of the transcript."""

    def __init__(self, source: str, width: int, style: Style) -> None:
        self.source = ""
        self.width = width
        self.style = style
        self._shown = ""
        self._rows: list[_Row] = []
        self.feed(source)

    @property
    def height(self) -> int:
        """How many rows; blank ones at the end do not count."""
        height = len(self._rows)
        while height and self._rows[height - 1].first >= self._rows[height - 1].end:
            height -= 1
        return height

    def line(self, row: int) -> Strip:
        """One row: rail cell, gap cell, text, pad cell."""
        text = self.text(row)
        return Strip([Segment(f"  {text}", self.style)]).adjust_cell_length(self.width + 3, self.style)

    def text(self, row: int) -> str:
        """What one row shows."""
        first, end, hang = self._rows[row]
        return " " * hang + self._shown[first:end]

    def areas(self, row: int) -> Sequence[Area] | None:
        """The cells of a row that are turned together; a paragraph is a line of the source."""
        from tui.rendering.turned import Area

        first, end, _ = self._rows[row]
        start = self._shown.rfind("\n", 0, first) + 1
        newline = self._shown.find("\n", end)
        stop = newline if newline >= 0 else len(self._shown)
        before = last_strong([self._shown[max(start, first - _NEAR) : first]])
        after = first_strong([self._shown[end : min(stop, end + _NEAR)]])
        to_left = runs_to_left([self._shown[start : min(stop, start + _NEAR)]])
        return [Area(0, self.width, to_left, Around(before, after))]

    def feed(self, text: str) -> int:
        """Add ``text`` at the end. Returns the first row that changed."""
        self.source += text
        # What comes after a tab never moves it.
        self._shown = self.source.expandtabs(_TAB) if "\t" in text else self._shown + text
        changed = max(0, len(self._rows) - 1)
        last = self._rows.pop() if self._rows else _Row(0, 0, 0)
        start = self._line_of(last.first)
        position = self._wrap(last.first, last.hang) if start is None else self._wrap_line(start)
        while position <= len(self._shown):
            position = self._wrap_line(position)
        return changed

    def _line_of(self, shown: int) -> int | None:
        """Where the line begins, if there are only blanks between that and ``shown``."""
        start = self._shown.rfind("\n", 0, shown) + 1
        return start if start == shown or self._shown[start:shown].isspace() else None

    def _wrap_line(self, start: int) -> int:
        """Break a line into rows. Returns where the next one begins."""
        first = start
        while self._shown[first : first + 1] == " ":
            first += 1
        return self._wrap(first, min(first - start, self.width // 2))

    def _wrap(self, first: int, hang: int) -> int:
        newline = self._shown.find("\n", first)
        end = newline if newline >= 0 else len(self._shown)
        line = self._shown[first:end].rstrip(" ")
        if len(line) <= self.width - hang and line.isascii():
            self._rows.append(_Row(first, first + len(line), hang))
        else:
            from tui.rendering.wrap import wrap  # most texts that a start has fit

            rows = wrap(line, self.width - hang)
            self._rows += (_Row(first + start, first + stop, hang) for start, stop in rows)
        return end + 1

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The source between two places given as row and cell."""
        return self.source[self._original(self._offset(*start)) : self._original(self._offset(*end))]

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source."""
        return self._place(len(self.source[:offset].expandtabs(_TAB)) if "\t" in self.source else offset)

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """Row, first cell and end cell of every hit; a hit over two rows is two pieces."""
        pieces: list[tuple[int, int, int]] = []
        for first, stop in occurrences(needle, self._shown):
            row, cell = self._place(first)
            last, end = self._place(stop)
            while row < last:
                pieces.append((row, cell, cells(self.text(row))))
                row, cell = row + 1, self._rows[row + 1].hang
            pieces.append((row, cell, end))
        return [piece for piece in pieces if piece[1] < piece[2]]

    def _offset(self, row: int, cell: int) -> int:
        """The shown character at a cell of a row."""
        first, end, hang = self._rows[row]
        if cell < hang:
            return first if self._line_of(first) is None else first - hang + cell
        return first + index_at(self._shown[first:end], cell - hang)

    def _original(self, shown: int) -> int:
        """The place in the source of a shown character."""
        if "\t" not in self.source:
            return shown
        places = range(len(self.source) + 1)
        return bisect_left(places, shown, key=lambda place: len(self.source[:place].expandtabs(_TAB)))

    def _place(self, shown: int) -> tuple[int, int]:
        row = max(0, bisect_right(self._rows, shown, key=lambda span: span.first) - 1)
        first, end, hang = self._rows[row]
        return row, hang + cells(self._shown[first : max(first, min(shown, end))])


class FoldedText(PlainText):
    """A long prompt of which only the first rows are drawn, and how many lines there are."""

    def __init__(self, source: str, width: int, style: Style) -> None:
        """Fold a text.

        Args:
            source: All of it.
            width: Cells of a row.
            style: Of the text.
        """
        super().__init__(source, width, style)
        self._label = f"[{counted(source.count(chr(10)) + 1, 'line')}]   show all"

    @property
    def height(self) -> int:
        """The rows that stay, and the one that says what does not."""
        return _SHOWN + 1

    def text(self, row: int) -> str:
        """What one row shows."""
        return super().text(row) if row < _SHOWN else self._label[: self.width]

    def areas(self, row: int) -> Sequence[Area] | None:
        """The same; what says how many lines there are stays."""
        return super().areas(row) if row < _SHOWN else ()

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The source between two places; whoever takes the last row takes all that is folded."""
        first = (_SHOWN, 0) if start[0] >= _SHOWN else start
        return super().copy(first, self._place(len(self._shown)) if end[0] >= _SHOWN else end)

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source; the last row has all that is folded."""
        row, cell = super().locate(offset)
        return (row, cell) if row < _SHOWN else (_SHOWN, 0)

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """The hits in the rows that stay."""
        return [piece for piece in super().find(needle) if piece[0] < _SHOWN]

    def folds(self, row: int) -> bool:
        """Whether a row stands for what is folded."""
        return row >= _SHOWN
