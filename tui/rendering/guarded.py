"""A drawing that can't fail: where one does, the text of its block is shown as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tui.faults import attempt, note
from tui.rendering.block_renderers import Drawing
from tui.rendering.flat_blocks import Block
from tui.rendering.plain import Window
from tui.rendering.room import Room
from tui.rendering.spans import BLANK, Line

_Result = TypeVar("_Result")


class Guarded:
    """The drawing of a block, or its plain text from the first fault on."""

    def __init__(self, block: Block, room: Room, drawn: Callable[[Block, Room], Drawing]) -> None:
        self._content = block.content
        self._room = room
        self._promised: int | None = None
        """How many rows it keeps until those of the plain text are asked for."""
        self.inner: Drawing = attempt(lambda: drawn(block, room), self._plain)

    def _plain(self) -> Drawing:
        return Window(self._content, self._room)

    def _do(self, act: Callable[[Drawing], _Result]) -> _Result:
        try:
            return act(self.inner)
        except Exception as error:
            note(error)
            self.inner = self._plain()
            return act(self.inner)

    @property
    def deep(self) -> bool:
        """Whether its rows stand on the tint of code."""
        return self.inner.deep

    @property
    def rough(self) -> bool:
        """Whether it may be another when it is drawn whole."""
        return self.inner.rough

    @property
    def late(self) -> bool:
        """Whether it failed when its rows were counted already: there may be too few of them, or too many."""
        return self._promised is not None

    def settle(self) -> None:
        """Have as many rows as it takes."""
        self._promised = None

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self.inner.height if self._promised is None else self._promised

    def line(self, row: int) -> Line:
        """One row."""
        try:
            return self.inner.line(row) if row < self.inner.height else BLANK
        except Exception as error:
            note(error)
            self._promised = self.inner.height
            self.inner = self._plain()
            return self.line(row)

    def resize(self, room: Room) -> None:
        """Wrap anew."""
        self._room = room
        self.settle()
        self._do(lambda drawing: drawing.resize(room))

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        row, cell = attempt(lambda: self.inner.spot(offset), lambda: (0, 0))
        return max(min(row, self.height - 1), 0), cell

    def grow(self, content: str) -> int:
        """Take the content with more text at its end; returns the first row that changed."""
        self._content = content
        before, late = self.inner, self.late
        self.settle()
        first = self._do(lambda drawing: drawing.grow(content))
        return 0 if late or self.inner is not before else first

    def end(self) -> int | None:
        """No more text comes; returns the first row that changed by that, if one did."""
        before = self.inner
        first = self._do(lambda drawing: drawing.end())
        return first if self.inner is before else 0
