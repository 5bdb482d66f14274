"""A row that is found by a few letters of its title."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span

_TITLE = 24
"""Cells for a command's title."""
_FEWEST = 14
"""Cells in which its words can say something."""


@dataclass(frozen=True, slots=True)
class TitleRow:
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
        return [
            pen.line(left, [Span(self.pressed, ink.soft)] if self.pressed else [], tinted=mine, railed=mine)
        ]
