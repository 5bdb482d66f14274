"""What every drawn line goes through: glyphs for a terminal of few, and the last line against outside text.

Texts are cleaned where they come in, so that what is wrong with them is seen; the last line only makes sure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from tui.bidi import any_turns

if TYPE_CHECKING:  # it is loaded for the first line that runs from right to left
    from tui.rendering.turned import Shape

GLYPHS = {
    **{"▎": "|", "│": "|", "▐": "#", "▍": "_", "─": "-", "━": "=", "▸": ">", "▾": "v"},
    **{
        "✓": "+",
        "●": "*",
        "◦": "o",
        "•": "-",
        "×": "x",
        "☑": "x",
        "☐": "o",
        "‹": "<",
        "›": ">",
        "…": "~",
        "·": ".",
    },
    **{"↑": "^", "↓": "v", "←": "<", "→": ">", "–": "-", "—": "-", "−": "-"},
    **{"“": '"', "”": '"', "‘": "'", "’": "'"},
}
"""What the app draws, and the few signs that models write most."""
_TABLE = str.maketrans(GLYPHS)

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Ascii(LineFilter):
    """Draws lines with the glyphs that there are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with other glyphs, as wide as before; Textual calls this."""
        return [Segment(text.translate(_TABLE), style, control) for text, style, control in segments]


class InOrder(LineFilter):
    """Turns each text that runs from right to left, where it stands in its line."""

    def __init__(self, shape: Shape | None) -> None:
        super().__init__()
        self._shape = shape

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments as they are seen; Textual calls this for every line that changed."""
        if not _any_turns(segments):
            return segments
        from tui.rendering.turned import fields, turn

        strip = Strip(segments)
        areas = fields(strip)
        return list(turn(strip, areas, self._shape).strip) if areas else segments


class WordsAsRead(LineFilter):
    """Gives each word of a turned line its letters as they are read: the terminal turns them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with such words; Textual calls this for every line that changed."""
        if not _any_turns(segments):
            return segments
        from tui.rendering.turned import words_as_read

        return list(words_as_read(Strip(segments)))


class WordsParted(LineFilter):
    """The same, and marks between the words, for a terminal that turns all that stand together."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with such words; Textual calls this for every line that changed."""
        if not _any_turns(segments):
            return segments
        from tui.rendering.turned import words_parted

        return list(words_parted(Strip(segments)))


class LastLine(LineFilter):
    """Takes what could steer the terminal out of all that is drawn. Every line keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without such characters; Textual calls this for every line that changed."""
        if not any(map(_unsafe, segments)):
            return segments
        return [Segment(_without(text), _unlinked(style), control) for text, style, control in segments]


class Together(LineFilter):
    """Several filters in a row, as one: Textual keeps a copy of each line for each filter."""

    def __init__(self, filters: Sequence[LineFilter]) -> None:
        super().__init__()
        self._filters = filters

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments as the last filter leaves them; Textual calls this for every line that changed."""
        for each in self._filters:
            segments = each.apply(segments, background)
        return segments

    def without(self, kind: type[LineFilter]) -> Together:
        """The others than those of a kind."""
        return together(tuple(each for each in self._filters if not isinstance(each, kind)))


@lru_cache(maxsize=1 << 4)
def together(filters: tuple[LineFilter, ...]) -> Together:
    """The one for these: Textual knows by it what it has drawn."""
    return Together(filters)


def _any_turns(segments: list[Segment]) -> bool:
    return any_turns(segment.text for segment in segments)


def _unsafe(segment: Segment) -> bool:
    return _STEERING.search(segment.text) is not None or _unlinked(segment.style) is not segment.style


def _without(text: str) -> str:
    return _STEERING.sub(lambda match: " " * cell_len(match[0]), text)


def _unlinked(style: Style | None) -> Style | None:
    """The style without an address that could end its sequence."""
    if style is None or style.link is None or _STEERING.search(style.link) is None:
        return style
    return style.update_link(None)
