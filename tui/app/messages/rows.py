"""A few fixed rows with places that can be clicked: a name line, a footer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import Look
from tui.rendering.spans import Span, Target


class Rows:
    """Rows made of spans."""

    def __init__(self, look: Look | None = None, rows: Sequence[Sequence[Span[Style]]] = ()) -> None:
        self._rows = rows
        self._look = look

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self._rows)

    def line(self, row: int) -> Strip:
        """One row, as wide as every line of the transcript."""
        assert self._look is not None
        return self._look.line(*self._rows[row])

    def target(self, row: int, cell: int) -> Target | None:
        """What a click on a cell of the text sets off."""
        at = 0
        for span in self._rows[row]:
            at += cell_len(span.text)
            if cell < at:
                return span.target
        return None

    def text(self, row: int) -> str:
        """What one row says."""
        return "".join(span.text for span in self._rows[row]).rstrip()

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The words of the whole rows between two places: they have no source to cut."""
        last = min(end[0] + 1, self.height)
        return "\n".join(self.text(row) for row in range(start[0], last))
