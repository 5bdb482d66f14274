"""Code blocks: the language, the lines, one row of rest.

The tint is as wide as the measure. If a line is longer, it is as wide as all the room there is: one step, so
that it does not creep along while the code comes.
"""

from __future__ import annotations

from tui.cells import cells
from tui.rendering.flat_blocks import language_of
from tui.rendering.highlight import Highlighter, highlighter, lexed_as, too_long
from tui.rendering.plain import Cuts, Looks, Plain
from tui.rendering.room import Room
from tui.rendering.spans import DIM, INK, Line, Span

REST = Line((), "")


class Code(Plain):
    """A fence or indented code at one width."""

    deep = True
    hang = 2

    def __init__(self, content: str, info: str, room: Room, pad: int) -> None:
        self._pad = pad
        self._language = language_of(info)
        self._looks: Highlighter | None = None
        self._lexed = ""
        self._measure = room.measure
        self.tint = room.measure
        """Cells of each row that stand on the tint."""
        super().__init__(content, room)
        self._begin()

    def _begin(self) -> None:
        code = "\n".join(self._sources)
        self._lexed = lexed_as(self._language, code)
        self._looks = highlighter(code, self._starts, self._language)

    def resize(self, room: Room) -> None:
        """Wrap anew."""
        self._measure = self.tint = room.measure
        super().resize(room)

    def _wrap(self, text: str) -> Cuts:
        if len(text) > self._measure or not text.isascii():
            self._make_room(text)
        return super()._wrap(text)

    def _make_room(self, text: str) -> None:
        if self.tint < self._width and cells(text) > self.tint:
            self.tint = self._width

    @property
    def rough(self) -> bool:
        """Whether its colours were found piece by piece."""
        return self._looks is not None and self._looks.rough

    @property
    def height(self) -> int:
        """How many rows it has."""
        return super().height + 1 + self._pad

    def line(self, row: int) -> Line:
        """One row."""
        if row == 0:
            return self._head()
        return super().line(row - 1) if row <= super().height else REST

    @property
    def note(self) -> str:
        """What is said at the left, above the lines."""
        return ""

    def _head(self) -> Line:
        label, note = self._language[: self.tint], self.note
        blank = self.tint - cells(label)
        if note and cells(note) < blank:
            return Line((Span(note, DIM), Span(" " * (blank - cells(note)), INK), Span(label, DIM)), "")
        return Line((Span(" " * blank, INK), Span(label, DIM)), "")

    def refine(self, until: float) -> int | None:
        """Find the colours from the beginning on; returns the first row that changed, if one did."""
        line = self._looks.refine(until) if self._looks else None
        self._forget()
        return None if line is None else self._rows[line] + 1

    def _looks_of(self, index: int) -> Looks:
        looks = self._looks.line(index) if self._looks else None
        return looks or super()._looks_of(index)

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        row, cell = super().spot(offset)
        return row + 1, cell

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        last, tint = len(self._sources) - 1, self.tint
        changed = super().grow(content) + 1
        if self.tint != tint:
            changed = 0
        if last == 0 and self._looks is not None and self._lexed != lexed_as(self._language, content):
            self._begin()
            return 0
        if self._looks is None:
            return changed
        if too_long(len(content), self._sources[last:]):
            self._looks = None
            return 0
        self._looks.grow("\n".join(self._sources), self._starts, last)
        return changed
