"""The command palette: every command, found by a few letters of its title or its slash name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.commands import Command
from tui.app.lists.filtered import Filtered
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.hints import key_name
from tui.app.lists.row_list import Row
from tui.app.lists.title_row import TitleRow


class Palette(Filtered[str]):
    """Dismissed with the name of a command."""

    PLACEHOLDER = "Type to find a command"
    TAKES = "palette-run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "do it", id="palette-run", tooltip="Do this")
    ]

    def __init__(self, commands: Sequence[Command], key_for: Callable[[str], str]) -> None:
        """Prepare the palette.

        Args:
            commands: What can be asked for.
            key_for: The key that is bound to an id now.
        """
        super().__init__()
        self._commands = commands
        self._key_for = key_for

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The commands whose title or name fits."""
        found = best_first(self._commands, wanted, lambda command: (command.title, command.name))
        return [self._row(command, wanted) for command in found]

    def _row(self, command: Command, wanted: Filter) -> TitleRow:
        lit = wanted.places(Candidate(command.title))
        pressed = key_name(self._key_for(command.key)) if command.key else ""
        return TitleRow(command.name, command.title, frozenset(lit), command.help, pressed)

    def take(self, key: Hashable) -> None:
        """Do the command."""
        self.dismiss(str(key))
