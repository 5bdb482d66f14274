"""A sheet over the page: a band of its own tone, the page behind it dimmed, closed by Esc."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import TextArea

from tui.app.lists.chooser import Chooser
from tui.app.lists.field import LoneField
from tui.app.lists.layer import Result
from tui.app.lists.row_list import RowList


class Sheet(Chooser[Result], ModalScreen[Result | None]):
    """The base of all sheets. A subclass names what lies on it in ``compose_sheet``."""

    DEFAULT_CSS = """
    Sheet {
        background: $background 72%;
        align: center middle;
        & > .sheet {
            width: 88;
            max-width: 94%;
            height: auto;
            max-height: 90%;
            background: $band;
            padding: 1 0;
        }
        Field, Field:focus { margin: 0 2 1 2; }
        RowList {
            margin: 0 0 0 2;
            scrollbar-background: $band;
            scrollbar-background-hover: $band;
            scrollbar-background-active: $band;
        }
        Hints { margin: 1 4 0 4; }
        .words { margin: 0 4; height: auto; max-height: 50vh; color: $ink; }
        .dim { color: $dim; }
    }
    """

    _at_first: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """The band with what lies on it."""
        with Vertical(classes="sheet"):
            yield from self.compose_sheet()

    def compose_sheet(self) -> ComposeResult:
        """What lies on the sheet."""
        yield from ()

    def on_mount(self) -> None:
        """Remember what stands in the fields at first."""
        self._at_first = self._written

    @property
    def _written(self) -> list[str]:
        """What is written here, but for the words of a filter."""
        lines = [field.value for field in self.query(LoneField)]
        return [*lines, *(area.text for area in self.query(TextArea))]

    def on_click(self, event: events.Click) -> None:
        """Close, where the page behind was clicked; nothing that was written is lost by that."""
        if event.widget is self and self._written == self._at_first:
            event.stop()
            self.action_close()

    def on_resize(self, event: events.Resize) -> None:
        """Give the list what the other parts leave of nine tenths of the screen."""
        for rows in self.query(RowList):
            others = sum(_lines(child) for child in rows.siblings if isinstance(child, Widget))
            rows.styles.max_height = max(1, event.size.height * 9 // 10 - others - 2)


def _lines(widget: Widget) -> int:
    """The lines that a widget with a fixed height takes, its margins counted."""
    if not widget.display:
        return 0
    margin, height = widget.styles.margin, widget.styles.height
    return (height.cells or 1 if height is not None else 1) + margin.top + margin.bottom
