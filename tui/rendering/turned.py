"""Drawn lines as they are seen where text runs from right to left, and where each of their cells is read.

A line is made, marked and cut in the order in which it is read; to turn it is the last that is done to it.
What it is read from is never touched, so that what is copied, found and pointed at stays what was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import graphemes
from tui.bidi import ALONE, MIRRORED, Around, order, runs_to_left, turns
from tui.cells import cells

FAR = 1 << 24
"""A cell beyond the end of every line."""
_APART = re.compile(" {2,}| · |[\u2500-\u259f]+")
"""What stands between the texts of a line: gaps, bars."""
_SIGN = re.compile(r"""\s*(?:[^\w\s()\[\]{}<>«»"'“”‘’„]+ )*""")
"""Signs before a text, which stay where they are."""

_SIMPLE = re.compile(
    "[ -~\u05d0-\u05ea\u060c\u061b\u061f\u0621-\u064a\u0660-\u066d\u0671-\u06d3\u2010-\u2027▎]*"
)
"""Texts of which each code point is a character of one cell."""

_LETTERS = "\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_SAME_FONT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
"""What a terminal turns that turns all that has one font and script: digits and signs of the script, too."""
_SAME_RUN = re.compile(f"[{_LETTERS}]+|[\u0660-\u066d\u06f0-\u06f9]+")
"""What a terminal turns that goes by UAX #9: letters, or digits of their scripts."""
_LETTER = re.compile(f"[{_LETTERS}]")
_OBJECT = "\ufffc"
"""What stands for something that is no text, and has no direction."""
_LEFT_TO_RIGHT = "\u200e"
"""A mark that counts as a letter, and is not seen."""

Shape = Callable[[str], str]
"""Gives the letters of a text the forms that they have beside each other; the text keeps its length."""


class Area(NamedTuple):
    """Cells of a line that are turned together."""

    left: int
    end: int
    to_left: bool
    """Whether its paragraph runs from right to left; then it ends at its left."""
    around: Around = ALONE
    code: tuple[tuple[int, int], ...] = ()
    """The first cell of each piece of code in it, and the one after: code runs from left to right, alone."""

    def moved(self, by: int) -> Area:
        """The same, so many cells further to the right."""
        code = tuple((left + by, end + by) for left, end in self.code)
        return self._replace(left=self.left + by, end=self.end + by, code=code)


class _Characters(NamedTuple):
    """A line as readers see it: what each of its characters is, how wide, and how it looks."""

    texts: list[str]
    widths: list[int]
    styles: list[Style | None]


class Turned(Struct, frozen=True):
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


def turn(strip: Strip, areas: Sequence[Area], shape: Shape | None = None) -> Turned:
    """Turn these areas of a line.

    Args:
        strip: The line as it is read.
        areas: What of it is turned; they don't overlap.
        shape: Forms the letters.
    """
    line = _characters(strip)
    lefts = [0, *accumulate(line.widths)]
    texts = list(line.texts)
    seen: list[int] = []
    for area in sorted(areas):
        begin = bisect_left(lefts, area.left, len(seen), len(texts))
        end = bisect_left(lefts, area.end, begin, len(texts))
        seen += range(len(seen), begin)
        inner = tuple(texts[begin:end])
        if shape is not None:
            texts[begin:end] = _shaped(inner, shape)
        code = {
            bisect_left(lefts, left, begin, end) - begin: bisect_left(lefts, right, begin, end) - begin
            for left, right in area.code
        }
        for place, mirrored in _order(inner, area, code):
            at = begin + place
            seen.append(at)
            if mirrored and inner[place][0] in MIRRORED:
                texts[at] = MIRRORED[inner[place][0]] + inner[place][1:]
    seen += range(len(seen), len(texts))
    if lefts[-1] == len(texts) and 0 not in line.widths:
        read = seen  # each character is a cell
    else:
        read = [cell for at in seen for cell in range(lefts[at], lefts[at + 1])]
    return Turned(Strip(_segments(seen, texts, line.styles), strip.cell_length), read)


def _order(texts: Sequence[str], area: Area, code: Mapping[int, int]) -> Iterator[tuple[int, bool]]:
    """The places of characters as they are seen, and which face the other way.

    Args:
        texts: The characters.
        area: Where they stand.
        code: Where pieces of code begin, each a sign among the others, and where they end.
    """
    units, at = [], 0
    while at < len(texts):
        units.append((at, max(code.get(at, 0), at + 1)))
        at = units[-1][1]
    signs = tuple(_OBJECT if start in code else texts[start] for start, _ in units)
    for unit, mirrored in order(signs, right=area.to_left, around=area.around):
        start, end = units[unit]
        if start in code:
            yield from ((start + place, back) for place, back in order(tuple(texts[start:end]), right=False))
        else:
            yield start, mirrored


def words_as_read(strip: Strip) -> Strip:
    """A line as it is seen, but for its words: their letters stand as they are read.

    For a terminal that turns each word: it shows them as they are seen, each letter in the look of its cell.
    """
    line = _characters(strip)
    for start, end in _words(line, _SAME_FONT):
        if any(_LETTER.match(text) for text in line.texts[start:end]):
            line.texts[start:end] = line.texts[start:end][::-1]
    return Strip(_segments(range(len(line.texts)), line.texts, line.styles), strip.cell_length)


def words_parted(strip: Strip) -> Strip:
    """The same, for a terminal that turns a line as UAX #9 says: no word touches another, or a sign.

    It turns cells with their looks.
    """
    line = _characters(strip)
    for start, end in _words(line, _SAME_RUN):
        if _LETTER.match(line.texts[start]):
            line.texts[start:end] = line.texts[start:end][::-1]
            line.styles[start:end] = line.styles[start:end][::-1]
        line.texts[end - 1] += _LEFT_TO_RIGHT
        if start:
            line.texts[start - 1] += _LEFT_TO_RIGHT
        else:
            line.texts[0] = _LEFT_TO_RIGHT + line.texts[0]
    return Strip(_segments(range(len(line.texts)), line.texts, line.styles), strip.cell_length)


def _words(line: _Characters, kind: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where words begin and end that have one slant and weight, and so one font."""
    found: list[tuple[int, int]] = []
    word = re.finditer(kind, "".join(text[0] for text in line.texts))
    for start, end in (match.span() for match in word):
        for _, places in groupby(range(start, end), lambda at: _font(line.styles[at])):
            first, *others = places
            found.append((first, first + len(others) + 1))
    return found


def _font(style: Style | None) -> tuple[bool, bool]:
    return (bool(style.bold), bool(style.italic)) if style else (False, False)


def _characters(strip: Strip) -> _Characters:
    texts: list[str] = []
    widths: list[int] = []
    styles: list[Style | None] = []
    for text, style, _ in strip:
        if text.isascii() or _SIMPLE.fullmatch(text):
            texts += text
            widths += [1] * len(text)
        else:
            found = [text[start:end] for start, end in graphemes.spans(text)]
            texts += found
            widths += map(cells, found)
        styles += [style] * (len(texts) - len(styles))
    return _Characters(texts, widths, styles)


def _shaped(texts: Sequence[str], shape: Shape) -> Sequence[str]:
    whole = "".join(texts)
    formed = shape(whole)
    if formed == whole or len(formed) != len(whole) or cells(formed) != cells(whole):
        return texts
    found, at = [], 0
    for text in texts:
        found.append(formed[at : at + len(text)])
        at += len(text)
    return found


def _segments(seen: Sequence[int], texts: Sequence[str], styles: Sequence[Style | None]) -> Iterator[Segment]:
    """The characters as they are seen, those of one look together."""
    found: list[str] = []
    look = styles[seen[0]] if seen else None
    for at in seen:
        style = styles[at]
        if style is not look and style != look:
            yield Segment("".join(found), look)
            found, look = [], style
        found.append(texts[at])
    yield Segment("".join(found), look)


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
        found.append(Area(left, left + cells(piece), runs_to_left([piece])))
    return found


def _between(text: str) -> Iterator[tuple[int, int]]:
    """Where the texts begin and end between gaps and bars."""
    at = 0
    for gap in _APART.finditer(text):
        yield at, gap.start()
        at = gap.end()
    yield at, len(text)
