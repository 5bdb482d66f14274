"""The rows of a picture where it stands, and the line that names it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.gallery import Contents
from tui.app.messages.look import Look
from tui.app.theme.ink import cut, width_of
from tui.cells import cells
from tui.chat.attachment import Attachment, size_words
from tui.rendering.spans import Span
from tui.text import occurrences, one_line

IN_A_REPLY = (80, 20)
"""Columns and rows that a picture takes at most."""
THUMBNAIL = (12, 6)


class PictureAct(StrEnum):
    """What is done with a picture of a message."""

    SEE = "see-picture"
    SAVE = "save-picture"
    OUTSIDE = "open-picture"
    LOAD = "load-picture"
    """See where one is that is elsewhere, and load it."""


class PictureLines:
    """One picture; what is known of it counts from when it was made or ``look_again`` was called."""

    live = limited = guessed = open = False
    folds: Sequence[int] = ()

    def __init__(
        self, look: Look, file: Attachment, most: tuple[int, int] = IN_A_REPLY, ground: str = ""
    ) -> None:
        """Draw a picture as far as it is known.

        Args:
            look: Width, colours, and the pictures that are known.
            file: What it is.
            most: Columns and rows that it takes at most.
            ground: The colour on which it lies; that of the page if empty.
        """
        self._look = look
        self._ground = ground
        self._most = most
        self.file = file
        from tui.chat.export import escaped

        self.source = f"![{escaped(_stem(file.name))}]({one_line(file.name)})"
        self.look_again()

    def look_again(self) -> None:
        """Draw what is known of it now."""
        self._box = self._fitting()
        self._rows: list[list[Segment]] | None = None
        known = self._look.gallery.known(self.file)
        self._trouble = known.trouble if known else ""

    def shown_by(self, holder: Hashable) -> bool:
        """It is in view of somebody. Returns whether all is there that it takes to draw it."""
        gallery = self._look.gallery
        if gallery.lacks(self.file):
            return False
        if self._box is None:
            return self._fitting() is None  # else it was loaded elsewhere meanwhile
        return gallery.shows(self.file, self._box, holder)

    async def load(self, contents: Contents, holder: Hashable) -> None:
        """Have all there that it takes to draw it, for somebody who has it in view.

        Raises:
            HistoryError: What it contains could not be read.
        """
        gallery = self._look.gallery
        await gallery.load(self.file, contents)
        if box := self._fitting():
            await gallery.send(self.file, box, holder)

    def _fitting(self) -> tuple[int, int] | None:
        columns, rows = self._most
        return self._look.gallery.box(self.file, (min(columns, self._look.room), rows))

    def resize(self, look: Look) -> None:
        """Draw for another width, other colours or in another way."""
        self._look = look
        self.look_again()

    @property
    def width(self) -> int:
        """The columns of the picture."""
        return self._box[0] if self._box else 0

    @property
    def height(self) -> int:
        """The rows of the picture, and the one with its name."""
        return 1 + (self._box[1] if self._box else 0)

    def line(self, row: int) -> Strip:
        """A row: rail cell, gap cell, the picture or its name, pad cell."""
        look = self._look
        if row == self.height - 1:
            return look.line(*self._name())
        return Strip([Segment("  "), *self.cells(row)]).extend_cell_length(look.width + 3)

    def cells(self, row: int) -> list[Segment]:
        """The cells of a row of the picture; blank ones until it is loaded."""
        assert self._box is not None
        if self._rows is None:
            self._rows = self._look.gallery.rows(
                self.file, self._box, self._ground or self._look.palette.background
            )
        return self._rows[row] if self._rows else [Segment(" " * self._box[0])]

    def _name(self) -> list[Span[Style]]:
        look, file = self._look, self.file
        words = f"  {file.kind}  {size_words(file.size)}" + f"  {self._trouble}" * bool(self._trouble)
        about = cut([Span(words, look.ink.dim)], max(1, look.width - 6))
        [name] = cut([Span(one_line(file.name), look.ink.soft)], look.width - width_of(about) - 2)
        return [Span("▸ ", look.ink.dim), name, *about]

    # -- as a text
    def locate(self, offset: int) -> tuple[int, int]:
        """Where a place of the source is drawn: the picture begins there."""
        return 0, 0

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """Nothing is found in a picture but its name."""
        name = self._name()[1].text
        return [
            (self.height - 1, 2 + cells(name[:start]), 2 + cells(name[:end]))
            for start, end in occurrences(needle, name)
        ]

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The whole picture as Markdown, whichever of its cells are taken."""
        return self.source

    def toggle(self, row: int) -> bool:
        """Nothing folds here."""
        return False


class PlacedPicture(NamedTuple):
    """A picture, and the row at which it begins."""

    row: int
    lines: PictureLines

    def meets(self, rows: range) -> bool:
        """Whether one of these rows is the picture's."""
        return self.row < rows.stop and self.row + self.lines.height > rows.start


def _stem(name: str) -> str:
    return one_line(name).rpartition(".")[0] or one_line(name)
