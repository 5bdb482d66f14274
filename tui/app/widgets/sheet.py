"""A sheet over the page: a band of its own tone, the page behind it dimmed, closed by Esc."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.app.widgets.field import Field
from tui.app.widgets.row_list import RowList

Result = TypeVar("Result")


class Sheet(ModalScreen[Result | None]):
    """The base of all sheets. A subclass names what lies on it in ``compose_sheet``.

    Where there is a field and a list, the keys that choose go to the list, whatever has the focus.
    """

    AUTO_FOCUS = "Field"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="sheet-close", tooltip="Close without choosing"),
        Binding("up", "move(-1)", "up", show=False, id="sheet-up", tooltip="The row above"),
        Binding("down", "move(1)", "down", show=False, id="sheet-down", tooltip="The row below"),
        Binding("pageup", "page(-1)", "page up", show=False, id="sheet-page-up", tooltip="A screen up"),
        Binding(
            "pagedown", "page(1)", "page down", show=False, id="sheet-page-down", tooltip="Down a screen"
        ),
        Binding("home,ctrl+home", "first", "first", show=False, id="sheet-first", tooltip="The first row"),
        Binding("end,ctrl+end", "last", "last", show=False, id="sheet-last", tooltip="The last row"),
    ]
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
        Field { margin: 0 2 1 2; }
        RowList {
            margin: 0 0 0 2;
            scrollbar-background: $band;
            scrollbar-background-hover: $band;
            scrollbar-background-active: $band;
        }
        Hints { margin: 1 4 0 4; }
        .words { margin: 0 4; height: auto; color: $ink; }
        .dim { color: $dim; }
    }
    """

    def compose(self) -> ComposeResult:
        """The band with what lies on it."""
        with Vertical(classes="sheet"):
            yield from self.compose_sheet()

    def compose_sheet(self) -> ComposeResult:
        """What lies on the sheet."""
        yield from ()

    @property
    def rows(self) -> RowList:
        """The list of this sheet."""
        return self.query_one(RowList)

    @property
    def field(self) -> Field:
        """The field of this sheet."""
        return self.query_one(Field)

    # -- what a list on the sheet needs
    def sync(self) -> None:
        """Bring the list up to what stands in the field; called before every key that chooses."""

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Choose another row."""
        self.sync()
        self.rows.move(step)

    def action_page(self, direction: int) -> None:
        """Choose a row a screen further on."""
        self.sync()
        self.rows.page(direction)

    def action_first(self) -> None:
        """Choose the first row."""
        self.sync()
        self.rows.first()

    def action_last(self) -> None:
        """Choose the last row."""
        self.sync()
        self.rows.last()

    def on_key(self, event: events.Key) -> None:
        """Keys that came before the field could have the focus are typed into it all the same."""
        fields = self.query(Field)
        if event.is_printable and event.character and fields and self.focused is None:
            event.stop()
            fields.first().focus()
            fields.first().take(event.character)

    def on_resize(self, event: events.Resize) -> None:
        """Give the list what the other parts leave of nine tenths of the screen."""
        for rows in self.query(RowList):
            others = sum(_lines(child) for child in rows.siblings if isinstance(child, Widget))
            rows.styles.max_height = max(1, event.size.height * 9 // 10 - others - 2)


def _lines(widget: Widget) -> int:
    """The lines that a widget with a fixed height takes, its margins counted."""
    margin = widget.styles.margin
    height = widget.styles.height
    lines = int(height.value) if height is not None and height.cells is not None else 1
    return lines + margin.top + margin.bottom
