"""Drawn lines as they are seen where text runs from right to left, and where each of their cells is read.

A line is made, marked and cut in the order in which it is read; to turn it is the last that is done to it.
What it is read from is never touched, so that what is copied, found and pointed at stays what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import graphemes
from tui.bidi import ALONE, MIRRORED, Around, first_strong, order, turns
from tui.cells import cells

FAR = 1 << 24
"""A cell beyond the end of every line."""
_APART = re.compile(" {2,}| · |[\u2500-\u259f]+")
"""What stands between the texts of a line: gaps, bars."""
_SIGN = re.compile(r"""\s*(?:[^\w\s()\[\]{}<>«»"'“”‘’„]+ )*""")
"""Signs before a text, which stay where they are."""

Shape = Callable[[str], str]
"""Gives the letters of a text the forms that they have beside each other; the text keeps its length."""


class Area(NamedTuple):
    """Cells of a line that are turned together."""

    left: int
    end: int
    to_left: bool
    """Whether its paragraph runs from right to left; then it ends at its left."""
    around: Around = ALONE


class _Character(NamedTuple):
    """A character as readers see it."""

    text: str
    cell: int
    width: int
    style: Style | None


@dataclass(frozen=True, slots=True)
class Turned:
    """A line as it is seen."""

    strip: Strip
    read: Sequence[int]
    """For each cell that is seen the one that is read there."""

    def read_at(self, cell: int) -> int:
        """The cell of the line as it is read, for one that is seen."""
        return self.read[cell] if 0 <= cell < len(self.read) else cell

    def seen_at(self, cell: int) -> int:
        """The cell where one of the line as it is read is seen."""
        return self.read.index(cell) if cell in self.read else cell


def runs_to_left(*texts: str) -> bool:
    """Whether the paragraph that has these texts begins with a letter that runs from right to left."""
    return first_strong(texts) in ("R", "AL")


def has_turns(strip: Strip) -> bool:
    """Whether anything of a line may run from right to left."""
    return any(turns(segment.text) for segment in strip)


def turn(strip: Strip, areas: Sequence[Area], shape: Shape | None = None) -> Turned:
    """Turn these areas of a line.

    Args:
        strip: The line as it is read.
        areas: What of it is turned; they don't overlap.
        shape: Forms the letters.
    """
    characters = [*_characters(strip)]
    read: list[int] = []
    drawn: list[_Character] = []
    place = 0
    for area in sorted(areas):
        begin = place
        while begin < len(characters) and characters[begin].cell < area.left:
            begin += 1
        end = begin
        while end < len(characters) and characters[end].cell < area.end:
            end += 1
        drawn += characters[place:begin]
        drawn += _in_order(characters[begin:end], area, shape)
        place = end
    drawn += characters[place:]
    for character in drawn:
        read += range(character.cell, character.cell + character.width)
    return Turned(Strip(_segments(drawn), strip.cell_length), read)


def _characters(strip: Strip) -> Iterator[_Character]:
    cell = 0
    for text, style, _ in strip:
        if text.isascii():
            yield from (_Character(letter, cell + place, 1, style) for place, letter in enumerate(text))
            cell += len(text)
            continue
        for start, end in graphemes.spans(text):
            character = text[start:end]
            width = cells(character)
            yield _Character(character, cell, width, style)
            cell += width


def _in_order(characters: Sequence[_Character], area: Area, shape: Shape | None) -> Iterator[_Character]:
    texts = tuple(character.text for character in characters)
    shaped = _shaped(texts, shape) if shape is not None else texts
    for place, mirrored in order(texts, right=area.to_left, around=area.around):
        text = shaped[place]
        if mirrored and text[0] in MIRRORED:
            text = MIRRORED[text[0]] + text[1:]
        yield characters[place]._replace(text=text)


def _shaped(texts: Sequence[str], shape: Shape) -> Sequence[str]:
    whole = "".join(texts)
    formed = shape(whole)
    if formed == whole or len(formed) != len(whole):
        return texts
    found, at = [], 0
    for text in texts:
        found.append(formed[at : at + len(text)])
        at += len(text)
    return found if [*map(cells, found)] == [*map(cells, texts)] else texts


def _segments(characters: Sequence[_Character]) -> Iterator[Segment]:
    start = 0
    for place in range(1, len(characters) + 1):
        if place == len(characters) or characters[place].style != characters[start].style:
            yield Segment("".join(one.text for one in characters[start:place]), characters[start].style)
            start = place


def fields(strip: Strip) -> Sequence[Area]:
    """The texts of a line that is none of a paragraph: each is turned where it stands, for itself."""
    text = "".join(segment.text for segment in strip)
    found = []
    for start, end in _between(text):
        if not turns(text[start:end]):
            continue
        sign = _SIGN.match(text, start, end)
        piece = text[sign.end() if sign else start : end].rstrip()
        left = cells(text[: sign.end() if sign else start])
        found.append(Area(left, left + cells(piece), runs_to_left(piece)))
    return found


def _between(text: str) -> Iterator[tuple[int, int]]:
    """Where the texts begin and end between gaps and bars."""
    at = 0
    for gap in _APART.finditer(text):
        yield at, gap.start()
        at = gap.end()
    yield at, len(text)
