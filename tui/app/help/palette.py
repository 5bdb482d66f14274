"""The command palette: every command, found by a few letters of its title or its slash name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.commands import Command
from tui.app.keymap import bind
from tui.app.lists.filtered import Filtered
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.row_list import Row
from tui.app.theme.ink import Part, Pen

_TITLE = 24
"""Cells for a command's title."""
_FEWEST = 14
"""Cells in which its words can say something."""


@dataclass(frozen=True, slots=True)
class TitleRow:
    """A title whose found letters are lit, what it means, and the key that does the same."""

    key: Hashable
    title: str
    lit: frozenset[int]
    words: str = ""
    pressed: str = ""
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        ink, mine = pen.ink, chosen is self
        plain = ink.strong if mine else ink.ink
        left: list[Part] = [
            (letter, ink.accent if place in self.lit else plain) for place, letter in enumerate(self.title)
        ]
        if self.words and pen.text_width - _TITLE - len(self.pressed) >= _FEWEST:
            left.append((" " * max(3, _TITLE - len(self.title)) + self.words, ink.dim))
        return [pen.line(left, [(self.pressed, ink.soft)] if self.pressed else [], tinted=mine, railed=mine)]


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
