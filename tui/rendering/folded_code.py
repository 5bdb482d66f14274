"""Long data: its first lines, with a mark that shows the others."""

from __future__ import annotations

from tui.rendering.code import Code
from tui.rendering.room import Room
from tui.rendering.spans import DIM, FOLDED, UNFOLDED, Line, Span
from tui.text import counted

LONG = 40
"""Lines above which it is folded."""
FIRST = 10
"""Lines that are shown of it."""


class FoldedCode(Code):
    """Code of many lines, of which the first are shown."""

    def __init__(self, content: str, info: str, room: Room, pad: int) -> None:
        lines = content.removesuffix("\n").split("\n")
        self._count = len(lines)
        self._hidden = self._count - FIRST
        super().__init__("\n".join(lines[:FIRST]), info, room, pad)

    @property
    def note(self) -> str:
        """How long it is."""
        return FOLDED + counted(self._count, "line")

    @property
    def height(self) -> int:
        """How many rows it has, with the one that stands for the others."""
        return super().height + 1

    def line(self, row: int) -> Line:
        """One row."""
        last = self.height - 1 - self._pad
        if row == last:
            return Line((Span(f"… {counted(self._hidden, 'more line')}", DIM),), "")
        return super().line(row if row < last else row - 1)


class UnfoldedCode(Code):
    """The same with all of its lines."""

    @property
    def note(self) -> str:
        """How long it is."""
        return UNFOLDED + counted(len(self._sources), "line")
