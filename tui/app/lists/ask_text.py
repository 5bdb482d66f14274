"""A text of lines to write, with the keys of the composer: a system prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.taking import Take, Taking
from tui.app.lists.writing_area import WritingArea
from tui.errors import SegueError
from tui.text import clean


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


_OTHERS = 6
"""Lines of title, keys, and the space around them."""


class AskText(Taking[str]):
    """Asks for a text; dismissed with it, or with None if it is as it was. The empty text is an answer."""

    AUTO_FOCUS: ClassVar[str] = "TextField"
    DEFAULT_CSS = """
    AskText #title { margin: 0 4 1 4; }
    """

    def __init__(self, title: str, text: str = "", take: Take | None = None) -> None:
        """Prepare the text.

        Args:
            title: What is asked.
            text: What stands there at first.
            take: Takes the text, if more is done with it than to end with it.
        """
        super().__init__(take)
        self._title = clean(title)
        self._text = text
        self._warned_of: str | None = None

    def compose_sheet(self) -> ComposeResult:
        """What is asked, and the text."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
        yield TextField()
        yield from self.compose_reason()
        yield Hints("send", "newline", "editor", "list-close")

    def on_mount(self) -> None:
        """Show the text as it is."""
        self._area.show(self._text)
        self._shown = self._area.draft

    def on_resize(self, event: events.Resize) -> None:
        """There are more rows now, or less."""
        self.make_room()

    def make_room(self) -> None:
        """Give the text what title, keys and the reason leave of nine tenths of the screen."""
        wrong = self.query_one("#wrong")
        reason = wrong.outer_size.height + 1 if wrong.has_class("-shown") else 0
        self._area.styles.max_height = max(1, self.size.height * 9 // 10 - _OTHERS - reason)

    @property
    def _area(self) -> TextField:
        return self.query_one(TextField)

    @on(TextField.Kept)
    def _keep(self, event: TextField.Kept) -> None:
        if event.text == self._shown:
            self.dismiss(None)
        else:
            self.give(event.text, event.text)

    def action_close(self) -> None:
        """Close without the text; of one that would be lost by that, it is said first."""
        draft = self._area.draft
        if draft not in (self._shown, self._warned_of) and draft.strip() and not self._taking:
            self._warned_of = draft
            self.notify("This is not kept yet. Close once more to do without it.", severity="warning")
        else:
            super().action_close()

    @on(TextField.Outside)
    def _outside(self) -> None:
        in_background(self, "editor", self._edit_outside)

    async def _edit_outside(self) -> None:
        from tui.system.editor import edit

        try:
            self._area.rewrite(await edit(self.app, self._area.draft))
        except SegueError as error:
            self.notify(str(error), severity="warning", markup=False)

    @on(TextField.Copied)
    def _copied(self, event: TextField.Copied) -> None:
        in_background(self, "copy", self._copy, event.text)

    async def _copy(self, text: str) -> None:
        from tui.system.clipboard import copy

        self.notify((await copy(self.app, text)).words, markup=False)
