"""What is typed may become: commands after a slash, files, models. The menu above the composer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.app.commands import COMMANDS, Command, completions
from tui.app.composer.candidates import Candidate, Models, model_candidates, typed_model
from tui.app.lists.row_list import Row, RowList
from tui.app.theme.ink import Pen
from tui.chat.model import split_id
from tui.rendering.spans import Span
from tui.text import one_line

_MOST = 8
"""Commands that are seen at once; fewer where the page has less room."""
_LEFT = 2
"""Rows of the conversation that stay free."""
_NAME = 12
_ARGUMENT = 18


def _line(
    pen: Pen, left: Sequence[Span[Style]], right: Sequence[Span[Style]] = (), *, chosen: bool
) -> Sequence[Strip]:
    """One line, tinted and railed if it is the chosen one."""
    pen = replace(pen, width=pen.width + 1)  # the menu has no scroll bar: its last cell is ours
    return [pen.line(left, right, tinted=chosen, railed=chosen)]


def _rows_of(part: Widget) -> int:
    """The rows of a part of the page; the title fills it before there is a transcript, and has but one."""
    if part.id == "title":
        return part.gutter.height + 1
    return part.outer_size.height


class CommandRow(Struct, frozen=True):
    """One command: its name, its argument, what it does."""

    command: Command
    height: int = 1

    @property
    def key(self) -> str:
        """The command's name."""
        return self.command.name

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Its line."""
        command, mine = self.command, chosen is self
        parts = [
            Span(f"{'/' + command.name:<{_NAME - 1}} ", pen.ink.strong if mine else pen.ink.soft),
            Span(f"{command.argument:<{_ARGUMENT}}", pen.ink.dim),
            Span(" ", Style.null()),
            Span(command.help, pen.ink.dim),
        ]
        return _line(pen, parts, chosen=mine)


class PathRow(Struct, frozen=True):
    """One entry of a folder, or what a server has: its name, and its size or what it is at the right."""

    candidate: Candidate
    height: int = 1

    @property
    def key(self) -> str:
        """The path."""
        return self.candidate.path

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Its line."""
        found, mine = self.candidate, chosen is self
        left = [Span(one_line(found.name), pen.ink.strong if mine else pen.ink.soft)]
        right = [Span(found.about, pen.ink.dim)] if found.about else []
        return _line(pen, left, right, chosen=mine)


class ModelNameRow(Struct, frozen=True):
    """One model: its provider and its name."""

    model_id: str
    height: int = 1

    @property
    def key(self) -> str:
        """The model's id."""
        return self.model_id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """Its line."""
        mine = chosen is self
        provider, name = (one_line(part, 100) for part in split_id(self.model_id))
        left = [Span(f"{provider}/", pen.ink.dim), Span(name, pen.ink.strong if mine else pen.ink.soft)]
        return _line(pen, left, chosen=mine)


class SlashMenu(RowList):
    """Shown while a command, a path or a model is typed. The composer keeps the focus."""

    DEFAULT_CSS = """
    SlashMenu { display: none; background: $band; scrollbar-size: 0 0; }
    SlashMenu.-open { display: block; }
    """
    models: Models = staticmethod(tuple)
    """The models that there are, once that is known."""
    saved: Callable[[], Sequence[Command]] = staticmethod(tuple)
    """The prompts that are kept as files, once that is known."""
    served: Callable[[str], Sequence[Command]] = staticmethod(lambda draft: ())
    """The prompts of servers that a draft may become, and the servers, once these are known."""
    _commands: Sequence[Command] = COMMANDS
    pointed = False
    """The person has gone to a row: Enter takes it."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are commands and room: the menu ends right above the composer."""
        return max(1, min(self.lines, _MOST, viewport.height - self._taken - _LEFT))

    @property
    def _taken(self) -> int:
        """Rows of the page that the other parts take, but for the conversation and what lies at an edge."""
        column = self.parent
        if not isinstance(column, Widget) or not isinstance(column.parent, Widget):
            return 0
        parts = [part for part in column.parent.children if part is not column and part.id != "transcript"]
        below = [part for part in column.children if part is not self]
        rows = sum(_rows_of(part) for part in (*parts, *below) if not part.styles.is_docked)
        return rows + column.gutter.height

    def offer(self, draft: str) -> None:
        """Show the commands that ``draft`` may become, or the models at its end, or hide."""
        typed = typed_model(draft)
        if typed is not None:
            self._offer([ModelNameRow(model_id) for model_id in model_candidates(typed, self.models)])
        else:
            self._offer([CommandRow(command) for command in self._commands_of(draft)])

    def _commands_of(self, draft: str) -> list[Command]:
        if not draft.startswith("/"):
            return []
        if not self.is_open:  # files are looked at once, not for each letter
            self._commands = (*COMMANDS, *self.saved())
        return [*completions(draft, self._commands), *self.served(draft)]

    def offer_paths(self, candidates: Sequence[Candidate]) -> None:
        """Show the files and folders that a path may become, or hide."""
        self._offer([PathRow(candidate) for candidate in candidates])

    def _offer(self, rows: Sequence[Row]) -> None:
        self.set_class(bool(rows), "-open")
        self.pointed = self.pointed and rows == self.rows
        if rows and rows != self.rows:  # the chosen one stays while nothing changes
            self.show(rows)

    def move(self, step: int) -> None:
        """Choose the row ``step`` places on."""
        super().move(step)
        self.pointed = True

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

    @property
    def path(self) -> Candidate | None:
        """The chosen file or folder."""
        row = self.chosen
        return row.candidate if self.is_open and isinstance(row, PathRow) else None

    @property
    def model(self) -> str | None:
        """The chosen model."""
        row = self.chosen
        return row.model_id if self.is_open and isinstance(row, ModelNameRow) else None
