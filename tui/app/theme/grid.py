"""Where the one column of text stands: title, prose, composer, status and keys share its edges."""

from __future__ import annotations

from msgspec import Struct

MEASURE = 88
"""Cells of prose at most, unless the person wants more or fewer; a wider screen centres the column."""
WIDE = 100
"""Columns from which the sidebar stands beside the page."""
TALL = 32
"""Rows from which the page has air around the composer."""
ROOMY = 40
"""Rows from which files of a prompt have thumbnails."""
SIDEBAR = 30
SMALLEST = (40, 10)
"""Columns and rows below which only one line is shown."""

GAP = 8
"""Cells between the texts of two replies that stand side by side."""

_RAIL_AND_GAP = 2
_PAD = 1
_BESIDE = 49
"""Cells of text that a third reply, or a further one, needs to stand beside the others."""
_SIDE = 7
"""Cells left and right of replies side by side."""


class Grid(Struct, frozen=True):
    """Where the column stands on a page."""

    wide: bool
    """Whether the terminal has room for air round it."""
    measure: int = MEASURE
    """Cells of prose at most."""

    @property
    def _least(self) -> tuple[int, int]:
        """Cells left and right of the column, however narrow the page is."""
        return (3, 3) if self.wide else (1, 2)

    def gutters(self, width: int) -> tuple[int, int]:
        """Cells left of the rail and right of the text's pad, on a page of ``width`` cells."""
        left, right = self._least
        spare = max(0, width - left - _RAIL_AND_GAP - self.measure - _PAD - right)
        return left + spare // 2, right + spare - spare // 2

    def text_edges(self, width: int) -> tuple[int, int]:
        """Cells left and right of the text itself."""
        left, right = self.gutters(width)
        return left + _RAIL_AND_GAP, right + _PAD

    def room(self, width: int) -> int:
        """Cells from the left edge of the text to the end of the page: what is no prose may take them."""
        return width - self.text_edges(width)[0] - _PAD - self._least[1]

    def side_by_side(self, width: int, replies: int) -> tuple[int, int]:
        """How many of ``replies`` stand side by side on a page, and the cells left of the first text.

        On a narrow page one is shown at a time; on a wide one two at least.
        """
        if width < WIDE:
            return 1, Grid(wide=False, measure=self.measure).text_edges(width)[0]
        room = width - 2 * _SIDE
        shown = max(2, min(replies, (room + GAP) // (_BESIDE + GAP)))
        spare = max(0, room - shown * self.measure - (shown - 1) * GAP)
        return shown, _SIDE + spare // 2
