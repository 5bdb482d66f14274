"""A field for a text of lines, with the keys of the composer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.writing_area import WritingArea


class TextField(WritingArea):
    """Enter keeps the text; the keys are those that send and break a line in the composer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SEND, "keep", words="keep", help="Keep the text"),
        bind(Action.NEWLINE, "newline"),
        bind(Action.EDITOR, "editor"),
    ]
    DEFAULT_CSS = """
    TextField, TextField:focus {
        height: auto;
        min-height: 3;
        border: none;
        border-left: wide $accent;
        background: $lift;
        background-tint: transparent;
        color: $strong;
        padding: 0 1;
        margin: 0 2;
        scrollbar-size: 1 1;
        scrollbar-background: $lift;
        scrollbar-background-hover: $lift;
        scrollbar-background-active: $lift;
        & .text-area--cursor { background: $accent; color: $background; text-style: none; }
        & .text-area--selection { background: $mark; color: $strong; }
    }
    """

    @dataclass
    class Kept(Message):
        """The text is as it should be."""

        text: str

    @dataclass
    class Outside(Message):
        """The text is to be written in the person's editor."""

    async def on_key(self, event: events.Key) -> None:
        """Handle Enter before anything typed after it."""
        bound = self.bound("send", "newline")
        if event.key in bound:
            event.stop()
            event.prevent_default()
            await self.run_action(bound[event.key])
        elif event.key == "enter":
            event.prevent_default()

    async def on_paste(self, event: events.Paste) -> None:
        """Insert all of a paste; a path in it is text here."""
        event.prevent_default()
        event.stop()
        self.take_in(event.text)

    def action_paste(self) -> None:
        """Insert what was copied in the app."""
        self.take_in(self.app.clipboard)

    def action_keep(self) -> None:
        """Keep the text."""
        self.post_message(self.Kept(self.draft))

    def action_editor(self) -> None:
        """Write it outside."""
        self.post_message(self.Outside())
