"""Which place of a text the pointer is at: what is marked is what is copied.

Textual's screens add up code points to find it; here they are taught to go by characters as readers see them.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from textual.geometry import Offset
from textual.screen import Screen
from textual.selection import SELECT_ALL, Selection
from textual.widget import Widget

from tui import graphemes
from tui.cells import index_at


@runtime_checkable
class Turned(Protocol):
    """A widget that shows its cells in another order than that in which they are read."""

    def read_at(self, cell: int, row: int) -> int:
        """The cell that is read where one is seen."""


_textual_place = Screen.get_widget_and_offset_at


def teach_pointing() -> None:
    """Let the mouse mark whole characters, on every screen."""
    ours = (("get_widget_and_offset_at", _place), ("validate_selections", _whole_characters))
    for name, function in ours:
        setattr(Screen, name, function)


def _place(screen: Screen[Any], x: int, y: int) -> tuple[Widget | None, Offset | None]:
    """The widget under the pointer, and the place in its text; Textual calls this."""
    widget, offset = _textual_place(screen, x, y)
    if widget is None or offset is None:
        return widget, offset
    area = widget.content_region
    cell, row = x - area.x, y - area.y
    cell = widget.read_at(cell, row) if isinstance(widget, Turned) else cell
    left = 0
    for segment in widget.render_line(row) if 0 <= row < area.height else ():
        right = left + segment.cell_length
        if left <= cell < right and segment.style is not None and "offset" in segment.style.meta:
            begin, line = segment.style.meta["offset"]
            if line is not None:
                return widget, Offset(begin + index_at(segment.text, cell - left), line)
        left = right
    return widget, offset


def _whole_characters(screen: Screen[Any], selections: dict[Widget, Selection]) -> dict[Widget, Selection]:
    """What is selected, with all of the characters at its ends; Textual calls this."""
    return {widget: _whole(widget, selection) for widget, selection in selections.items()}


def _whole(widget: Widget, selection: Selection) -> Selection:
    """The selection; a widget that gives its text in its own way sees to this itself."""
    if selection == SELECT_ALL or type(widget).get_selection is not Widget.get_selection:
        return selection
    text = widget.get_selection(SELECT_ALL)
    if text is None or text[0].isascii():
        return selection
    lines = text[0].splitlines()
    start, end = selection
    if start is not None:
        start = Offset(graphemes.begin(_line(lines, start.y), start.x), start.y)
    if end is not None:
        end = Offset(graphemes.end(_line(lines, end.y), end.x), end.y)
    return Selection(start, end)


def _line(lines: list[str], row: int) -> str:
    return lines[row] if 0 <= row < len(lines) else ""
