"""Saving a block of code: under which name, and whether what is there is written over."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.lists.field import LoneField
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.engine.exporting import place_of, save_text, suggested_name
from tui.errors import SegueError
from tui.text import clean


class SaveSheet(Sheet[bool]):
    """Asks for the name of a file; dismissed with True when it is written."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.FILE_SAVE, "save")]
    DEFAULT_CSS = """
    SaveSheet #title { margin: 0 4 1 4; }
    SaveSheet #trouble { margin: 1 4 0 4; display: none; }
    SaveSheet #trouble.-filled { display: block; }
    SaveSheet Field, SaveSheet Field:focus { margin: 0 2; }
    """

    def __init__(self, code: str, language: str = "") -> None:
        """Prepare the question.

        Args:
            code: What is saved.
            language: Its language, which gives the name an ending.
        """
        super().__init__()
        self._code = f"{code}\n"  # the last line's end is no part of a block
        self._suggested = suggested_name(language)
        self._over = ""
        """The name of a file that is there, and which the next Enter writes over."""

    def compose_sheet(self) -> ComposeResult:
        """What is asked, the field, what is wrong with the name."""
        lines = self._code.count("\n")
        words = f"Save {lines:,} {'line' if lines == 1 else 'lines'} of code"
        yield Static(words, id="title", classes="words dim", markup=False)
        yield LoneField(self._suggested, "the name of a file")
        yield Static(id="trouble", classes="words", markup=False)
        yield Hints("file-save", "list-close")

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.field.value.strip() != self._over:
            self._say("")

    def _say(self, words: str, over: str = "") -> None:
        """Say what is wrong; if ``over`` is given, that the next Enter writes over it."""
        self._over = over
        trouble = self.query_one("#trouble", Static)
        trouble.update(clean(words))
        trouble.set_class(bool(words), "-filled")
        self.query_one(Hints).show("file-save", "list-close", file_save="write over it" if over else "save")

    def action_save(self) -> None:
        """Write the file; one that is there is written over by a second Enter alone."""
        in_background(self, "save", self._save, self.field.value.strip(), exclusive=True)

    async def _save(self, name: str) -> None:
        try:
            target = place_of(name or self._suggested, self._suggested)
            over = bool(name) and name == self._over
            if not over and await asyncio.to_thread(target.exists):
                self._say(f"{target} is there already.", over=name)
                return
            await asyncio.to_thread(save_text, self._code, target, over=over)
        except SegueError as error:
            self._say(str(error))
            return
        self.dismiss(True)
        self.app.notify(f"Saved to {target}", markup=False)
