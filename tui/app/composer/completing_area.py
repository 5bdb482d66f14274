"""A draft that is completed as it is typed: commands after a slash, paths, models."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.composer.draft_area import DraftArea
from tui.app.keymap import bind
from tui.text import clean, one_line

if TYPE_CHECKING:
    from tui.app.commands import Command
    from tui.app.composer.path_completion import Candidate, TypedPath
    from tui.app.composer.slash_menu import SlashMenu


class CompletingArea(DraftArea):
    """A draft, and the menu above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.COMPLETE, "complete"),
    ]

    @dataclass
    class Commanded(Message):
        """A slash command."""

        name: str
        argument: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.menu: SlashMenu | None = None
        """The menu above, once it is there."""
        self.saved: Callable[[], Sequence[Command]] = tuple
        """The prompts that are kept as files, once that is known."""
        self._closed_at: str | None = None
        """The text for which the menu was closed."""

    @property
    def open_menu(self) -> SlashMenu | None:
        """The menu, while it is shown."""
        return self.menu if self.menu is not None and self.menu.is_open else None

    def offer_completions(self) -> None:
        """Show what the text may become."""
        if self.text != self._closed_at:
            self._closed_at = None
        if self._typed_path is not None:
            in_background(self, "paths", self.offer_paths, exclusive=True)
        elif self.menu is not None:
            self.menu.offer(self.text)

    async def action_complete(self) -> None:
        """Attach what is offered, or complete the chosen command or path."""
        if self.offered:
            self.attach_offered()
            return
        await self.offer_paths()
        if self.complete_path() is not None or self.complete_model():
            return
        menu = self.open_menu
        command = menu.command if menu else None
        if command is None:
            raise SkipAction()
        self.show(f"/{command.name} " if command.argument else f"/{command.name}")

    def action_choose(self, step: int) -> None:
        """Choose another command of the open menu."""
        if self.menu is not None:
            self.menu.move(step)

    def action_close_menu(self) -> None:
        """Close the menu; the draft stays."""
        if self.menu is not None:
            self._closed_at = self.text
            self.menu.close()

    # -- paths
    @property
    def _typed_path(self) -> TypedPath | None:
        from tui.app.composer.path_completion import typed_path  # after the first paint

        row, column = self.cursor_location
        return typed_path(self.document[row][:column]) if row == 0 or self.text[:1] != "/" else None

    async def offer_paths(self) -> None:
        """Show what the path at the caret may become; a folder that takes too long is not waited for."""
        typed = self._typed_path
        if self.menu is None or typed is None or self.text == self._closed_at:
            return
        from tui.app.composer.path_completion import candidates
        from tui.engine.typed_paths import PATIENCE

        try:
            async with asyncio.timeout(PATIENCE):
                found = await asyncio.to_thread(candidates, typed)
        except TimeoutError:
            found = []
        if self._typed_path == typed:
            self.menu.offer_paths(found)

    def complete_path(self) -> Candidate | None:
        """Complete the path at the caret; a file after ``@`` is attached. Returns what was chosen."""
        menu, typed = self.open_menu, self._typed_path
        chosen = menu.path if menu else None
        if chosen is None or typed is None:
            return None
        from tui.engine.typed_paths import quoted

        row, column = self.cursor_location
        start, end = (row, typed.start), (row, column)
        at = "@" if typed.mention else ""
        if chosen.folder:
            path = quoted(f"{chosen.path}{os.sep}")
            self.replace(at + path.removesuffix('"'), start, end)
        elif typed.mention:
            self.replace(one_line(chosen.name), start, end)
            self.post_message(self.Commanded("attach", quoted(chosen.path)))
        elif clean(chosen.path) != chosen.path:  # its name can't be written: it is attached at once
            self.delete(start, end)
            self.post_message(self.Commanded("attach", quoted(chosen.path)))
        else:
            self.replace(quoted(chosen.path), start, end)
        return chosen

    def complete_model(self) -> bool:
        """Complete the model at the end of a command. Returns whether one was offered."""
        from tui.app.composer.model_completion import typed_model

        model, typed = self.menu.model if self.menu else None, typed_model(self.text)
        if model is None or typed is None:
            return False
        self.show(f"{self.text[: typed.start]}{model}")
        return True
