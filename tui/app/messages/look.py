"""How a message's lines are drawn: width, colours, and how a line is laid on the page."""

from __future__ import annotations

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.keymap import DEFAULTS, Keys
from tui.app.messages.gallery import NO_GALLERY, Gallery
from tui.app.terminal.uploads import PLACEHOLDER
from tui.app.theme.ink import RAIL, Ink, segments_of
from tui.rendering.palette import Palette
from tui.rendering.spans import Span

CARET = "▍"


class Look(Struct, frozen=True):
    """What lines depend on besides their message."""

    width: int
    """Cells of prose."""
    palette: Palette
    ink: Ink
    gutter: int
    """Cells left of the rail."""
    columns: int
    """Cells of the whole line."""
    page: Style
    """What lies under everything."""
    keys: Keys = DEFAULTS
    """The keys that are named under a message."""
    whole: int = 0
    """Cells that code and tables may take, where they are more than the measure."""
    gallery: Gallery = NO_GALLERY
    """The pictures that are known."""
    thumbnails: bool = False
    """Whether there is room for those of attachments."""

    @property
    def room(self) -> int:
        """Cells from the text's edge to where the widest line may end."""
        return max(self.width, self.whole)

    @property
    def edge(self) -> int:
        """The column of the whole line where text begins."""
        return self.gutter + 2

    def line(self, *spans: Span[Style]) -> Strip:
        """A line of rail cell, gap cell, the spans, blanks up to the measure, pad cell."""
        segments = [Segment("  "), *segments_of(spans)]
        return Strip(segments).adjust_cell_length(self.width + 3)

    def on_page(self, strip: Strip, rail: Style | None = None) -> Strip:
        """A line laid on the page: gutter, the line with its rail, blanks to the right edge."""
        page = self.page
        segments = [Segment(" " * self.gutter, page)] if self.gutter else []
        segments += [Segment(text, page + style if style else page) for text, style, _ in strip]
        if rail is not None:
            place = len(segments) - len(strip)
            text, style, _ = segments[place]
            ground = style.bgcolor if style else None
            segments[place : place + 1] = [
                Segment(RAIL, rail + Style(bgcolor=ground)),
                Segment(text[1:], style),
            ]
        rest = self.columns - self.gutter - strip.cell_length
        if rest > 0:
            segments.append(Segment(" " * rest, page))
        return Strip(segments, self.gutter + strip.cell_length + max(0, rest))


def over(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The line with ``style`` laid over its cells from ``start`` to ``end``."""
    start, end = max(start, 0), min(end, strip.cell_length)
    if start >= end:
        return strip
    inner = [_laid_over(segment, style) for segment in strip.crop(start, end)]
    return Strip([*strip.crop(0, start), *inner, *strip.crop(end)], strip.cell_length)


def _laid_over(segment: Segment, style: Style) -> Segment:
    """The segment in another style; the colour of a placeholder says which picture it shows."""
    before = segment.style or Style()
    ground = style if PLACEHOLDER not in segment.text else Style(bgcolor=style.bgcolor)
    return Segment(segment.text, before + ground, segment.control)


def put(strip: Strip, start: int, text: str, style: Style) -> Strip:
    """The line with ``text``, of narrow characters, in place of the cells from ``start`` on."""
    end = start + len(text)
    return Strip([*strip.crop(0, start), Segment(text, style), *strip.crop(end)], strip.cell_length)
