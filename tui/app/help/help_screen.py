"""All keys and commands, made from their tables."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import ClassVar, NamedTuple

from msgspec import Struct
from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.widgets import Input

from tui.app.actions import SCROLLING, Action, Scope
from tui.app.commands import COMMANDS
from tui.app.keymap import Keys, bind
from tui.app.life import while_alive
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Heading, Row, RowList
from tui.app.lists.sheet import Sheet
from tui.app.theme.ink import Pen
from tui.nearest import nearest
from tui.rendering.spans import Span
from tui.text import one_line

_MOST_FOR_KEYS = 24
_MOST_NEAR = 8
_MOST_WORDS = 8
"""More of them are a paste, and no search."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_GAP = 3
_WIDEST = 86
"""Cells of the list on a wide screen; before it stands, nothing is wrapped narrower."""


class Entry(NamedTuple):
    """One line of the list."""

    keys: str
    """Keys or a command."""
    words: str
    """What they do."""
    name: str = ""
    """The name by which the keys can be set."""


class _Entry(Struct, frozen=True):
    """One entry of a section, wrapped."""

    keys: Sequence[str]
    words: Sequence[str]
    name: str
    """Stands at the end of the last line, or below it where it has no room there."""
    width: int
    """Cells for the keys, the same in the whole list."""
    room: int
    """Cells for the words."""
    key: Hashable | None = None

    @property
    def height(self) -> int:
        return max(len(self.keys), len(self._lines))

    @property
    def _lines(self) -> Sequence[str]:
        last = self.words[-1] if self.words else ""
        below = self.name and cell_len(last) + _GAP + cell_len(self.name) > self.room
        return [*self.words, ""] if below else self.words

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        strips = []
        last = len(self._lines) - 1
        for row, (keys, words) in enumerate(zip_longest(self.keys, self._lines, fillvalue="")):
            space = " " * (self.width - cell_len(keys) + _GAP)
            name = [Span(self.name, pen.ink.dim)] if row == last else []
            strips.append(pen.line([Span(keys, pen.ink.strong), Span(space + words, pen.ink.ink)], name))
        return strips


def sections_of(keys: Keys, scopes: Iterable[Scope] = Scope) -> dict[str, list[Entry]]:
    """The actions by where their keys work, in the order of the table.

    Args:
        keys: As they are bound now.
        scopes: Which of the scopes to list.
    """
    return {
        scope.value: [Entry(keys.names(a), a.help, a) for a in Action if a.scope is scope] for scope in scopes
    }


def all_sections(keys: Keys, vim: Iterable[tuple[str, str]] = ()) -> dict[str, list[Entry]]:
    """All keys and commands.

    Args:
        keys: As they are bound now.
        vim: Vim's keys, if they are used.
    """
    reading, own = [Entry(*row) for row in SCROLLING], [Entry(*row) for row in vim]
    commands = [Entry(command.form, command.help) for command in COMMANDS]
    return {
        "Reading": reading,
        **({"Vim": own} if own else {}),
        **sections_of(keys),
        "Commands": commands,
    }


class HelpScreen(Sheet[None]):
    """Sections of keys or commands; a filter finds words in them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.HELP_CLOSE, "close"),
        bind(Action.LIST_UP, "move(-1)", words="scroll", help="A line up"),
    ]

    def __init__(self, sections: Mapping[str, Sequence[Entry]]) -> None:
        """Prepare the list.

        Args:
            sections: Title to entries, in the order to show.
        """
        super().__init__()
        self._sections = {
            one_line(title): [Entry(*map(one_line, entry)) for entry in entries]
            for title, entries in sections.items()
        }
        widths = [len(entry.keys) for entries in self._sections.values() for entry in entries]
        self._width = min(_MOST_FOR_KEYS, max(widths, default=0))
        self._query: str | None = None

    def compose_sheet(self) -> ComposeResult:
        """Field, list, keys."""
        yield Field(placeholder="Type to find a key or a command")
        yield RowList()
        yield Hints("list-up", "list-close")

    def on_mount(self) -> None:
        """Show all."""
        self.sync()

    def sync(self) -> None:
        """Show what fits the filter."""
        if self._query != self.field.value:
            self._query = self.field.value
            self._show()

    def _show(self) -> None:
        words = dict.fromkeys((self._query or "").casefold().split())
        self.rows.show(list(self._rows([*words][:_MOST_WORDS])))
        self.rows.scroll_home(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        super().on_resize(event)
        self.call_after_refresh(while_alive(self, self._show))

    @on(Input.Changed)
    def _typed(self) -> None:
        self.sync()

    def _rows(self, words: Sequence[str]) -> Iterable[Row]:
        first = True
        for title, entries in self._sections.items():
            texts = [(" ".join((title, *entry)).casefold(), entry) for entry in entries]
            fitting = [entry for text, entry in texts if all(word in text for word in words)]
            if fitting:
                yield Heading(title, first)
                first = False
                yield from map(self._wrapped, fitting)
        if first:
            yield from self._near(words)

    def _near(self, words: Sequence[str]) -> Iterable[Row]:
        """What is there for words that nothing has together: for each alone, or for one that is like it."""
        texts = [
            (" ".join((title, *entry)).casefold(), entry)
            for title, entries in self._sections.items()
            for entry in entries
        ]
        known = {word for text, _ in texts for word in _WORD.findall(text)}
        meant = {word for typed in words for word in nearest(typed, known, most=2)} | set(words)
        near = [entry for text, entry in texts if any(word in text for word in meant)]
        yield Heading("Nothing fits." + (" Near to it:" if near else ""), True)
        yield from map(self._wrapped, near[:_MOST_NEAR])

    def _wrapped(self, entry: Entry) -> _Entry:
        width = self.rows.scrollable_content_region.width or _WIDEST
        room = max(20, width - 5 - self._width - _GAP)
        keys, words = wrap(entry.keys, self._width), wrap(entry.words, room)
        return _Entry(keys, words, entry.name, self._width, room)

    # Nothing is chosen here: the keys that choose elsewhere scroll.
    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.rows.scroll_relative(y=step, animate=False)

    def action_page(self, direction: int) -> None:
        """Scroll a screen."""
        self.rows.scroll_relative(y=direction * (self.rows.size.height - 1), animate=False)

    def action_first(self) -> None:
        """Scroll to the begin."""
        self.rows.scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the end."""
        self.rows.scroll_end(animate=False)
