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
from tui.app.lists.taking import Take, Taking
from tui.text import clean, one_line


class AskLine(Taking[str]):
    """Asks for one line; dismissed with it, or with None if it is as it was. The empty line is an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.LINE_KEEP, "accept")]
    DEFAULT_CSS = """
    AskLine #title { margin: 0 4 1 4; }
    AskLine Field, AskLine Field:focus { margin: 0 2; }
    """

    def __init__(self, title: str, value: str = "", note: str = "", take: Take | None = None) -> None:
        """Prepare the line.

        Args:
            title: What is asked.
            value: What stands there at first.
            note: What is said while nothing stands there.
            take: Takes the line, if more is done with it than to end with it.
        """
        super().__init__(take)
        self._title = clean(title)
        self._value = one_line(value)
        self._note = one_line(note)

    def compose_sheet(self) -> ComposeResult:
        """What is asked, and the field."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
        yield LoneField(self._value, self._note)
        yield from self.compose_reason()
        yield Hints("line-keep", "list-close")

    def action_accept(self) -> None:
        """Take the line; what was only looked at stays as it is, even if it has more than a line shows."""
        line = self.field.value.strip()
        if line == self._value:
            self.dismiss(None)
        else:
            self.give(line, line)
