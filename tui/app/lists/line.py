"""One drawn line: something at the left, something at the right edge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.app.theme.ink import APART, Ink, Part, cut, width_of


class Line(Widget):
    """A line that draws itself from parts; what does not fit is cut at the left part's end."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Line { height: 1; width: 100%; color: $ink; }
    """

    def parts(self, ink: Ink) -> tuple[Sequence[Part], Sequence[Part]]:
        """What stands at the left, and what at the right."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw the line; Textual calls this."""
        left, right = self.parts(Ink.from_theme(self.app.theme_variables)) if y == 0 else ((), ())
        return justify(left, right, self.content_size.width).apply_style(self.rich_style)


def justify(left: Sequence[Part], right: Sequence[Part], width: int) -> Strip:
    """A strip of exactly ``width`` cells with ``right`` at its edge."""
    right = cut(right, width)
    taken = width_of(right)
    left = cut(left, max(0, width - taken - (APART if taken and left else 0)))
    space = width - taken - width_of(left)
    parts = [*left, (" " * space, Style.null()), *right]
    return Strip([Segment(text, style) for text, style in parts if text]).adjust_cell_length(width)
