"""The base of every screen on which one row of a list is chosen while a field has the keys."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.field import Field
from tui.app.lists.layer import Layer, Result
from tui.app.lists.row_list import RowList


class Chooser(Layer[Result]):
    """A list, usually under a field. The arrows go to the list, the letters to the field."""

    AUTO_FOCUS = "Field"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.LIST_CLOSE, "close"),
        bind(Action.LIST_UP, "move(-1)"),
        bind(Action.LIST_DOWN, "move(1)"),
        bind(Action.LIST_PAGE_UP, "page(-1)"),
        bind(Action.LIST_PAGE_DOWN, "page(1)"),
        bind(Action.LIST_FIRST, "first"),
        bind(Action.LIST_LAST, "last"),
    ]

    @property
    def rows(self) -> RowList:
        """The list of this screen."""
        return self.query_one(RowList)

    @property
    def field(self) -> Field:
        """The field of this screen."""
        return self.query_one(Field)

    def sync(self) -> None:
        """Bring the list up to what stands in the field; called before every key that chooses.

        A key may be handled before the message that the field changed: nothing may act on an older filter.
        """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing can be chosen, the keys that choose are free for others."""
        if action in ("move", "page", "first", "last") and not self.query(RowList):
            return False
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Choose another row."""
        self.sync()
        self.rows.move(step)

    def action_page(self, direction: int) -> None:
        """Choose a row a screen further on."""
        self.sync()
        self.rows.page(direction)

    def action_first(self) -> None:
        """Choose the first row."""
        self.sync()
        self.rows.first()

    def action_last(self) -> None:
        """Choose the last row."""
        self.sync()
        self.rows.last()

    def on_key(self, event: events.Key) -> None:
        """Letters that came before the field could have the focus are typed into it all the same."""
        fields = self.query(Field)
        if event.is_printable and event.character and fields and self.focused is None:
            event.stop()
            fields.first().focus()
            fields.first().take(event.character)
