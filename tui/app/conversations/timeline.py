"""The prompts of the conversation that is read, to go to one of them."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tui.app.actions import Action
from tui.app.conversations.prompt_list import PromptRow, Prompts
from tui.app.keymap import bind
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints
from tui.app.lists.listing import Listing
from tui.app.lists.row_list import RowList
from tui.app.lists.sheet import Sheet


class Timeline(Sheet[int]):
    """Finds a prompt; dismissed with its message, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.TIMELINE_GO, "go"),
        bind(Action.TIMELINE_CLOSE, "close"),
    ]

    def __init__(self, prompts: Prompts) -> None:
        super().__init__()
        self._prompts = prompts
        self._go_when_filled = False

    def compose_sheet(self) -> ComposeResult:
        """Field, list, keys."""
        yield Field(placeholder="Type to find a prompt of this conversation")
        yield Listing(self._prompts)
        yield Hints("timeline-go", "list-close")

    def on_mount(self) -> None:
        """Ask for the newest prompts."""
        self.sync()

    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    def sync(self) -> None:
        """Ask for what stands in the field."""
        self.listing.ask(self._prompts, self.field.value)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.sync()

    @on(Listing.Filled)
    def _filled(self, event: Listing.Filled) -> None:
        self.query_one(Hints).note = event.note
        if self._go_when_filled:
            self._go_when_filled = False
            self.action_go()

    def action_go(self) -> None:
        """Go to the chosen prompt; if the list is behind the filter, as soon as it is there."""
        self.sync()
        if not self.listing.settled:
            self._go_when_filled = True
        elif isinstance(row := self.listing.chosen, PromptRow):
            self.dismiss(row.message_id)

    @on(RowList.Picked)
    def _clicked(self) -> None:
        self.action_go()
