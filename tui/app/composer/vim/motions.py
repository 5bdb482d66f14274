"""Where a motion leads, from a place in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache

from msgspec import Struct

from tui import graphemes
from tui.app.composer.vim.buffer import first_word, line_end, line_start
from tui.cells import cells, index_at

_EMPTY_LINE = re.compile(r"^$", re.MULTILINE)


class Reach(Enum):
    """How much of a text an operator takes, from where one is to where the motion leads."""

    UP_TO = "up to it"
    WITH = "it too"
    LINES = "whole lines"


class Motion(Struct, frozen=True):
    """One motion."""

    lead: Callable[[str, int, int], int]
    """From text, place and count to the place it leads to."""
    reach: Reach = Reach.UP_TO


@cache
def word() -> re.Pattern[str]:
    """A word as ``w`` sees it; an empty line is one too."""
    return re.compile(rf"{graphemes.letters()}|(?:(?!\w)\S)+|^$", re.MULTILINE)


@cache
def big_word() -> re.Pattern[str]:
    """A word as ``W`` sees it."""
    return re.compile(r"\S+|^$", re.MULTILINE)


def _word_start(pattern: Callable[[], re.Pattern[str]]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        later = [m.start() for m in pattern().finditer(text) if m.start() > at]
        return later[count - 1] if count <= len(later) else len(text)

    return lead


def _word_before(pattern: Callable[[], re.Pattern[str]]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        earlier = [m.start() for m in pattern().finditer(text) if m.start() < at]
        return earlier[-count] if count <= len(earlier) else 0

    return lead


def _word_end(pattern: Callable[[], re.Pattern[str]]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        ends = (graphemes.before(text, m.end()) for m in pattern().finditer(text) if m[0] and m.end() > at)
        later = [end for end in ends if end > at]
        return later[count - 1] if count <= len(later) else graphemes.before(text, len(text))

    return lead


def _left(text: str, at: int, count: int) -> int:
    for _ in range(min(count, at)):
        at = max(line_start(text, at), graphemes.before(text, at))
    return at


def _right(text: str, at: int, count: int) -> int:
    for _ in range(min(count, len(text))):
        at = min(line_end(text, at), graphemes.after(text, at))
    return at


def _down(text: str, at: int, count: int) -> int:
    column, line = cells(text[line_start(text, at) : at]), at
    for _ in range(count):
        line = min(line_end(text, line) + 1, len(text))
    return _at_column(text, line_start(text, line), column)


def _up(text: str, at: int, count: int) -> int:
    line = line_start(text, at)
    column = cells(text[line:at])
    for _ in range(count):
        line = line_start(text, max(0, line - 1))
    return _at_column(text, line, column)


def _at_column(text: str, line: int, column: int) -> int:
    """The character of a line that stands at a column of the screen."""
    return line + index_at(text[line : line_end(text, line)], column)


def _end(text: str, at: int, count: int) -> int:
    for _ in range(count - 1):
        at = min(line_end(text, at) + 1, len(text))
    return max(line_start(text, at), graphemes.before(text, line_end(text, at)))


def _paragraph_after(text: str, at: int, count: int) -> int:
    later = [m.start() for m in _EMPTY_LINE.finditer(text) if m.start() > at]
    return later[count - 1] if count <= len(later) else len(text)


def _paragraph_before(text: str, at: int, count: int) -> int:
    earlier = [m.start() for m in _EMPTY_LINE.finditer(text) if m.start() < at]
    return earlier[-count] if count <= len(earlier) else 0


MOTIONS: Mapping[str, Motion] = {
    "h": Motion(_left),
    "l": Motion(_right),
    "j": Motion(_down, Reach.LINES),
    "k": Motion(_up, Reach.LINES),
    "w": Motion(_word_start(word)),
    "W": Motion(_word_start(big_word)),
    "b": Motion(_word_before(word)),
    "B": Motion(_word_before(big_word)),
    "e": Motion(_word_end(word), Reach.WITH),
    "E": Motion(_word_end(big_word), Reach.WITH),
    "0": Motion(lambda text, at, count: line_start(text, at)),
    "^": Motion(lambda text, at, count: first_word(text, at)),
    "$": Motion(_end, Reach.WITH),
    "{": Motion(_paragraph_before),
    "}": Motion(_paragraph_after),
}


def to_line(text: str, number: int) -> int:
    """The first word of the line with this number, from 1; of the last line if there is none."""
    at = 0
    for _ in range(number - 1):
        at = min(line_end(text, at) + 1, len(text))
    return first_word(text, at)


def to_character(text: str, at: int, key: str, wanted: str, count: int) -> int | None:
    """The ``count``-th ``wanted`` in the line, or beside it; None if there are not so many.

    Args:
        text: The whole text.
        at: Where one is.
        key: ``f`` and ``t`` look forwards, ``F`` and ``T`` back; ``t`` and ``T`` stop short of it.
        wanted: One character.
        count: Which one.
    """
    back, short = key.isupper(), key in "tT"
    line = range(line_start(text, at), at)[::-1] if back else range(at + 1, line_end(text, at))
    places = [place for place in line if text[place] == wanted]
    if count > len(places):
        return None
    place = places[count - 1]
    if not short:
        return place
    return graphemes.after(text, place) if back else graphemes.before(text, place)
