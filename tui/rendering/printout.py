"""A growing text for who prints each row once and for ever: the rows of what is over, and of what is not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from tui.rendering.document import Document
from tui.rendering.layout import PlacedBlock
from tui.rendering.palette import ANSI
from tui.rendering.spans import DIM, Line, Span

UNNAMED = "code"
"""What stands above code of no language: it has no tint to be known by."""


class Printout:
    """Gives the rows of a text without what only a screen has: no fills, no pads, nothing folded.

    What was given is kept by its places in the source. Rows would be others at another width, and blocks may
    be counted anew when the text has ended.
    """

    def __init__(self, measure: int, whole: int) -> None:
        """Begin with nothing.

        Args:
            measure: Cells of prose in a row.
            whole: Cells that code and tables may take.
        """
        self._document = Document("", measure, ANSI, live=True, code_pad=0, whole=whole)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._given = 0
        """Blocks at the beginning of which all rows were given."""

    def feed(self, text: str) -> None:
        """More of the text has come."""
        self._document.feed(text)

    def end(self) -> None:
        """No more comes."""
        self._document.close()
        self._given = 0

    def resize(self, measure: int, whole: int) -> None:
        """Let the rows that are given from now on be of another width."""
        self._document.resize(measure, ANSI, 0, whole)

    def take(self) -> list[Line]:
        """The rows of what is over and was not given yet."""
        rows: list[Line] = []
        over = self._document.over
        for placed in self._document.placed[self._given : over]:
            if not self._is_given(placed):
                rows += _rows(placed)
                self._starts.append(placed.block.start)
                self._ends.append(placed.block.end)
        self._given = max(self._given, over)
        return rows

    def open(self, most: int) -> list[Line]:
        """The last rows of what is not over."""
        rows: list[Line] = []
        for placed in reversed(self._document.placed[self._given :]):
            if len(rows) >= most:
                break
            rows = [*_rows(placed, most - len(rows)), *rows]
        return rows

    def _is_given(self, placed: PlacedBlock) -> bool:
        place = bisect_right(self._starts, placed.block.start) - 1
        return place >= 0 and placed.block.end <= self._ends[place]


def _rows(placed: PlacedBlock, most: int | None = None) -> Iterator[Line]:
    """The rows of a block with the gap above it, or the last of them."""
    rows = placed.block.gap + placed.drawing.height
    for row in range(0 if most is None else max(0, rows - most), rows):
        line = placed.line(row)
        yield _named(placed, line) if placed.drawing.deep and row == placed.block.gap else line


def _named(placed: PlacedBlock, line: Line) -> Line:
    """The first row of code, with the language where the code begins rather than where a tint would end."""
    language = "".join(span.text for span in line.spans[len(placed.first) :]).strip()
    return Line((*placed.first, Span(language or UNNAMED, DIM)))
