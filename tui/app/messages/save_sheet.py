"""Saving a block of code or a picture: under which name, and whether what is there is written over."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
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
from tui.chat.attachment import size_words
from tui.engine.exporting import place_of, save_picture_to, save_text, suggested_name
from tui.errors import SegueError
from tui.text import clean


class FileSheet(Sheet[bool]):
    """Asks for the name of a file; dismissed with True when it is written."""

    WRITES_OVER: ClassVar[bool] = False
    """Whether a second Enter writes over a file that is there."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.FILE_SAVE, "save")]
    DEFAULT_CSS = """
    FileSheet #title { margin: 0 4 1 4; }
    FileSheet #trouble { margin: 1 4 0 4; display: none; }
    FileSheet #trouble.-filled { display: block; }
    FileSheet Field, FileSheet Field:focus { margin: 0 2; }
    """

    def __init__(self, words: str, suggested: str) -> None:
        """Prepare the question.

        Args:
            words: What is saved.
            suggested: A name for it.
        """
        super().__init__()
        self._title = words
        self._suggested = suggested
        self._over = ""
        """The name of a file that is there, and which the next Enter writes over."""

    def compose_sheet(self) -> ComposeResult:
        """What is asked, the field, what is wrong with the name."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
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
            if not over and await asyncio.to_thread(os.path.lexists, target):
                self._say(f"{target} is there already.", over=name if self.WRITES_OVER else "")
                return
            await asyncio.to_thread(self.write, target, over=over)
        except SegueError as error:
            self._say(str(error))
            return
        self.dismiss(True)
        self.app.notify(f"Saved to {target}", markup=False)

    def write(self, target: Path, *, over: bool) -> None:
        """Write the file, in a thread.

        Args:
            target: Which.
            over: Whether one that is there is written over.

        Raises:
            SegueError: It can't be written.
        """
        raise NotImplementedError


class SaveSheet(FileSheet):
    """Saves a block of code."""

    WRITES_OVER = True

    def __init__(self, code: str, language: str = "") -> None:
        """Prepare the question.

        Args:
            code: What is saved.
            language: Its language, which gives the name an ending.
        """
        self._code = f"{code}\n"  # the last line's end is no part of a block
        lines = self._code.count("\n")
        super().__init__(
            f"Save {lines:,} {'line' if lines == 1 else 'lines'} of code", suggested_name(language)
        )

    def write(self, target: Path, *, over: bool) -> None:
        """See ``FileSheet``."""
        save_text(self._code, target, over=over)


class SavePicture(FileSheet):
    """Saves a picture, never over a file: it is not made again."""

    def __init__(self, data: bytes, suggested: str) -> None:
        """Prepare the question.

        Args:
            data: What it contains.
            suggested: A name for it.
        """
        self._data = data
        super().__init__(f"Save a picture of {size_words(len(data))}", suggested)

    def write(self, target: Path, *, over: bool) -> None:
        """See ``FileSheet``."""
        save_picture_to(self._data, target)
