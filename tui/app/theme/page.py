"""The page beside the sidebar, and the one line that stands there where there is no room for it."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size, Spacing
from textual.layout import ArrangeResult, Layout
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

from tui.app.theme.grid import MEASURE, SMALLEST, WIDE, Grid


@runtime_checkable
class _Measured(Protocol):
    """Who knows how wide prose may be: the app."""

    measure: int


def grid_of(app: App[Any]) -> Grid:
    """Where the column stands in an app, as wide as it is now."""
    measure = app.measure if isinstance(app, _Measured) else MEASURE
    return Grid(wide=app.size.width >= WIDE, measure=measure)


class _OneColumn(VerticalLayout):
    """Finds the edges of the parts while it lays them out: never is one drawn at those of another width.

    The edges are margins, so that paddings, the air above and below, are the style sheet's alone.
    """

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,
    ) -> ArrangeResult:
        edges = parent.edges(size.width) if isinstance(parent, Page) else {}
        for child in children:
            for name, (left, right) in edges.items():
                if child.has_class(name):
                    child.styles.margin = Spacing(0, right, 0, left)
        return super().arrange(parent, children, size, greedy)


_COLUMN = _OneColumn()


class Page(Vertical):
    """Keeps its lines on the one left edge: ``.rail`` begins at the rail, ``.text`` at the text."""

    def edges(self, width: int) -> dict[str, tuple[int, int]]:
        """Cells left and right of the lines of each class, on a page of ``width`` cells."""
        grid = grid_of(self.app)
        return {"rail": grid.gutters(width), "text": grid.text_edges(width)}

    def find_edges(self) -> None:
        """Lay the lines out anew: prose may have another measure."""
        for child in self.children:
            child.refresh(layout=True)

    @property
    def layout(self) -> Layout:
        """How the parts are laid out; Textual asks."""
        return _COLUMN


class TooSmall(Widget):
    """What a terminal below the smallest size shows."""

    def render(self) -> Content:
        """How much there is, and how much is needed."""
        columns, rows = SMALLEST
        size = self.app.size
        return Content(f"Segue needs {columns}×{rows}; this is {size.width}×{size.height}")
