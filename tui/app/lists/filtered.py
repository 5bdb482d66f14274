"""A sheet with a list that is there from the beginning: a filter, and Enter takes the best that fits."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from msgspec import Struct
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widgets import Input

from tui.app.lists.field import Field
from tui.app.lists.fuzzy import Filter
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList
from tui.app.lists.sheet import Result, Sheet
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span

_TITLE = 24
"""Cells for a command's title."""
_FEWEST = 14
"""Cells in which its words can say something."""


class TitleRow(Struct, frozen=True):
    """A title whose found letters are lit, what it means, and the key that does the same."""

    key: Hashable
    title: str
    lit: frozenset[int]
    words: str = ""
    pressed: str = ""
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        ink, mine = pen.ink, chosen is self
        plain = ink.strong if mine else ink.ink
        left: list[Span[Style]] = [
            Span(letter, ink.accent if place in self.lit else plain)
            for place, letter in enumerate(self.title)
        ]
        if self.words and pen.text_width - _TITLE - len(self.pressed) >= _FEWEST:
            left.append(Span(" " * max(3, _TITLE - len(self.title)) + self.words, ink.dim))
        right = [Span(self.pressed, ink.soft)] if self.pressed else []
        return [pen.line(left, right, tinted=mine, railed=mine)]


class Filtered(Sheet[Result]):
    """A subclass gives the rows, and says what is done with the chosen one in ``take``."""

    PLACEHOLDER: ClassVar[str]
    TAKES: ClassVar[str]
    """Id of the binding of ``action_take``."""

    def __init__(self) -> None:
        super().__init__()
        self._query: str | None = None

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The rows that fit, the best first; all where nothing is wanted."""
        raise NotImplementedError

    def take(self, key: Hashable) -> None:
        """Do what the row with this key stands for."""
        raise NotImplementedError

    def compose_sheet(self) -> ComposeResult:
        """Field, list, keys."""
        yield Field(placeholder=self.PLACEHOLDER)
        yield RowList()
        yield Hints(self.TAKES, "list-close")

    def on_mount(self) -> None:
        """Show all."""
        self.sync()

    def sync(self) -> None:
        """Show what fits the filter."""
        if self._query != self.field.value:
            self._query = self.field.value
            self.show_rows()

    def show_rows(self, choose: Hashable | None = None) -> None:
        """Show the rows anew, and choose the one with this key or the best."""
        rows = self.all_rows(Filter(self._query or ""))
        self.rows.show(rows, choose)
        self.query_one(Hints).note = f"{len(rows)} of {len(self.all_rows(Filter('')))}"

    @on(Input.Changed)
    def _typed(self) -> None:
        self.sync()

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Take the chosen row."""
        self.sync()
        if row := self.rows.chosen:
            self.take(row.key)
