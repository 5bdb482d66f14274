"""Whole lines of text that are selected with the keys, from one message into the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.selection import Selection

from tui.app.messages.blocks import BODY
from tui.app.messages.selection import whole_rows
from tui.app.messages.viewport import Viewport
from tui.app.messages.window import Window

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

_BEYOND = 1 << 24
"""A row below the last one of every message."""


class _Lines(NamedTuple):
    """From one line to another one; each is a message, by index, and a row of it."""

    begin: tuple[int, int]
    end: tuple[int, int]
    """Where they go on; it may be above the begin."""


class LineSelection:
    """The lines that are selected in a viewport; false while there are none."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._lines: _Lines | None = None

    def __bool__(self) -> bool:
        return self._lines is not None

    def clear(self) -> None:
        """Select nothing any more."""
        self._lines = None

    def begin(self, message_id: int) -> bool:
        """Begin with the first line of a message that is in view. Returns whether it has a line."""
        viewport, view = self._viewport, self._viewport.view(message_id)
        if viewport.window is not None and view is not None and (rows := _text_rows(view)):
            row = max(rows.start, min(viewport.rows_of(view).start, rows.stop - 1))
            here = (viewport.window.index[message_id], row)
            self._lines = _Lines(here, here)
        return self._lines is not None

    def extend(self, step: int) -> None:
        """Select up to the line above (-1) or below (1), also in another message that is loaded."""
        if self._lines is not None and self._viewport.window is not None:
            self._lines = self._lines._replace(end=_next(self._lines.end, step, self._viewport.window))

    @property
    def selection(self) -> Selection | None:
        """The same for Textual."""
        return whole_rows(*sorted(self._lines)) if self._lines else None

    @property
    def hidden_below(self) -> int:
        """How many lines their end is below the view; less than 0 where it is above."""
        viewport, window = self._viewport, self._viewport.window
        if self._lines is None or window is None:
            return 0
        index, row = self._lines.end
        line = window.column.top(index) + row
        return min(0, line - viewport.top) or max(0, line - viewport.bottom + 1)


def _next(place: tuple[int, int], step: int, window: Window) -> tuple[int, int]:
    """The line of text above (-1) or below (1) a place, as far as messages are loaded."""
    index, row = place
    row += step
    while 0 <= index < len(window.ids):
        window.lay(index)
        view = window.views.get(window.ids[index])
        if view is None:
            break
        rows = _text_rows(view)
        if rows and (row >= rows.start if step < 0 else row < rows.stop):
            return index, max(rows.start, min(row, rows.stop - 1))
        index += step
        row = 0 if step > 0 else _BEYOND
    return place


def _text_rows(view: MessageView) -> range:
    """The rows of a message's text, without names and footers."""
    first = sum(view.heights()[:BODY])
    return range(first, first + view.blocks[BODY].height)
