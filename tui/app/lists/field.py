"""A line to type in: rail in the accent, text on the lifted tone."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.text import typed

_ONE_LINE = re.compile(r"[\n\t]")


class Field(Input, inherit_bindings=False):
    """One line of text.

    It binds only what edits the line, so that Enter, the arrows up and down, Home and End stay free for the
    list that it filters.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", "Left", show=False),
        Binding("right", "cursor_right", "Right", show=False),
        Binding("ctrl+left,alt+b", "cursor_left_word", "Word left", show=False),
        Binding("ctrl+right,alt+f", "cursor_right_word", "Word right", show=False),
        Binding("shift+left", "cursor_left(True)", "Select left", show=False),
        Binding("shift+right", "cursor_right(True)", "Select right", show=False),
        Binding("ctrl+a", "home", "Begin of the line", show=False),
        Binding("ctrl+e", "end", "End of the line", show=False),
        Binding("backspace", "delete_left", "Delete left", show=False),
        Binding("ctrl+w,alt+backspace", "delete_left_word", "Delete a word", show=False),
        Binding("ctrl+u", "delete_left_all", "Delete to the begin", show=False),
        Binding("ctrl+k", "delete_right_all", "Delete to the end", show=False),
        Binding("ctrl+v", "paste", "Paste", show=False),
    ]
    DEFAULT_CSS = """
    Field, Field:focus {
        height: 1;
        border: none;
        border-left: wide $accent;
        background: $lift;
        background-tint: transparent;
        color: $strong;
        padding: 0 1;
        & > .input--cursor { background: $accent; color: $background; text-style: none; }
        & > .input--placeholder { color: $dim; }
    }
    """

    def __init__(self, value: str = "", placeholder: str = "", **options: Any) -> None:
        super().__init__(value, placeholder, select_on_focus=False, **options)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """What stands in the field, whoever put it there: no control characters; Textual calls this."""
        return _ONE_LINE.sub(" ", typed(value))

    def on_paste(self, event: events.Paste) -> None:
        """Insert all lines of a paste, as one; Textual's field keeps only the first."""
        event.prevent_default()
        event.stop()
        self.replace(event.text.strip("\n"), *self.selection)

    def take(self, text: str) -> None:
        """Type ``text`` at the caret: keys that came before the field could have them."""
        self.insert_text_at_cursor(text)


class LoneField(Field):
    """A field that filters no list: Home, End and Delete are its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "home", "Begin of the line", show=False),
        Binding("end", "end", "End of the line", show=False),
        Binding("delete", "delete_right", "Delete right", show=False),
    ]
