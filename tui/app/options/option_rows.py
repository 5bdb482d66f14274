"""How the sheet of a conversation is drawn: a name, what is so now, what it can be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from msgspec import Struct
from rich.cells import set_cell_size
from rich.style import Style
from textual.strip import Strip

from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span

_NAME = 18
"""Cells for a name."""
NONE = "–"


class OptionRow(Struct, frozen=True):
    """Something that can be changed."""

    key: Hashable
    name: str
    value: str
    """What the person has set; nothing where they have not."""
    usual: str = NONE
    """What counts then."""
    beside: str = ""
    """What it can be, or what is known of it."""
    about: str = ""
    """What it does."""
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line; what the person has set stands out."""
        ink, mine = pen.ink, chosen is self
        value = Span(self.value, ink.strong) if self.value else Span(self.usual, ink.dim)
        left: list[Span[Style]] = [
            Span(set_cell_size(self.name, _NAME), ink.strong if mine else ink.ink),
            value,
        ]
        right = [Span(self.beside, ink.dim)] if self.beside else []
        return [pen.line(left, right, tinted=mine, railed=mine)]


class FactRow(Struct, frozen=True):
    """Something that is only said."""

    name: str
    words: str
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One quiet line."""
        return [pen.line([Span(set_cell_size(self.name, _NAME) + self.words, pen.ink.dim)])]


class Gap(Struct, frozen=True):
    """A line between two groups."""

    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Nothing."""
        return [pen.blank()]
