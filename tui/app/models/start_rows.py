"""How the first screen draws what was found, and what one can begin with."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual.strip import Strip

from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span

_NAME, _TITLE = 12, 29
"""Cells for a provider's name, and for a choice's title."""


class Warned(Struct, frozen=True):
    """Something that is wrong."""

    words: str
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line, cut where it is too long."""
        return [pen.line([Span("!  ", pen.ink.warning), Span(self.words, pen.ink.ink)])]


class Found(Struct, frozen=True):
    """A provider: whether it can be used, and how that is known."""

    name: str
    how: str
    models: str = ""
    usable: bool = True
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Dot, name, how, number of models."""
        ink = pen.ink
        dot: Span[Style] = Span("●  ", ink.success) if self.usable else Span("◦  ", ink.dim)
        name = Span(_column(self.name, _NAME), ink.ink if self.usable else ink.dim)
        return [pen.line([dot, name, Span(f"  {self.how}", ink.dim)], [Span(self.models, ink.dim)])]


class ChoiceRow(Struct, frozen=True):
    """Something to begin with. The chosen one explains itself."""

    key: Hashable
    title: str
    what: str
    price: str = ""
    lines: tuple[str, ...] = ()
    """The explanation, wrapped; empty unless this row is chosen."""

    @property
    def height(self) -> int:
        """The line and its explanation."""
        return 1 + len(self.lines)

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Title, what it is, what it costs; below it the explanation."""
        ink, mine = pen.ink, chosen is self
        left = [
            Span(_column(self.title, _TITLE), ink.strong if mine else ink.ink),
            Span(f"  {self.what}", ink.dim),
        ]
        strips = [pen.line(left, [Span(self.price, ink.dim)], tinted=mine, railed=mine)]
        return strips + [pen.line([Span(text, ink.dim)], tinted=mine, railed=mine) for text in self.lines]


def _column(text: str, width: int) -> str:
    return text if cell_len(text) >= width else set_cell_size(text, width)
