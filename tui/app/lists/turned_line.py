"""A line that is typed, as it is seen where its text runs from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.app.terminal.turning import turning_of
from tui.bidi import Around, first_strong, last_strong, runs_to_left, turns

if TYPE_CHECKING:  # it is loaded for the first line that runs from right to left
    from tui.rendering.turned import Turned


def turned_line(app: object, strip: Strip, paragraph: str, row: Sequence[int]) -> Turned | None:
    """A row of what is typed as it is seen; None where nothing in it is turned.

    Args:
        app: Who knows whether it is to be turned here.
        strip: The row, with the caret and blanks up to the right edge.
        paragraph: The line of the text that it is a row of.
        row: Where in the paragraph it begins and ends.
    """
    turning = turning_of(app) if turns(paragraph) else None
    if turning is None:
        return None
    from tui.rendering.turned import FAR, Area, turn

    start, end = row
    around = Around(last_strong([paragraph[:start]]), first_strong([paragraph[end:]]))
    area = Area(0, FAR, runs_to_left([paragraph]), around)
    return turn(strip, [area], turning.shape)


def runs_left(app: object, paragraph: str) -> bool:
    """Whether a line that is typed is seen to run from right to left, so that its arrow keys do, too."""
    return turns(paragraph) and turning_of(app) is not None and runs_to_left([paragraph])
