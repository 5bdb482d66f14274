"""The themes: each is shown while it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.filtered import Filtered, TitleRow
from tui.app.lists.fuzzy import Candidate, Filter, best_first
from tui.app.lists.row_list import Row, RowList
from tui.app.theme.themes import AUTO, THEMES
from tui.text import one_line

if TYPE_CHECKING:
    from textual.timer import Timer

SETTLED = 0.08
"""Seconds on a row after which its theme is shown: keys that are held pass over many."""

_AUTO = "dark or light, as the terminal is"


class ThemeChooser(Filtered[str]):
    """Dismissed with the name of a theme; closed without one, the theme from before is back."""

    PLACEHOLDER = "Type to find a theme"
    TAKES = "theme-use"
    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.THEME_USE, "take")]

    def __init__(self, use: Callable[[str], None], chosen: str) -> None:
        """Prepare the list.

        Args:
            use: Shows a theme.
            chosen: The one that is used.
        """
        super().__init__()
        self._use = use
        self._before = self._shown = chosen
        self._look: Timer | None = None

    def show_rows(self, choose: Hashable | None = None) -> None:
        """As long as nothing is typed, the one that is seen is the chosen one."""
        super().show_rows(choose or (None if self.field.value.strip() else self._shown))

    def all_rows(self, wanted: Filter) -> Sequence[Row]:
        """The themes that fit, ours first."""
        ours = [AUTO, *(theme.name for theme in THEMES)]
        names = [*ours, *sorted(name for name in self.app.available_themes if name not in ours)]
        return [
            TitleRow(
                name, one_line(name), frozenset(wanted.places(Candidate(name))), _AUTO if name == AUTO else ""
            )
            for name in best_first(names, wanted, lambda name: (name,))
        ]

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._look_no_more()
        self._look = self.set_timer(SETTLED, self._show_theme)

    def _show_theme(self) -> None:
        if row := self.rows.chosen:
            self._shown = str(row.key)
            self._use(self._shown)

    def _look_no_more(self) -> None:
        if self._look is not None:
            self._look.stop()

    def take(self, key: Hashable) -> None:
        """Use the theme."""
        self._look_no_more()
        self.dismiss(str(key))

    def action_close(self) -> None:
        """Go back to the theme from before."""
        self._look_no_more()
        self._use(self._before)
        super().action_close()
