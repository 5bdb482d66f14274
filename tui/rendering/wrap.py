"""Where lines break: at spaces, between wide characters, and inside a word only when it is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

_CHUNK = re.compile(r"\n| +|[^ \n]+")
# Characters that are one cell wide and break only at spaces.
_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc]*"
)
_NOT_FIRST = frozenset("、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】〙〗’”…‥,.;:?!)]}")
_NOT_LAST = frozenset("（［｛〔〈《「『【〘〖‘“([{")


def cells(text: str) -> int:
    """How many cells a terminal gives to ``text``, as Textual counts them."""
    return len(text) if text.isascii() else cell_len(text)


def wrap(text: str, width: int, start: int = 0) -> list[tuple[int, int]]:
    """Break ``text`` from ``start`` on into lines of at most ``width`` cells: (first, end) of each.

    The spaces round a break belong to no line; a newline always breaks.
    """
    lines: list[tuple[int, int]] = []
    position = start
    while True:
        newline = text.find("\n", position)
        end = len(text) if newline < 0 else newline
        while position < end and text[position] == " ":
            position += 1
        if _NARROW.fullmatch(text, position, end):
            _wrap_narrow(text, position, end, width, lines)
        else:
            _wrap_wide(text, position, end, width, lines)
        if newline < 0:
            return lines
        position = newline + 1


def _wrap_narrow(text: str, position: int, end: int, width: int, lines: list[tuple[int, int]]) -> None:
    """A character is a cell: breaks can be looked up."""
    while end > position and text[end - 1] == " ":
        end -= 1
    while end - position > width:
        stop = text.rfind(" ", position, position + width + 1)
        if stop < 0:
            stop = position + width  # a word too long for a line
        after = stop
        while text[stop - 1] == " ":
            stop -= 1
        lines.append((position, stop))
        position = after
        while text[position] == " ":
            position += 1
    lines.append((position, end))


def _wrap_wide(text: str, position: int, end: int, width: int, lines: list[tuple[int, int]]) -> None:
    first = last = position
    used = 0
    for start, stop, size in _atoms(text, position, end, width):
        if text[start] == " ":
            used += size
            continue
        if used + size > width and last > first:
            lines.append((first, last))
            first, used = start, 0
        used += size
        last = stop
    lines.append((first, last))


def _atoms(text: str, position: int, end: int, width: int) -> Iterator[tuple[int, int, int]]:
    """Runs of spaces, and the pieces of words that a line must not break."""
    for match in _CHUNK.finditer(text, position, end):
        start, chunk = match.start(), match[0]
        if chunk.isascii() and len(chunk) <= width:
            yield start, match.end(), len(chunk)
        else:
            yield from _split_word(chunk, start, width)


def _split_word(word: str, offset: int, width: int) -> Iterator[tuple[int, int, int]]:
    start = size = 0
    previous = ""
    previous_size = 0
    for first, end, cell_size in split_graphemes(word)[0]:
        char = word[first]
        wide = cell_size == 2 or previous_size == 2
        allowed = wide and char not in _NOT_FIRST and previous not in _NOT_LAST
        if first > start and (allowed or size + cell_size > width):
            yield offset + start, offset + first, size
            start, size = first, 0
        size += cell_size
        previous, previous_size = word[end - 1], cell_size
    yield offset + start, offset + len(word), size


def chop(text: str, width: int, rest: int) -> list[tuple[int, int]]:
    """Cut ``text`` at cells, as code is: the first line ``width`` cells wide, the others ``rest``."""
    lines = []
    start, room = 0, width
    if text.isascii():
        while len(text) - start > room:
            lines.append((start, start + room))
            start, room = start + room, rest
        lines.append((start, len(text)))
        return lines
    used = 0
    for first, _end, size in split_graphemes(text)[0]:
        if used + size > room and first > start:
            lines.append((start, first))
            start, used, room = first, 0, rest
        used += size
    lines.append((start, len(text)))
    return lines
