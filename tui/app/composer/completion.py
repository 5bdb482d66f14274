"""What a draft may become while it is typed: commands after a slash, paths, models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.app.background import in_background
from tui.app.composer.above import part_above
from tui.text import clean, one_line

if TYPE_CHECKING:
    from tui.app.commands import Command
    from tui.app.composer.candidates import Candidate, Models, TypedPath
    from tui.app.composer.served import Served
    from tui.app.composer.slash_menu import SlashMenu
    from tui.app.lists.writing_area import WritingArea


class Completion:
    """Completes the draft in an area, with the menu above it."""

    def __init__(
        self,
        area: WritingArea,
        attach: Callable[[str], None],
        saved: Callable[[], Sequence[Command]],
    ) -> None:
        """Begin without a menu.

        Args:
            area: Where the draft is written.
            attach: Attaches the file at a path, as it would be typed.
            saved: The prompts that are kept as files, as far as they are known.
        """
        self._area = area
        self._attach = attach
        self._saved = saved
        self.menu: SlashMenu | None = None
        """The menu above, once anything was offered."""
        self.models: Models = tuple
        """The models that there are, once that is known."""
        self.served: Served | None = None
        """What servers offer, once they are known."""
        self._closed_at: str | None = None
        """The text for which the menu was closed."""
        self._offered_at: str | None = None
        """The text for which it is known what it may become."""
        self._asked_at: str | None = None
        """The text for which a server is asked what it has."""

    @property
    def open_menu(self) -> SlashMenu | None:
        """The menu, while it is shown."""
        return self.menu if self.menu is not None and self.menu.is_open else None

    @property
    def may_offer(self) -> bool:
        """Whether the menu is shown, or is about to be: it isn't known yet what the text may become."""
        if self.open_menu is not None:
            return True
        text = self._area.text
        if text == self._closed_at:
            return False
        if text == self._asked_at:
            return True
        if text == self._offered_at:
            return False
        return text.startswith("/") or self._typed_path is not None

    def offer(self) -> None:
        """Show what the text may become."""
        text = self._area.text
        if text == self._closed_at:
            return
        self._closed_at = None
        typed = self._typed_path
        if typed is not None:
            in_background(self._area, "paths", self.offer_paths, exclusive=True)
        else:
            self._offered_at = text
            self._offer(text)
        if self.served is not None and (typed is not None or text.startswith("/")):
            in_background(self._area, "served", self._ask, typed.text if typed else text, exclusive=True)

    async def _ask(self, text: str) -> None:
        """Ask a server that is named what it has, and show that; keys go on meanwhile."""
        if self.served is None or not self.served.named(text):
            return
        draft = self._asked_at = self._area.text
        try:
            news = await self.served.ask(text)
        finally:
            self._asked_at = None if self._asked_at == draft else self._asked_at
        if not news or self._area.text == self._closed_at:
            return
        if self._typed_path is not None:
            await self.offer_paths()
        else:
            self._offer(self._area.text)

    def _offer(self, text: str) -> None:
        if self.menu is not None or text.startswith("/"):
            self._made_menu().offer(text)

    def _made_menu(self) -> SlashMenu:
        if self.menu is None:
            from tui.app.composer.slash_menu import SlashMenu

            self.menu = part_above(self._area, SlashMenu, "menu")
            self.menu.models = lambda: self.models()
            self.menu.saved = self._saved
            self.menu.served = self._served
        return self.menu

    def _served(self, draft: str) -> Sequence[Command]:
        return self.served.commands(draft) if self.served is not None else ()

    async def complete(self) -> bool:
        """Complete the chosen path, model or command. Returns whether one was offered."""
        await self.offer_paths()
        if self.complete_path() is not None or self.complete_model():
            return True
        menu = self.open_menu
        command = menu.command if menu else None
        if command is not None:
            self._area.show(f"/{command.name} " if command.argument else f"/{command.name}")
        return command is not None

    def choose(self, step: int) -> None:
        """Choose another row of the menu."""
        if self.menu is not None:
            self.menu.move(step)

    def close(self) -> None:
        """Close the menu, also one that is about to open, until the draft changes."""
        self._closed_at = self._area.text
        if self.menu is not None:
            self.menu.close()

    # -- paths
    @property
    def _typed_path(self) -> TypedPath | None:
        area = self._area
        row, column = area.cursor_location
        before, command = area.document[row][:column], area.text[:1] == "/"
        if (command and row > 0) or not (command or "@" in before):
            return None
        from tui.app.composer.candidates import typed_path  # here, since most prompts name no file

        return typed_path(before)

    async def offer_paths(self) -> None:
        """Show what the path at the caret may become; a folder that takes too long is not waited for."""
        typed = self._typed_path
        if typed is None or self._area.text == self._closed_at:
            return
        from tui.app.composer.candidates import path_candidates
        from tui.engine.attaching import PATIENCE

        try:
            async with asyncio.timeout(PATIENCE):
                found = await asyncio.to_thread(path_candidates, typed)
        except TimeoutError:
            found = []
        if self._typed_path == typed and self._area.text != self._closed_at:
            served = self.served.candidates(typed) if self.served is not None else []
            self._offered_at = self._area.text
            self._made_menu().offer_paths([*served, *found] if not typed.text else [*found, *served])

    def complete_path(self) -> Candidate | None:
        """Complete the path at the caret; a file after ``@`` is attached. Returns what was chosen."""
        menu, typed = self.open_menu, self._typed_path
        chosen = menu.path if menu else None
        if chosen is None or typed is None:
            return None
        from tui.engine.attaching import quoted

        row, column = self._area.cursor_location
        start, end = (row, typed.start), (row, column)
        at = "@" if typed.mention else ""
        if chosen.goes_on:
            path = quoted(chosen.path)
            self._area.replace(at + path.removesuffix('"'), start, end)
        elif typed.mention:
            self._area.replace(one_line(chosen.name), start, end)
            self._attach(quoted(chosen.path))
        elif clean(chosen.path) != chosen.path:  # its name can't be written: it is attached at once
            self._area.delete(start, end)
            self._attach(quoted(chosen.path))
        else:
            self._area.replace(quoted(chosen.path), start, end)
        return chosen

    def complete_model(self) -> bool:
        """Complete the model at the end of a command. Returns whether one was offered."""
        from tui.app.composer.candidates import typed_model

        model, typed = self.menu.model if self.menu else None, typed_model(self._area.text)
        if model is None or typed is None:
            return False
        self._area.show(f"{self._area.text[: typed.start]}{model}")
        return True
