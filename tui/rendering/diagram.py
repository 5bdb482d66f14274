"""A diagram in Mermaid: its drawing, where there is one that fits; else its source as code."""

from __future__ import annotations

import re

from tui.cells import cells
from tui.rendering import mermaid
from tui.rendering.code import Code
from tui.rendering.room import Room
from tui.rendering.spans import DIM, INK, QUOTED, Line, Span

_TANGLED = "too tangled to draw"
_WIDE = "too wide to draw here"
_LINES = re.compile(r"([\u2190-\u21ff\u2500-\u25ff]+)")
"""What boxes and arrows are made of."""


class Diagram(Code):
    """A diagram at one width."""

    def __init__(self, content: str, info: str, room: Room, pad: int) -> None:
        self._content = content
        self._rows_drawn: tuple[str, ...] | None = None
        self._seen: mermaid.Drawn | None = None
        super().__init__(content, info, room, pad)
        self.look()

    @property
    def awaited(self) -> str | None:
        """The source of which a drawing is wanted."""
        return self._content if self._seen is None else None

    def look(self) -> bool:
        """Look for a drawing. Returns whether anything is another now."""
        before = (self._rows_drawn, self._seen, self.tint)
        self._seen = mermaid.known(self._content) or self._seen
        self._rows_drawn = self._seen.fitting(self._width) if self._seen else None
        if self._rows_drawn is not None:
            fits = max(map(cells, self._rows_drawn)) <= self._measure
            self.tint = self._measure if fits else self._width
        return before != (self._rows_drawn, self._seen, self.tint)

    def resize(self, room: Room) -> None:
        """Take the drawing that fits."""
        super().resize(room)
        self.look()

    @property
    def rough(self) -> bool:
        """A drawing is whole."""
        return self._rows_drawn is None and super().rough

    @property
    def height(self) -> int:
        """How many rows it has."""
        return super().height if self._rows_drawn is None else 1 + len(self._rows_drawn) + self._pad

    @property
    def note(self) -> str:
        """Why it is not drawn."""
        if self._seen is None or self._rows_drawn is not None:
            return ""
        return _TANGLED if self._seen.tangled else _WIDE if self._seen.pictures else ""

    def line(self, row: int) -> Line:
        """One row."""
        if self._rows_drawn is None or not 0 < row <= len(self._rows_drawn):
            return super().line(row if self._rows_drawn is None or row == 0 else self.height)
        parts = filter(None, _LINES.split(self._rows_drawn[row - 1]))
        end = len(self._content)
        return Line(
            tuple(Span(part, (DIM if _LINES.match(part) else INK) | QUOTED, 0, end) for part in parts),
            "\n" if row < len(self._rows_drawn) else "",
        )

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content; in a drawing there are none."""
        return super().spot(offset) if self._rows_drawn is None else (1, 0)
