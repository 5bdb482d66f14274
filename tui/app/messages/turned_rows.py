"""Rows of messages as they are seen where their text runs from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.bidi import any_turns

if TYPE_CHECKING:  # it is loaded for the first row that runs from right to left
    from tui.app.messages.message_view import MessageView
    from tui.rendering.turned import Shape, Turned


def may_turn(strip: Strip, view: MessageView) -> bool:
    """Whether anything of a row may run from right to left: mostly not, and that is seen at once."""
    return view.turns or any_turns(segment.text for segment in strip)


def turned_row(strip: Strip, view: MessageView, row: int, shape: Shape | None) -> Turned | None:
    """A row as it is seen, with the cells that are read there; None where nothing in it is turned.

    Args:
        strip: The row across the whole page as it is read, with all that is drawn over it.
        view: Its message.
        row: Which of its rows.
        shape: Forms the letters.
    """
    from tui.rendering.turned import fields, turn

    any_here = any_turns(segment.text for segment in strip)
    areas = view.areas(row)
    if areas is None:
        areas = fields(strip) if any_here else ()
    elif areas:
        edge = view.look.edge
        areas = [area.moved(edge) for area in areas]
        if not any_here and not any(area.to_left for area in areas):
            return None
    return turn(strip, areas, shape) if areas else None
