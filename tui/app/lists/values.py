"""The sheets in which a setting gets its value: one of several, or a line that is checked first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.field import LoneField
from tui.app.lists.filtered import Filtered, TitleRow
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row
from tui.app.lists.taking import Take, Taking
from tui.text import clean, one_line


class ChooseValue(Filtered[str]):
    """One of several; dismissed with it."""

    PLACEHOLDER = "Type to find one"
    TAKES = "value-use"
    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.VALUE_USE, "take")]

    def __init__(self, values: Mapping[str, str], current: str = "") -> None:
        """Prepare the list.

        Args:
            values: What can be chosen, and what is said of it.
            current: The one that counts now.
        """
        super().__init__()
        self._values = values
        self._current = current

    def show_rows(self, choose: Hashable | None = None) -> None:
        """As long as nothing is typed, the one that counts is chosen."""
        super().show_rows(choose or (None if self.field.value.strip() else self._current))

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """Those that fit."""
        return [
            TitleRow(
                value,
                one_line(value),
                frozenset(wanted.places(Candidate(value))),
                one_line(self._values[value]),
            )
            for value in best_first(list(self._values), wanted, lambda value: (value,))
        ]

    def take(self, key: Hashable) -> None:
        """Use it."""
        self.dismiss(str(key))


class WriteValue(Taking[bool]):
    """A line that is taken only if it can be the value; else it says why. Dismissed with True."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.LINE_KEEP, "accept")]
    DEFAULT_CSS = """
    WriteValue {
        #title { margin: 0 4 1 4; }
        Field, Field:focus { margin: 0 2; }
    }
    """

    def __init__(self, title: str, value: str, take: Take, note: str = "") -> None:
        """Prepare the line.

        Args:
            title: What is asked.
            value: What stands there at first.
            take: Takes the line.
            note: What is said while nothing stands there.
        """
        super().__init__(take)
        self._title = clean(title)
        self._value = one_line(value, len(value))
        self._note = one_line(note)

    def compose_sheet(self) -> ComposeResult:
        """What is asked, the field, what is wrong."""
        yield Static(self._title, id="title", classes="words dim", markup=False)
        yield LoneField(self._value, self._note)
        yield from self.compose_reason()
        yield Hints("line-keep", "list-close")

    def action_accept(self) -> None:
        """Take the line; what was only looked at stays as it is."""
        line = self.field.value.strip()
        if line == self._value:
            self.dismiss(None)
        else:
            self.give(line, True)
