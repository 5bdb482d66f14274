"""What stands above a message: a blank, or the hairline that passes from one model to the next."""

from __future__ import annotations

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import Look
from tui.rendering.spans import Span


class Lead:
    """The rows above a message: none, one blank, or a blank, the segue and a blank."""

    def __init__(self, look: Look, *, first: bool, segue: Strip | None = None) -> None:
        blank = look.line()
        self._rows = [] if first else [blank, segue, blank] if segue else [blank]

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self._rows)

    def line(self, row: int) -> Strip:
        """One row."""
        return self._rows[row]

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """Nothing: these rows are ornament."""
        return ""


def segue_line(names: tuple[str, str], hues: tuple[str, str], look: Look) -> Strip:
    """The hairline over the measure, with the name of a model at each end.

    Args:
        names: The models before and after.
        hues: The names of their hues.
        look: Width and colours.
    """
    pens = look.ink.hues
    count = look.width - cell_len(names[0]) - cell_len(names[1]) - 2
    colours = (look.palette.hue(hues[0]), look.palette.hue(hues[1]))
    return look.line(
        Span(names[0], pens[hues[0]]),
        Span(" ", Style.null()),
        *(Span("─", Style(color=shade)) for shade in _shades(colours, max(count, 1), look)),
        Span(" ", Style.null()),
        Span(names[1], pens[hues[1]]),
    )


def _shades(colours: tuple[str, str], count: int, look: Look) -> list[Color]:
    """Cell i of n: the two hues mixed at i/(n-1), fainter in the middle."""
    if look.palette.ansi:
        return [Color.parse(colours[index * 2 >= count]) for index in range(count)]
    first, last, page = (Color.parse(name).get_truecolor() for name in (*colours, look.palette.background))
    shades = []
    for index in range(count):
        t = index / max(count - 1, 1)
        strength = 0.36 + 0.34 * (2 * t - 1) ** 2
        shades.append(Color.from_triplet(blend_rgb(page, blend_rgb(first, last, t), strength)))
    return shades
