"""A text of lines to write: a system prompt."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from tui.app.background import in_background
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.app.lists.text_field import TextField
from tui.errors import SegueError
from tui.text import clean

_OTHERS = 6
"""Lines of title, keys, and the space around them."""


class AskText(Sheet[str]):
    """Asks for a text; dismissed with it, or with None if it is as it was. The empty text is an answer."""

    AUTO_FOCUS: ClassVar[str] = "TextField"
    DEFAULT_CSS = """
    AskText #title { margin: 0 4 1 4; }
    """

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self._title = clean(title)
        self._text = text

    def compose_sheet(self) -> ComposeResult:
        """What is asked, and the text."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
        yield TextField()
        yield Hints("send", "newline", "editor", "list-close")

    def on_mount(self) -> None:
        """Show the text as it is."""
        self._area.show(self._text)
        self._shown = self._area.draft

    def on_resize(self, event: events.Resize) -> None:
        """Give the text what title and keys leave of nine tenths of the screen."""
        self._area.styles.max_height = max(1, event.size.height * 9 // 10 - _OTHERS)

    @property
    def _area(self) -> TextField:
        return self.query_one(TextField)

    @on(TextField.Kept)
    def _keep(self, event: TextField.Kept) -> None:
        self.dismiss(None if event.text == self._shown else event.text)

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
