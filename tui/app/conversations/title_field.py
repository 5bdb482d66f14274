"""A title that is changed where it stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from tui.app.actions import Action
from tui.app.background import to_ask
from tui.app.keymap import bind
from tui.app.life import lives
from tui.app.lists.field import Field
from tui.text import one_line

Keep = Callable[[str], Awaitable[bool]]
"""Keeps a title. Returns whether it is kept; if not, the person has been told why."""


class TitleField(Field):
    """Lies over a row of a list. Enter keeps the title, anything else that leaves the field drops it.

    A title that can't be kept stays as it is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.TITLE_KEEP, "keep"),
        bind(Action.TITLE_DROP, "drop"),
    ]
    DEFAULT_CSS = """
    TitleField, TitleField:focus { position: absolute; layer: over; margin: 0; }
    """

    def __init__(self, title: str, keep: Keep) -> None:
        super().__init__(title, "Title")
        self._keep = keep
        self._keeping = False

    def action_keep(self) -> None:
        """Keep what stands in the field; an empty title changes nothing."""
        if not (title := one_line(self.value)):
            self.action_drop()
        elif not self._keeping:
            self._keeping = True
            to_ask(self.screen, "title", self._kept, title)  # what is typed meanwhile is for what comes then

    async def _kept(self, title: str) -> None:
        try:
            kept = await self._keep(title)
        finally:
            self._keeping = False
        if kept:
            await self.remove()
        elif lives(self):
            self.focus()

    def action_drop(self) -> None:
        """Go away, unless the title is being kept: it may be refused."""
        if not self._keeping:
            self.remove()

    def on_blur(self, event: events.Blur) -> None:
        """The reader went elsewhere."""
        self.action_drop()
