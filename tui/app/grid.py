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

_RAIL_AND_GAP = 2
_PAD = 1


def gutters(width: int, *, wide: bool) -> tuple[int, int]:
    """Cells left of the rail and right of the text's pad, on a page of ``width`` cells."""
    left, right = (3, 3) if wide else (1, 2)
    spare = max(0, width - left - _RAIL_AND_GAP - MEASURE - _PAD - right)
    return left + spare // 2, right + spare - spare // 2


def text_edges(width: int, *, wide: bool) -> tuple[int, int]:
    """Cells left and right of the text itself."""
    left, right = gutters(width, wide=wide)
    return left + _RAIL_AND_GAP, right + _PAD
