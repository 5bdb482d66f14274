"""One line to type: a title, tags."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.field import LoneField
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.text import clean, one_line


class AskLine(Sheet[str]):
    """Asks for one line; dismissed with it, or with None if it is as it was. The empty line is an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.LINE_KEEP, "accept")]
    DEFAULT_CSS = """
    AskLine #title { margin: 0 4 1 4; }
    AskLine Field, AskLine Field:focus { margin: 0 2; }
    """

    def __init__(self, title: str, value: str = "", note: str = "") -> None:
        super().__init__()
        self._title = clean(title)
        self._value = one_line(value)
        self._note = one_line(note)

    def compose_sheet(self) -> ComposeResult:
        """What is asked, and the field."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
        yield LoneField(self._value, self._note)
        yield Hints("line-keep", "list-close")

    def action_accept(self) -> None:
        """Take the line; what was only looked at stays as it is, even if it has more than a line shows."""
        line = self.field.value.strip()
        self.dismiss(None if line == self._value else line)
