"""A title that is changed where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.field import Field
from tui.text import one_line


class TitleField(Field):
    """Lies over a row of a list. Enter keeps the title, anything else that leaves the field drops it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.TITLE_KEEP, "keep"),
        bind(Action.TITLE_DROP, "drop"),
    ]
    DEFAULT_CSS = """
    TitleField, TitleField:focus { position: absolute; layer: over; margin: 0; }
    """

    @dataclass
    class Kept(Message):
        """The title was changed."""

        conversation_id: int
        title: str

    def __init__(self, conversation_id: int, title: str) -> None:
        super().__init__(title, "Title")
        self._conversation_id = conversation_id

    def action_keep(self) -> None:
        """Keep what stands in the field; an empty title changes nothing."""
        if title := one_line(self.value):
            self.post_message(self.Kept(self._conversation_id, title))
        self.action_drop()

    def action_drop(self) -> None:
        """Go away."""
        self.remove()

    def on_blur(self, event: events.Blur) -> None:
        """The reader went elsewhere."""
        self.action_drop()
