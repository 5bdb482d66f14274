"""Text objects: the word, the quotation, the brackets around a place."""

from __future__ import annotations

import re

from tui.app.composer.vim.buffer import line_end, line_start
from tui.app.composer.vim.motions import big_word, word

_RUN = {"w": word, "W": big_word}
_BLANKS = re.compile(r"[^\S\n]+")
_BRACKETS = {key: pair for pair in ("()", "[]", "{}", "<>") for key in pair} | {"b": "()", "B": "{}"}
KEYS = frozenset({*_RUN, *_BRACKETS, *"\"'`"})
"""What may follow ``i`` and ``a``."""


def find(text: str, at: int, around: bool, key: str) -> tuple[int, int] | None:
    """Where an object begins and ends; None if there is none at ``at``.

    Args:
        text: The whole text.
        at: A place in it.
        around: With the quotes, the brackets, or the blanks beside the word.
        key: Which object.
    """
    if key in _RUN:
        return _run(text, at, around, _RUN[key]())
    if key in _BRACKETS:
        return _bracketed(text, at, around, *_BRACKETS[key])
    return _quoted(text, at, around, key)


def _run(text: str, at: int, around: bool, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    start, end = line_start(text, at), line_end(text, at)
    found = (*pattern.finditer(text, start, end), *_BLANKS.finditer(text, start, end))
    runs = sorted(filter(lambda run: run[0], found), key=lambda run: run.start())
    place = next((i for i, run in enumerate(runs) if run.start() <= at < run.end()), None)
    if place is None:
        return None
    first = last = place
    if around and place + 1 < len(runs) and runs[place + 1][0].isspace() != runs[place][0].isspace():
        last += 1
    elif around and place and runs[place - 1][0].isspace():
        first -= 1
    return runs[first].start(), runs[last].end()


def _quoted(text: str, at: int, around: bool, quote: str) -> tuple[int, int] | None:
    start, end = line_start(text, at), line_end(text, at)
    places = [place for place in range(start, end) if text[place] == quote]
    for opening, closing in zip(places[::2], places[1::2], strict=False):
        if at <= closing:
            return (opening, closing + 1) if around else (opening + 1, closing)
    return None


def _bracketed(text: str, at: int, around: bool, left: str, right: str) -> tuple[int, int] | None:
    inside = at - (text[at : at + 1] == right)
    opening = _unmatched(text, range(inside, -1, -1), left, right)
    if opening is None:
        return None
    closing = _unmatched(text, range(opening + 1, len(text)), right, left)
    if closing is None:
        return None
    return (opening, closing + 1) if around else (opening + 1, closing)


def _unmatched(text: str, places: range, wanted: str, other: str) -> int | None:
    depth = 0
    for place in places:
        character = text[place : place + 1]
        if character == wanted and not depth:
            return place
        depth += (character == other) - (character == wanted)
    return None
