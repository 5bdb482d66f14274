"""The command palette: every command, found by a few letters of its title or its slash name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui.app.actions import Action
from tui.app.commands import Command
from tui.app.keymap import bind
from tui.app.lists.filtered import Filtered, TitleRow
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.row_list import Row


class Palette(Filtered[str]):
    """Dismissed with the name of a command."""

    PLACEHOLDER = "Type to find a command"
    TAKES = "palette-run"
    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.PALETTE_RUN, "take")]

    def __init__(self, commands: Sequence[Command], key_name: Callable[[Action], str]) -> None:
        """Prepare the palette.

        Args:
            commands: What can be asked for.
            key_name: The key that an action has now.
        """
        super().__init__()
        self._commands = commands
        self._key_name = key_name

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The commands whose title or name fits."""
        found = best_first(self._commands, wanted, lambda command: (command.title, command.name))
        return [self._row(command, wanted) for command in found]

    def _row(self, command: Command, wanted: Filter) -> TitleRow:
        lit = wanted.places(Candidate(command.title))
        pressed = self._key_name(command.key) if command.key else ""
        return TitleRow(command.name, command.title, frozenset(lit), command.help, pressed)

    def take(self, key: Hashable) -> None:
        """Do the command."""
        self.dismiss(str(key))
