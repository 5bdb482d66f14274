"""What a program wrote for a terminal, in its colours: of all sequences only these are read (SGR).

The text has been made safe before: what began a sequence is a character that is seen (``␛``). Each that sets
colours is read here and drawn by none; all others stay as they stand.
"""

from __future__ import annotations

import colorsys
import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from tui.rendering.code import Code
from tui.rendering.plain import Looks
from tui.rendering.room import Room
from tui.rendering.spans import (
    BAND,
    BOLD,
    DIM,
    ERROR,
    INK,
    ITALIC,
    ROLE_MASK,
    SKY,
    STRIKE,
    STRONG,
    SUCCESS,
    TEAL,
    UNDERLINE,
    VIOLET,
    WARNING,
    Span,
)

# Also as it is written in the strings of programs: models can't send the character itself.
_SEQUENCE = re.compile(r"(?:␛|\\(?:x1b|033|u001b|e)|\^\[)\[([\d;:]{0,64})m", re.IGNORECASE)
_COLOURS = (DIM, ERROR, SUCCESS, WARNING, SKY, VIOLET, TEAL, INK)
_BRIGHT = (*_COLOURS[:-1], STRONG)
_FLAGS = {1: BOLD, 3: ITALIC, 4: UNDERLINE, 7: BAND, 9: STRIKE}
_ENDS = {22: BOLD, 23: ITALIC, 24: UNDERLINE, 27: BAND, 29: STRIKE}
_FAINT = 2
_GREY = 0.25
"""The saturation below which a colour has no hue."""
_HUES = ((20, ERROR), (75, WARNING), (160, SUCCESS), (200, TEAL), (260, SKY), (330, VIOLET), (361, ERROR))


def looks(text: str) -> Iterator[tuple[int, str, int]]:
    """The pieces of a text, each with its place and its look, without what sets colours."""
    look, place = INK, 0
    for match in _SEQUENCE.finditer(text):
        if match.start() > place:
            yield place, text[place : match.start()], look
        look, place = _after(look, match[1]), match.end()
    if place < len(text):
        yield place, text[place:], look


def _after(look: int, parameters: str) -> int:
    """The look after a sequence; what it says of backgrounds and what is unknown changes nothing."""
    codes = iter([int(part or 0) for part in re.split("[;:]", parameters)])
    for code in codes:
        if code == 0:
            look = INK
        elif code in _FLAGS:
            look |= _FLAGS[code]
        elif code in _ENDS:
            look &= ~_ENDS[code]
        elif code == _FAINT:
            look = _in(look, DIM)
        elif 30 <= code <= 37:
            look = _in(look, _COLOURS[code - 30])
        elif 90 <= code <= 97:
            look = _in(look, _BRIGHT[code - 90])
        elif code in (38, 48):
            role = _chosen(codes)
            look = _in(look, role) if code == 38 and role is not None else look
        elif code == 39:
            look = _in(look, INK)
    return look


def _in(look: int, role: int) -> int:
    return look & ~ROLE_MASK | role


def _chosen(codes: Iterator[int]) -> int | None:
    """The colour that the next codes choose among many."""
    match next(codes, 0):
        case 5:
            return _of_256(min(next(codes, 7), 255))
        case 2:
            return _nearest(*(min(next(codes, 0), 255) for _ in range(3)))
        case _:
            return None


def _of_256(number: int) -> int:
    if number < 16:
        return (_COLOURS + _BRIGHT)[number]
    if number >= 232:
        return _nearest(*[8 + 10 * (number - 232)] * 3)
    levels = (0, 95, 135, 175, 215, 255)
    place = number - 16
    return _nearest(levels[place // 36], levels[place // 6 % 6], levels[place % 6])


def _nearest(red: int, green: int, blue: int) -> int:
    """The colour of ours that has the hue: ours are legible on each page."""
    hue, _, saturation = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    lightest = max(red, green, blue)
    if saturation < _GREY:
        return STRONG if lightest > 230 else INK if lightest > 150 else DIM
    return next(role for end, role in _HUES if hue * 360 < end)


class _Piece(Struct, frozen=True):
    """A piece in one look: where it is in what is drawn, and where in the source."""

    drawn: int
    source: int


class TerminalText(Code):
    """Such a text at one width."""

    def __init__(self, content: str, info: str, room: Room, pad: int) -> None:
        self._lines: list[Looks] = [[]]
        self._pieces: list[_Piece] = []
        drawn: list[str] = []
        length = 0
        for place, text, look in looks(content.removesuffix("\n")):
            self._pieces.append(_Piece(length, place))
            first, *others = text.split("\n")
            self._lines[-1].append((first, look))
            self._lines += [[(other, look)] for other in others]
            drawn.append(text)
            length += len(text)
        super().__init__("".join(drawn), info, room, pad)
        self._looks = None

    def _looks_of(self, index: int) -> Looks:
        return self._lines[index] if index < len(self._lines) else []

    def _spans(self, index: int) -> list[Span[int]]:
        """The spans of a line; each is within one piece."""
        return [
            span._replace(
                start=self._source(span.start), end=self._source(span.start) + span.end - span.start
            )
            for span in super()._spans(index)
        ]

    def _source(self, drawn: int) -> int:
        piece = self._pieces[bisect_right(self._pieces, drawn, key=lambda one: one.drawn) - 1]
        return piece.source + drawn - piece.drawn

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        if not self._pieces:
            return super().spot(0)
        index = max(bisect_right(self._pieces, offset, key=lambda one: one.source) - 1, 0)
        piece = self._pieces[index]
        end = self._pieces[index + 1].drawn if index + 1 < len(self._pieces) else 1 << 40
        return super().spot(min(max(piece.drawn + offset - piece.source, piece.drawn), end))
