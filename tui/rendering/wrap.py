"""Where lines break: at spaces, between wide characters, and inside a word only when it is too long."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, pairwise

from rich.cells import get_character_cell_size

from tui.cells import split

# Characters that are one cell wide and break only at spaces.
_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc]*"
)
_NOT_FIRST = frozenset("、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】〙〗’”…‥,.;:?!)]}")
_NOT_LAST = frozenset("（［｛〔〈《「『【〘〖‘“([{")
_CLUSTERED = re.compile(
    "[\u0300-\u10ff\u1160-\u11ff\u1700-\u1cff\u200d\ufe0f\ua800-\uabff\U0001f1e6-\U0001f3ff]"
)
"""What may be part of a character of several code points, some of which have a width of their own."""

Lines = list[tuple[int, int]]
"""The first character of each line and the one after its last."""


class _Widths(dict[str, int]):
    """The cells of each character, found out once."""

    def __missing__(self, char: str) -> int:
        size = self[char] = get_character_cell_size(char)
        return size


_WIDTHS = _Widths()


def _sizes(text: str) -> list[int]:
    """The cells of each character; those that only change the one before them have none."""
    if not _CLUSTERED.search(text):
        return [_WIDTHS[char] for char in text]
    sizes = [0] * len(text)
    for start, _end, size in split(text)[0]:
        sizes[start] = size
    return sizes


def wrap(text: str, width: int, start: int = 0) -> Lines:
    """Break ``text`` from ``start`` on into lines of at most ``width`` cells.

    A newline always breaks, and the spaces after it stay; those round another break belong to no line.
    Where there is no room, as in a window that gets very small, each character has a line.
    """
    width = max(1, width)
    lines: Lines = []
    position = start
    while True:
        newline = text.find("\n", position)
        end = last = len(text) if newline < 0 else newline
        while last > position and text[last - 1] == " ":
            last -= 1
        if _NARROW.fullmatch(text, position, last):
            _wrap_narrow(text, position, last, width, lines)
        else:
            _wrap_wide(text, position, last, width, lines)
        if newline < 0:
            return lines
        position = end + 1


def _indent(text: str, position: int, end: int) -> int:
    """The first character that is no space."""
    while position < end and text[position] == " ":
        position += 1
    return position


def _wrap_narrow(text: str, position: int, end: int, width: int, lines: Lines) -> None:
    """A character is a cell: breaks can be looked up."""
    word = _indent(text, position, end)
    while end - position > width:
        stop = text.rfind(" ", word, position + width + 1)
        if stop < 0:
            stop = position + width  # a word too long for a line
        after = stop
        while stop > position and text[stop - 1] == " ":
            stop -= 1
        lines.append((position, stop))
        position = word = _indent(text, after, end)
    lines.append((position, end))


def _wrap_wide(text: str, position: int, end: int, width: int, lines: Lines) -> None:
    sizes = _sizes(text[position:end])
    edges = list(accumulate(sizes, initial=0))
    first, count = 0, end - position
    word = _indent(text, position, end) - position
    while edges[count] - edges[first] > width:
        furthest = bisect_right(edges, edges[first] + width) - 1
        stop = furthest
        while stop > word and not _may_break(text, position + stop, sizes, stop):
            stop -= 1
        if stop <= word:
            stop = furthest if furthest > first else _after(edges, first)
        after = stop
        while stop > first and text[position + stop - 1] == " ":
            stop -= 1
        lines.append((position + first, position + stop))
        first = word = _indent(text, position + after, end) - position
    lines.append((position + first, end))


def _after(edges: list[int], index: int) -> int:
    """The end of a character that is wider than a line, with all that belongs to it."""
    return bisect_right(edges, edges[index + 1]) - 1


def _may_break(text: str, at: int, sizes: list[int], index: int) -> bool:
    char, before = text[at], text[at - 1]
    if char == " " or before == " ":
        return True
    if not sizes[index] or not (_is_wide(char, sizes[index]) or _is_wide(before, sizes[index - 1])):
        return False
    return char not in _NOT_FIRST and before not in _NOT_LAST


def _is_wide(char: str, size: int) -> bool:
    """Whether it is of a script without spaces, or a picture; several letters drawn as one are neither."""
    return _WIDTHS[char] > 1 or (size > 1 and not char.isalpha())


def chop(text: str, width: int, rest: int) -> Lines:
    """Cut ``text`` at cells, as code is: the first line ``width`` cells wide, the others ``rest``.

    Where there is no room, each has one cell.
    """
    width, rest = max(1, width), max(1, rest)
    if _NARROW.fullmatch(text):
        if len(text) <= width:
            return [(0, len(text))]
        cuts = [0, *range(width, len(text), rest), len(text)]
    else:
        edges = list(accumulate(_sizes(text), initial=0))
        cuts, room = [0], width
        while edges[-1] - edges[cuts[-1]] > room:
            furthest = bisect_right(edges, edges[cuts[-1]] + room) - 1
            cuts.append(furthest if furthest > cuts[-1] else _after(edges, cuts[-1]))
            room = rest
        cuts.append(len(text))
    return list(pairwise(cuts))
