"""The offer to copy to a server what is in this machine's file."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.text import counted


class MoveSheet(Sheet[bool]):
    """Says what is here and not there; dismissed with whether it is to be copied."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.MOVE_COPY, "copy")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose_sheet(self) -> ComposeResult:
        """What is here, and what is done with it."""
        here = f"{counted(self._count, 'conversation')} of this machine"
        yield Static("Your history is on a server now.", classes="words", markup=False)
        yield Static(
            f"{here} can be copied there, so that every machine has them. They stay here too, and "
            "what is on the server already is not copied again.",
            classes="words dim",
            markup=False,
        )
        yield Hints(Action.MOVE_COPY, Action.LIST_CLOSE)

    def action_copy(self) -> None:
        """Yes."""
        self.dismiss(True)
