"""Rows as a terminal takes them: in its own colours, without fills, so that its scrollback stays right."""

from __future__ import annotations

import os
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style

from tui.app.terminal.line_filters import GLYPHS
from tui.cells import split
from tui.rendering.palette import ANSI, style_of
from tui.rendering.spans import BAND, DIM, INK, LEAF, ROLE_MASK, Line, Span
from tui.text import clean

_ASCII = str.maketrans(GLYPHS)


class Row(NamedTuple):
    """One row: its text, and the same with colours."""

    text: str
    drawn: str


BLANK = Row("", "")


class Brush:
    """Gives rows their colours and glyphs."""

    def __init__(self, *, ascii_only: bool) -> None:
        """Look for the wish of the person.

        Args:
            ascii_only: Whether the terminal can be relied on for nothing else.
        """
        self._ascii = ascii_only
        self._plain = bool(os.environ.get("NO_COLOR"))

    def row(self, line: Line) -> Row:
        """A row of a text."""
        return self._row([(span.text, _style(span.look)) for span in line.spans])

    def named(self, name: str, hue: str, beside: str) -> Row:
        """The row above a reply: who answers."""
        style = Style(color=ANSI.hue(hue), bold=True)
        return self._row([(name, style), (f"   {beside}" if beside else "", style_of(DIM, ANSI, False))])

    def quiet(self, words: str) -> Row:
        """A row about what goes on."""
        return self.row(Line((Span(words, DIM),)))

    def _row(self, spans: list[tuple[str, Style]]) -> Row:
        texts = [(clean(text).replace("\n", " "), style) for text, style in spans]
        if self._ascii:
            texts = [(text.translate(_ASCII), style) for text, style in texts]
        while texts and not texts[-1][0].rstrip():
            texts.pop()
        if texts:
            texts[-1] = (texts[-1][0].rstrip(), texts[-1][1])
        drawn = "".join(self._painted(text, style) for text, style in texts)
        return Row("".join(text for text, _ in texts), drawn)

    def _painted(self, text: str, style: Style) -> str:
        return (style.without_color if self._plain else style).render(text, color_system=ColorSystem.STANDARD)


def _style(look: int) -> Style:
    """The style of a look; there are no tints, so code in a sentence has a colour."""
    if look & BAND:
        look = look & ~ROLE_MASK | LEAF
    return Style.null() if look == INK else style_of(look, ANSI, False)


def height(text: str, width: int) -> int:
    """How many rows a terminal of a width makes of one."""
    if text.isascii():
        return max(1, -(-len(text) // width))
    rows, used = 1, 0
    for _, _, size in split(text)[0]:
        if used + size > width:
            rows, used = rows + 1, 0
        used += size
    return rows
