"""Where a motion leads, from a place in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from tui.app.composer.vim.buffer import first_word, line_end, line_start

WORD = re.compile(r"\w+|[^\w\s]+|^$", re.MULTILINE)
"""A word as ``w`` sees it; an empty line is one too."""
BIG_WORD = re.compile(r"\S+|^$", re.MULTILINE)
"""A word as ``W`` sees it."""
_EMPTY_LINE = re.compile(r"^$", re.MULTILINE)


class Reach(Enum):
    """How much of a text an operator takes, from where one is to where the motion leads."""

    UP_TO = "up to it"
    WITH = "it too"
    LINES = "whole lines"


@dataclass(frozen=True, slots=True)
class Motion:
    """One motion."""

    lead: Callable[[str, int, int], int]
    """From text, place and count to the place it leads to."""
    reach: Reach = Reach.UP_TO


def _word_start(pattern: re.Pattern[str]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        later = [m.start() for m in pattern.finditer(text) if m.start() > at]
        return later[count - 1] if count <= len(later) else len(text)

    return lead


def _word_before(pattern: re.Pattern[str]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        earlier = [m.start() for m in pattern.finditer(text) if m.start() < at]
        return earlier[-count] if count <= len(earlier) else 0

    return lead


def _word_end(pattern: re.Pattern[str]) -> Callable[[str, int, int], int]:
    def lead(text: str, at: int, count: int) -> int:
        later = [m.end() - 1 for m in pattern.finditer(text) if m[0] and m.end() - 1 > at]
        return later[count - 1] if count <= len(later) else max(0, len(text) - 1)

    return lead


def _left(text: str, at: int, count: int) -> int:
    return max(line_start(text, at), at - count)


def _right(text: str, at: int, count: int) -> int:
    return min(line_end(text, at), at + count)


def _down(text: str, at: int, count: int) -> int:
    column, line = at - line_start(text, at), at
    for _ in range(count):
        line = min(line_end(text, line) + 1, len(text))
    line = line_start(text, line)
    return min(line + column, line_end(text, line))


def _up(text: str, at: int, count: int) -> int:
    start = line = line_start(text, at)
    for _ in range(count):
        line = line_start(text, max(0, line - 1))
    return min(line + at - start, line_end(text, line))


def _end(text: str, at: int, count: int) -> int:
    for _ in range(count - 1):
        at = min(line_end(text, at) + 1, len(text))
    return max(line_start(text, at), line_end(text, at) - 1)


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
    "w": Motion(_word_start(WORD)),
    "W": Motion(_word_start(BIG_WORD)),
    "b": Motion(_word_before(WORD)),
    "B": Motion(_word_before(BIG_WORD)),
    "e": Motion(_word_end(WORD), Reach.WITH),
    "E": Motion(_word_end(BIG_WORD), Reach.WITH),
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
    return place + (back - (not back)) * short
