"""The commands in Textual's palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.app.commands import COMMANDS, Command

if TYPE_CHECKING:
    from tui.app.app import SegueApp


class Commands(Provider):
    """All commands, by title and slash name."""

    @property
    def _segue(self) -> SegueApp:
        return self.app  # type: ignore[return-value]

    def _words(self, command: Command) -> str:
        key = self._segue.key_for(command.key) if command.key else ""
        return f"{command.help}   {key}" if key else command.help

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in COMMANDS:
            run = partial(self._segue.chat.run_command, command.name)
            yield DiscoveryHit(command.title, run, help=self._words(command))

    async def search(self, query: str) -> Hits:
        """The commands that fit."""
        matcher = self.matcher(query)
        for command in COMMANDS:
            score = max(matcher.match(command.title), matcher.match(command.name))
            if score > 0:
                run = partial(self._segue.chat.run_command, command.name)
                yield Hit(score, matcher.highlight(command.title), run, help=self._words(command))
