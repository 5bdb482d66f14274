"""Glyphs for a terminal that has only ASCII: one for one, over all that is drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

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


class Ascii(LineFilter):
    """Draws lines with the glyphs that there are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with other glyphs, as wide as before; Textual calls this."""
        return [Segment(text.translate(_TABLE), style, control) for text, style, control in segments]
