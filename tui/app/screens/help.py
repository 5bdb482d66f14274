"""All keys and commands, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widgets import Input

from tui.app.keymap import bindings_of
from tui.app.widgets.field import Field
from tui.app.widgets.hints import Hints, key_name
from tui.app.widgets.ink import Pen, cut, width_of
from tui.app.widgets.row_list import Row, RowList
from tui.app.widgets.sheet import Sheet
from tui.text import one_line

Entry = tuple[str, str]
"""Keys or a command, and what they do."""
_MOST_FOR_KEYS = 24


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
    """One line of a section."""

    keys: str
    words: str
    width: int
    """Cells for the keys, the same in the whole list."""
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        keys = cut([(self.keys, pen.ink.strong)], self.width)
        space = " " * (self.width - width_of(keys) + 3)
        return [pen.line([*keys, (space + self.words, pen.ink.ink)])]


def keys_of(nodes: Iterable[type[DOMNode]], remapped: Mapping[str, str]) -> list[Entry]:
    """The keys that classes bind, in the order in which they name them.

    Args:
        nodes: Widgets, screens, the app.
        remapped: Binding id to keys, as the person set them.
    """
    entries: dict[str, Entry] = {}
    for node in nodes:
        for binding in bindings_of(node):
            assert binding.id
            keys = remapped.get(binding.id) or binding.key
            names = "  ".join(dict.fromkeys(key_name(key.strip()) for key in keys.split(",")))
            entries.setdefault(binding.id, (names, binding.tooltip or binding.description))
    return list(entries.values())


class HelpScreen(Sheet[None]):
    """Sections of keys or commands; a filter finds words in them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f1", "close", "close", show=False, id="help-close", tooltip="Close this list")
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
        yield Hints("list-down", "list-close")

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(Hints).show("list-up", "list-down", "list-close", list_down="scroll")
        self.sync()

    def sync(self) -> None:
        """Show what fits the filter."""
        if self._query != self.field.value:
            self._query = self.field.value
            self.rows.show(list(self._rows(self._query.casefold().split())))
            self.rows.scroll_home(animate=False)

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
                yield from (_Entry(keys, what, self._width) for keys, what in fitting)
        if first:
            yield _Title("Nothing fits.", first)

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
