"""The commands that the typed slash may become, above the composer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from tui.app.commands import Command, completions
from tui.app.widgets.ink import Pen
from tui.app.widgets.row_list import Row, RowList

_NAME = 12
_ARGUMENT = 18


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command: its name, its argument, what it does."""

    command: Command
    height: int = 1

    @property
    def key(self) -> str:
        """The command's name."""
        return self.command.name

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line, tinted and railed if it is the chosen one."""
        mine = chosen is self
        pen = replace(pen, width=pen.width + 1)  # the menu has no scroll bar: its last cell is ours
        command = self.command
        parts = [
            (f"{'/' + command.name:<{_NAME}}", pen.ink.strong if mine else pen.ink.soft),
            (f"{command.argument:<{_ARGUMENT}}", pen.ink.dim),
            (" ", Style.null()),
            (command.help, pen.ink.dim),
        ]
        return [pen.line(parts, tinted=mine, railed=mine)]


class SlashMenu(RowList):
    """Shown while the draft is the beginning of a command. The composer keeps the focus."""

    DEFAULT_CSS = """
    SlashMenu { display: none; max-height: 8; background: $band; scrollbar-size: 0 0; }
    SlashMenu.-open { display: block; }
    """

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are commands: the menu ends right above the composer."""
        return self.lines

    def offer(self, draft: str) -> None:
        """Show what ``draft`` may become, or hide."""
        rows = [CommandRow(command) for command in completions(draft)] if draft.startswith("/") else []
        self.set_class(bool(rows), "-open")
        if rows:
            self.show(rows)

    def close(self) -> None:
        """Hide until the draft changes."""
        self.remove_class("-open")

    @property
    def is_open(self) -> bool:
        """Whether commands are shown."""
        return self.has_class("-open")

    @property
    def command(self) -> Command | None:
        """The chosen command."""
        row = self.chosen
        return row.command if self.is_open and isinstance(row, CommandRow) else None
