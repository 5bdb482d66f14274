"""One drawn line: something at the left, something at the right edge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.app.theme.ink import APART, Ink, cut, segments_of, width_of
from tui.rendering.spans import Span


class Line(Widget):
    """A line that draws itself from spans; what does not fit is cut at the left span's end."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Line { height: 1; width: 100%; color: $ink; }
    """

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """What stands at the left, and what at the right."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw the line; Textual calls this."""
        left, right = self.spans(Ink.from_theme(self.app.theme_variables)) if y == 0 else ((), ())
        return justify(left, right, self.content_size.width).apply_style(self.visual_style.rich_style)


def justify(left: Sequence[Span[Style]], right: Sequence[Span[Style]], width: int) -> Strip:
    """A strip of exactly ``width`` cells with ``right`` at its edge."""
    right = cut(right, width)
    taken = width_of(right)
    left = cut(left, max(0, width - taken - (APART if taken and left else 0)))
    space = width - taken - width_of(left)
    spans = [*left, Span(" " * space, Style.null()), *right]
    return Strip(segments_of(spans)).adjust_cell_length(width)
