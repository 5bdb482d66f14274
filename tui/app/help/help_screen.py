"""All keys and commands, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widgets import Input

from tui.app.life import while_alive
from tui.app.lists.field import Field
from tui.app.lists.hints import Hints, key_name
from tui.app.lists.row_list import Row, RowList
from tui.app.lists.sheet import Sheet
from tui.app.theme.ink import Pen
from tui.text import one_line

Entry = tuple[str, str]
"""Keys or a command, and what they do."""
_MOST_FOR_KEYS = 24
_APART = 3
_WIDEST = 86
"""Cells of the list on a wide screen; before it stands, nothing is wrapped narrower."""


@dataclass(frozen=True, slots=True)
class _Title:
    """The name of a section."""

    words: str
    first: bool
    key: Hashable | None = None

    @property
    def height(self) -> int:
        return 1 if self.first else 2

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        line = pen.line([(self.words, pen.ink.dim)])
        return [line] if self.first else [pen.blank(), line]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a section, wrapped."""

    keys: Sequence[str]
    words: Sequence[str]
    width: int
    """Cells for the keys, the same in the whole list."""
    key: Hashable | None = None

    @property
    def height(self) -> int:
        return max(len(self.keys), len(self.words))

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        strips = []
        for keys, words in zip_longest(self.keys, self.words, fillvalue=""):
            space = " " * (self.width - cell_len(keys) + _APART)
            strips.append(pen.line([(keys, pen.ink.strong), (space + words, pen.ink.ink)]))
        return strips


def sections_of(
    groups: Mapping[str, Sequence[type[DOMNode]]], remapped: Mapping[str, str]
) -> dict[str, list[Entry]]:
    """The keys that classes bind, in the order in which they name them.

    What a class inherits is listed with it, unless the base has a place of its own.

    Args:
        groups: Title of a section to widgets, screens, the app.
        remapped: Binding id to keys, as the person set them.
    """
    placed = {node for nodes in groups.values() for node in nodes}
    sections: dict[str, list[Entry]] = {}
    for title, nodes in groups.items():
        entries: dict[str, Entry] = {}
        for base in (base for node in nodes for base in node.__mro__ if base is node or base not in placed):
            for binding in base.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id:
                    entries.setdefault(binding.id, _entry(binding, remapped))
        sections[title] = list(entries.values())
    return sections


def _entry(binding: Binding, remapped: Mapping[str, str]) -> Entry:
    keys = remapped.get(binding.id or "") or binding.key
    names = dict.fromkeys(key_name(key.strip()) for key in keys.split(","))
    return ", ".join(names), binding.tooltip or binding.description


class HelpScreen(Sheet[None]):
    """Sections of keys or commands; a filter finds words in them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f1", "close", "close", show=False, id="help-close", tooltip="Close this list"),
        Binding("up", "move(-1)", "scroll", key_display="↑↓", id="list-up", tooltip="A line up"),
    ]

    def __init__(self, sections: Mapping[str, Sequence[Entry]]) -> None:
        """Prepare the list.

        Args:
            sections: Title to entries, in the order to show.
        """
        super().__init__()
        self._sections = {
            one_line(title): [(one_line(keys), one_line(words)) for keys, words in entries]
            for title, entries in sections.items()
        }
        widths = [len(keys) for entries in self._sections.values() for keys, _ in entries]
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
        self.rows.show(list(self._rows((self._query or "").casefold().split())))
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
            texts = [(f"{title} {keys} {what}".casefold(), keys, what) for keys, what in entries]
            fitting = [(keys, what) for text, keys, what in texts if all(word in text for word in words)]
            if fitting:
                yield _Title(title, first)
                first = False
                yield from (self._wrapped(keys, what) for keys, what in fitting)
        if first:
            yield _Title("Nothing fits.", first)

    def _wrapped(self, keys: str, words: str) -> _Entry:
        width = self.rows.scrollable_content_region.width or _WIDEST
        room = width - 5 - self._width - _APART
        return _Entry(wrap(keys, self._width), wrap(words, max(20, room)), self._width)

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
