"""The commands in Textual's palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.app.commands import COMMANDS, Command
from tui.app.themes import THEMES

if TYPE_CHECKING:
    from tui.app.app import SegueApp

_TITLE = 26
"""Cells for a command's title."""


class Commands(Provider):
    """All commands, by title and slash name."""

    @property
    def _segue(self) -> SegueApp:
        return cast("SegueApp", self.app)

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


class Themes(Provider):
    """All themes, ours first."""

    def _names(self) -> list[str]:
        ours = [theme.name for theme in THEMES]
        return [*ours, *sorted(name for name in self.app.available_themes if name not in ours)]

    def _use(self, name: str) -> Callable[[], None]:
        chat = cast("SegueApp", self.app).chat
        return lambda: chat.run_command("theme", name)

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for name in self._names():
            yield DiscoveryHit(name, self._use(name), name)

    async def search(self, query: str) -> Hits:
        """The themes that fit."""
        matcher = self.matcher(query)
        for name in self._names():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), self._use(name), name)


class Palette(CommandPalette, inherit_css=True):
    """Textual's palette, drawn as a sheet."""

    DEFAULT_CSS = """
    Palette {
        background: $background 72%;
        & > Vertical { width: 88; max-width: 94%; margin-top: 4; }
        #--input, &:ansi #--input { border: none; background: $band; height: 2; padding: 1 2 0 2; }
        SearchIcon { display: none; }
        CommandInput, CommandInput:focus {
            height: 1;
            border: none;
            border-left: wide $accent;
            background: $lift;
            background-tint: transparent;
            color: $strong;
            padding: 0 1;
            & > .input--cursor { background: $accent; color: $background; text-style: none; }
            & > .input--placeholder { color: $dim; }
        }
        CommandList, CommandList:focus {
            border: none;
            background: $band;
            padding: 1 2;
            scrollbar-size: 1 1;
            scrollbar-background: $band;
            scrollbar-background-hover: $band;
            scrollbar-background-active: $band;
            & > .option-list--option { padding: 0 2; color: $soft; text-style: none; }
            & > .option-list--option-highlighted, & > .option-list--option-hover {
                background: $lift;
                color: $strong;
                text-style: none;
            }
        }
        & > .command-palette--help-text { color: $dim; text-style: none; }
        & > .command-palette--highlight { color: $accent; text-style: none; }
        LoadingIndicator { display: none; }
    }
    """
