"""A few fixed rows with places that can be clicked: a name line, a footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import Look


class Target(NamedTuple):
    """Something a click or a key sets off."""

    action: str
    """``link``, ``fold``, ``copy_code``, ``save_code``, or a ``MessageAction``."""
    value: str = ""
    """The address of a link, or the code."""
    language: str = ""
    """The language of the code."""


class Piece(NamedTuple):
    """Words in one style; a click on them sets off their target."""

    text: str
    style: Style
    target: Target | None = None


def width_of(pieces: Iterable[Piece]) -> int:
    """Cells that the pieces take together."""
    return sum(cell_len(piece.text) for piece in pieces)


class Rows:
    """Rows made of pieces."""

    def __init__(self, look: Look | None = None, rows: Sequence[Sequence[Piece]] = ()) -> None:
        self._rows = rows
        self._look = look

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self._rows)

    def line(self, row: int) -> Strip:
        """One row, as wide as every line of the transcript."""
        assert self._look is not None
        return self._look.line(*(piece[:2] for piece in self._rows[row]))

    def target(self, row: int, cell: int) -> Target | None:
        """What a click on a cell of the text sets off."""
        at = 0
        for piece in self._rows[row]:
            at += cell_len(piece.text)
            if cell < at:
                return piece.target
        return None

    def text(self, row: int) -> str:
        """What one row says."""
        return "".join(piece.text for piece in self._rows[row]).rstrip()

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The words of the whole rows between two places: they have no source to cut."""
        last = min(end[0] + 1, self.height)
        return "\n".join(self.text(row) for row in range(start[0], last))
