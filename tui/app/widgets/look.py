"""How a message's lines are drawn: width, colours, and the small pieces that every line is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.rendering.palette import Palette

RAIL = "▎"
CARET = "▍"


@dataclass(frozen=True)
class Look:
    """What lines depend on besides their message."""

    width: int
    """The text measure."""
    palette: Palette
    gutter: int = 0
    """Cells left of the rail."""
    columns: int = 0
    """Cells of the whole line."""
    page: Style = field(init=False)
    ink: Style = field(init=False)
    soft: Style = field(init=False)
    dim: Style = field(init=False)
    mark: Style = field(init=False)

    def __post_init__(self) -> None:
        palette, ansi = self.palette, self.palette.ansi
        dim = Style(color=palette.dim, dim=ansi or None)
        mark = Style(reverse=True) if ansi else Style(color=palette.strong, bgcolor=palette.mark)
        page = Style(color=palette.ink, bgcolor=palette.background)
        pens = {"page": page, "ink": Style(color=palette.ink), "soft": Style(color=palette.soft)}
        for name, style in {**pens, "dim": dim, "mark": mark}.items():
            object.__setattr__(self, name, style)

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
        line = Strip([Segment(" " * self.gutter), *strip]) if self.gutter else strip
        return line.adjust_cell_length(max(self.columns, line.cell_length)).apply_style(self.page)


def with_rail(strip: Strip, colour: str) -> Strip:
    """The line with a rail in its first cell, on that cell's own background."""
    first = next(iter(strip), None)
    ground = first.style.bgcolor if first and first.style else None
    rail = Segment(RAIL, Style.from_color(Style(color=colour).color, ground))
    return Strip([rail, *strip.crop(1)], strip.cell_length)


def over(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The line with ``style`` laid over its cells from ``start`` to ``end``."""
    start, end = max(start, 0), min(end, strip.cell_length)
    if start >= end:
        return strip
    inner = Segment.apply_style(strip.crop(start, end), post_style=style)
    return Strip([*strip.crop(0, start), *inner, *strip.crop(end)], strip.cell_length)
