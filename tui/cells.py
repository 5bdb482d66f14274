"""How many cells of a terminal a text takes, and where it can be cut: between characters as readers see them.

Rich measures what all widgets draw. It takes the letter after a joiner to have no width, which is so only
among pictures, and cuts flags and conjuncts in two; here it is taught better, once for all that draws.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich import cells as rich_cells
from rich.segment import Segment

from tui import graphemes

_SIGNS = "\u2194\u2195\u2620\u2640\u2642\u2695\u2696\u26a7\u26d3\u2708\u2764\u27a1\u2b1b"
_PICTURES = "\U0001f000-\U0001faff" + _SIGNS
_STRAY = re.compile(f"(?<![{_PICTURES}\ufe0f])\u200d|\u200d(?![{_PICTURES}])")
"""A joiner between anything but pictures."""

_rich_measure = rich_cells._cell_len


def cells(text: str) -> int:
    """How many cells a terminal gives to ``text``."""
    return len(text) if text.isascii() else rich_cells.cell_len(text)


def split(text: str, unicode_version: str = "auto") -> tuple[list[tuple[int, int, int]], int]:
    """The begin, end and cells of each character, and the cells of all of them."""
    found = [(start, end, cells(text[start:end])) for start, end in graphemes.spans(text)]
    return found, sum(size for _, _, size in found)


def index_at(text: str, cell: int) -> int:
    """The index of the character that covers a cell; the end of the text behind all of them."""
    if text.isascii() or cell <= 0:
        return max(min(cell, len(text)), 0)
    right = 0
    for start, _end, size in split(text)[0]:
        right += size
        if right > cell:
            return start
    return len(text)


def _measure(text: str, unicode_version: str) -> int:
    return _rich_measure(_STRAY.sub("", text) if "\u200d" in text else text, unicode_version)


def _split_text(text: str, cell: int, unicode_version: str = "auto") -> tuple[str, str]:
    """The texts before and after a cell; a character that covers both sides is blank on both."""
    right = 0
    for start, end, size in split(text)[0]:
        left, right = right, right + size
        if left >= cell:
            return text[:start], text[start:]
        if right > cell:
            return text[:start] + " " * (cell - left), " " * (right - cell) + text[end:]
    return text, ""


@lru_cache(maxsize=1 << 14)
def _split_segment(segment: Segment, cell: int) -> tuple[Segment, Segment]:
    left, right = _split_text(segment.text, cell)
    return Segment(left, segment.style, segment.control), Segment(right, segment.style, segment.control)


def _teach() -> None:
    ours = (
        (rich_cells, "_cell_len", _measure),
        (rich_cells, "split_graphemes", split),
        (rich_cells, "_split_text", _split_text),
        (Segment, "_split_cells", staticmethod(_split_segment)),
    )
    for owner, name, function in ours:
        setattr(owner, name, function)


_teach()
