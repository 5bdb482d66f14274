"""The page beside the sidebar, and the one line that stands there where there is no room for it."""

from __future__ import annotations

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Spacing
from textual.widget import Widget

from tui.app.grid import SIDEBAR, SMALLEST, WIDE, gutters, text_edges


class Page(Vertical):
    """Keeps its lines on the one left edge: ``.rail`` begins at the rail, ``.text`` at the text."""

    def on_mount(self) -> None:
        """Find the edges before the first layout, which then stands."""
        width = self.app.size.width
        self.align_parts(width - SIDEBAR if width >= WIDE else width)

    def on_resize(self, event: events.Resize) -> None:
        """Find the edges anew: the screen or the sidebar changed."""
        self.align_parts()

    def align_parts(self, width: int | None = None) -> None:
        """Give every part its edges; call it when a part was added.

        Args:
            width: Cells of the page, where it has not been laid out yet.
        """
        width = self.size.width if width is None else width
        wide = self.app.size.width >= WIDE
        self._pad("rail", *gutters(width, wide=wide))
        self._pad("text", *text_edges(width, wide=wide))

    def _pad(self, name: str, left: int, right: int) -> None:
        for child in self.query_children(f".{name}").results(Widget):
            above, below = child.styles.padding.top, child.styles.padding.bottom
            child.styles.padding = Spacing(above, right, below, left)


class TooSmall(Widget):
    """What a terminal below the smallest size shows."""

    def render(self) -> Content:
        """How much there is, and how much is needed."""
        columns, rows = SMALLEST
        size = self.app.size
        return Content(f"Segue needs {columns}×{rows}; this is {size.width}×{size.height}")
