"""The styles that drawn rows are made of, and the pen that lays them on a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from tui.rendering.spans import Span

RAIL = "▎"


class Ink(Struct, frozen=True):
    """One style for each role of a ``Palette``, taken from the theme."""

    ink: Style
    strong: Style
    soft: Style
    dim: Style
    accent: Style
    error: Style
    warning: Style
    success: Style
    mark: Style
    line: Style
    you: Style
    hues: Mapping[str, Style]

    @classmethod
    def from_theme(cls, variables: Mapping[str, str]) -> Ink:
        """Read the styles from ``App.theme_variables``; those of the same ones are made once."""
        return _ink(tuple(variables.items()))


@lru_cache(maxsize=4)
def _ink(theme: tuple[tuple[str, str], ...]) -> Ink:
    """Every line asks for it whenever it is drawn, and to make it takes as long as to draw the line."""
    variables = dict(theme)
    ansi = variables["dim"] == "ansi_default"

    def pen(name: str, **extra: bool) -> Style:
        return Style.from_color(Color.parse(variables[name]).rich_color) + Style(**extra)  # type: ignore[arg-type]

    mark = Style.from_color(bgcolor=Color.parse(variables["mark"]).rich_color)
    return Ink(
        ink=pen("ink"),
        strong=pen("strong", bold=True) if ansi else pen("strong"),
        soft=pen("soft"),
        dim=pen("dim", dim=True) if ansi else pen("dim"),
        accent=pen("accent"),
        error=pen("error"),
        warning=pen("warning"),
        success=pen("success"),
        mark=Style(reverse=True) if ansi else pen("strong") + mark,
        line=pen("line"),
        you=pen("you"),
        hues={name[4:]: pen(name) for name in variables if name.startswith("hue-")},
    )


APART = 3
"""Cells at least between what stands at the left and at the right of a line."""


class Pen(Struct, frozen=True):
    """Draws lines of one width: rail, gap, text, and two cells of pad at the right."""

    width: int
    ink: Ink
    tint: Style
    """What lies under a chosen row: a background, or reverse where there are only sixteen colours."""

    @property
    def text_width(self) -> int:
        """Cells between the gap and the pad."""
        return max(0, self.width - 4)

    def line(
        self,
        left: Sequence[Span[Style]] = (),
        right: Sequence[Span[Style]] = (),
        *,
        tinted: bool = False,
        railed: bool = False,
    ) -> Strip:
        """One line: ``left`` from the text edge, cut where ``right`` begins."""
        room = self.text_width
        right = cut(right, room)
        taken = width_of(right)
        left = cut(left, room - taken - (APART if taken and left else 0))
        space = room - taken - width_of(left)
        null = Style.null()
        rail = Span(RAIL, self.ink.accent) if railed else Span(" ", null)
        spans = [rail, Span(" ", null), *left, Span(" " * space, null), *right, Span("  ", null)]
        strip = Strip(segments_of(spans))
        return self.on_tint(strip) if tinted else strip

    def on_tint(self, strip: Strip) -> Strip:
        """A line that is chosen. Reverse would patch a line of many colours, so there it has none."""
        if not self.tint.reverse:
            return strip.apply_style(self.tint)
        rail, *rest = strip
        plain = (
            Segment(text, self.tint + Style(bold=style.bold if style else None)) for text, style, _ in rest
        )
        return Strip([rail, *plain], strip.cell_length)

    def blank(self, *, tinted: bool = False, railed: bool = False) -> Strip:
        """An empty line."""
        return self.line(tinted=tinted, railed=railed)


def segments_of(spans: Iterable[Span[Style]]) -> list[Segment]:
    """The spans as a strip takes them."""
    return [Segment(span.text, span.look) for span in spans if span.text]


def width_of(spans: Iterable[Span[Style]]) -> int:
    """Cells that the spans take together."""
    return sum(cell_len(span.text) for span in spans)


def cut(spans: Sequence[Span[Style]], width: int) -> Sequence[Span[Style]]:
    """The spans in at most ``width`` cells; what is cut ends in an ellipsis, at a word where one is near."""
    if width_of(spans) <= width:
        return spans
    kept: list[Span[Style]] = []
    room = width - 1
    for span in spans:
        if cell_len(span.text) > room:
            kept.append(span._replace(text=f"{_head(span.text, room)}…" if width > 0 else ""))
            break
        kept.append(span)
        room -= cell_len(span.text)
    return kept


def _head(text: str, width: int) -> str:
    """The beginning of ``text`` in ``width`` cells, up to a word's end and a space if one is near."""
    head = set_cell_size(text, max(0, width)).rstrip()
    space = head.rfind(" ")
    return head[: space + 1] if space > len(head) - 12 and space > width // 2 else head
