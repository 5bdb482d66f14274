"""A text that scrolls; only the lines that are seen are drawn, so it may be as long as it likes."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.messages.plain_text import PlainText
from tui.text import clean


class LongText(ScrollView, can_focus=False):
    """Plain text, wrapped. The keys belong to the screen."""

    DEFAULT_CSS = """
    LongText {
        width: 100%;
        height: auto;
        overflow-x: hidden;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        color: $ink;
        scrollbar-background: $band;
        scrollbar-background-hover: $band;
        scrollbar-background-active: $band;
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._text = clean(text)
        self._rows = PlainText("", 1, Style.null())

    def show(self, text: str) -> None:
        """Show another text, from where it is scrolled to."""
        self._text = clean(text)
        self._wrap(self._rows.width)

    def _wrap(self, width: int) -> None:
        self._rows = PlainText(self._text, max(1, width), Style.null())
        self.virtual_size = Size(0, self._rows.height)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the text takes; Textual calls this."""
        if width != self._rows.width:
            self._rows = PlainText(self._text, max(1, width), Style.null())
        return self._rows.height

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        self._wrap(self.scrollable_content_region.width)

    def render_line(self, y: int) -> Strip:
        """One line of the screen; Textual calls this."""
        row = y + self.scroll_offset.y
        text = self._rows.text(row) if row < self._rows.height else ""
        return (
            Strip([Segment(text)])
            .adjust_cell_length(self.size.width)
            .apply_style(self.visual_style.rich_style)
        )

    def move(self, lines: int) -> None:
        """Scroll so many lines."""
        self.scroll_relative(y=lines, animate=False)

    def page(self, direction: int) -> None:
        """Scroll a screen."""
        self.move(direction * max(1, self.size.height - 1))
