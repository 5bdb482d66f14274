"""The commands in Textual's palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.app.commands import COMMANDS, Command

if TYPE_CHECKING:
    from tui.app.app import SegueApp

_TITLE = 26
"""Cells for a command's title."""


class Commands(Provider):
    """All commands, by title and slash name."""

    @property
    def _segue(self) -> SegueApp:
        return self.app  # type: ignore[return-value]

    def _line(self, title: Content, command: Command) -> Content:
        key = self._segue.key_for(command.key) if command.key else ""
        words = f"{command.help}   {key}" if key else command.help
        space = " " * max(3, _TITLE - title.cell_length)
        return Content.assemble(title, space, (words, "$dim"))

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in COMMANDS:
            run = partial(self._segue.chat.run_command, command.name)
            yield DiscoveryHit(self._line(Content(command.title), command), run, command.title)

    async def search(self, query: str) -> Hits:
        """The commands that fit."""
        matcher = self.matcher(query)
        for command in COMMANDS:
            score = max(matcher.match(command.title), matcher.match(command.name))
            if score > 0:
                run = partial(self._segue.chat.run_command, command.name)
                title = matcher.highlight(command.title)
                yield Hit(score, self._line(title, command), run, command.title)
