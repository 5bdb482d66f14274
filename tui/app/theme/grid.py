"""Where the one column of text stands: title, prose, composer, status and keys share its edges."""

from __future__ import annotations

MEASURE = 88
"""Cells of text at most; a wider screen centres the column."""
WIDE = 100
"""Columns from which the sidebar stands beside the page."""
TALL = 32
"""Rows from which the page has air around the composer."""
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


def gutters(width: int, *, wide: bool) -> tuple[int, int]:
    """Cells left of the rail and right of the text's pad, on a page of ``width`` cells."""
    left, right = (3, 3) if wide else (1, 2)
    spare = max(0, width - left - _RAIL_AND_GAP - MEASURE - _PAD - right)
    return left + spare // 2, right + spare - spare // 2


def text_edges(width: int, *, wide: bool) -> tuple[int, int]:
    """Cells left and right of the text itself."""
    left, right = gutters(width, wide=wide)
    return left + _RAIL_AND_GAP, right + _PAD


def side_by_side(width: int, replies: int) -> tuple[int, int]:
    """How many of ``replies`` stand side by side on a page, and the cells left of the first text.

    On a narrow page one is shown at a time; on a wide one two at least.
    """
    if width < WIDE:
        return 1, text_edges(width, wide=False)[0]
    room = width - 2 * _SIDE
    shown = max(2, min(replies, (room + GAP) // (_BESIDE + GAP)))
    spare = max(0, room - shown * MEASURE - (shown - 1) * GAP)
    return shown, _SIDE + spare // 2
