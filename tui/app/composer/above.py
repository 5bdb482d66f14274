"""What stands above the text field. Each part comes when there is first something in it: a start has none."""

from __future__ import annotations

from typing import TypeVar

from textual.widget import MountError, Widget

_DOWNWARD = ("queue", "menu", "attached", "draft")
"""The ids of the parts and of the field, from top to bottom."""
_Part = TypeVar("_Part", bound=Widget)


def part_above(field: Widget, kind: type[_Part], id: str) -> _Part:  # noqa: A002 - Textual's name
    """The part of a kind above a field; where there is none yet, it comes now.

    Raises:
        MountError: The field has gone.
    """
    column = field.parent
    if not isinstance(column, Widget):
        raise MountError("The field has gone")
    for part in column.query_children(kind):
        return part
    below = _DOWNWARD[_DOWNWARD.index(id) :]
    part = kind(id=id)
    column.mount(part, before=next(child for child in column.children if child.id in below))
    return part
