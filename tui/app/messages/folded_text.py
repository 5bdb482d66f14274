"""A long prompt of which only the first lines are drawn."""

from __future__ import annotations

from rich.style import Style

from tui.app.messages.plain_text import PlainText
from tui.text import counted

MANY_ROWS = 40
"""Rows from which a prompt is folded."""
_SHOWN = 3
"""Rows that stay."""


class FoldedText(PlainText):
    """The first rows, and how many lines there are."""

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
