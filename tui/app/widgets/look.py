"""How a message's lines are drawn: width, colours, and how a line is laid on the page."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.widgets.ink import RAIL, Ink
from tui.rendering.palette import Palette

CARET = "▍"


@dataclass(frozen=True, slots=True)
class Look:
    """What lines depend on besides their message."""

    width: int
    """The text measure."""
    palette: Palette
    ink: Ink
    gutter: int
    """Cells left of the rail."""
    columns: int
    """Cells of the whole line."""

    @property
    def edge(self) -> int:
        """The column of the whole line where text begins."""
        return self.gutter + 2

    def line(self, *pieces: tuple[str, Style]) -> Strip:
        """A line of rail cell, gap cell, the pieces, blanks up to the measure, pad cell."""
        segments = [Segment("  "), *(Segment(text, style) for text, style in pieces if text)]
        return Strip(segments).adjust_cell_length(self.width + 3)

    def on_page(self, strip: Strip) -> Strip:
        """A line laid on the page: gutter, the line, blanks to the right edge."""
        page = Style(color=self.palette.ink, bgcolor=self.palette.background)
        line = Strip([Segment(" " * self.gutter), *strip])
        return line.adjust_cell_length(max(self.columns, line.cell_length)).apply_style(page)


def with_rail(strip: Strip, pen: Style) -> Strip:
    """The line with a rail in its first cell, on that cell's own background."""
    first = next(iter(strip), None)
    ground = first.style.bgcolor if first and first.style else None
    return Strip([Segment(RAIL, Style.from_color(pen.color, ground)), *strip.crop(1)], strip.cell_length)


def over(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The line with ``style`` laid over its cells from ``start`` to ``end``."""
    start, end = max(start, 0), min(end, strip.cell_length)
    if start >= end:
        return strip
    inner = Segment.apply_style(strip.crop(start, end), post_style=style)
    return Strip([*strip.crop(0, start), *inner, *strip.crop(end)], strip.cell_length)
