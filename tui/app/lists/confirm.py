"""One question, yes or no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.text import clean


class Confirm(Sheet[bool]):
    """Asks ``question``; dismissed with True for yes, False for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.CONFIRM_YES, "yes"),
        bind(Action.CONFIRM_NO, "close"),
    ]

    def __init__(self, question: str, yes: str = "yes") -> None:
        super().__init__()
        self._question = clean(question)
        self._yes = yes

    def compose_sheet(self) -> ComposeResult:
        """The question and the two keys."""
        yield Static(self._question, classes="words", markup=False)
        yield Hints()

    def on_mount(self) -> None:
        """Say what yes does."""
        self.query_one(Hints).show("confirm-yes", "list-close", confirm_yes=self._yes, list_close="no")

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_close(self) -> None:
        """No."""
        self.dismiss(False)
