"""How wide a table's columns are."""

from __future__ import annotations

from collections.abc import Sequence

WIDE_GAP, NARROW_GAP = 4, 2
SMALLEST = 6
"""Cells below which a column is not read any more."""


def fit(natural: Sequence[int], words: Sequence[int], width: int) -> tuple[list[int], int] | None:
    """The widths of the columns and the gap between them; None if the table is too wide for its width.

    ``natural`` is what each column would take, ``words`` the longest word in it. The widest give way first.
    """
    count = len(natural)
    if sum(natural) + WIDE_GAP * (count - 1) <= width:
        return list(natural), WIDE_GAP
    room = width - NARROW_GAP * (count - 1)
    least = [min(size, SMALLEST) for size in natural]
    if sum(least) > room:
        return None
    whole = [max(low, min(size, word)) for low, size, word in zip(least, natural, words, strict=True)]
    if sum(whole) <= room:
        least = whole  # no word has to be cut
    sizes = _level(natural, least, room)
    spare = room - sum(sizes)
    gap = NARROW_GAP + min(spare // (count - 1), WIDE_GAP - NARROW_GAP) if count > 1 else NARROW_GAP
    return sizes, gap


def _level(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Lower the widest columns to one level so that all fit."""
    low, high = 0, max(natural)
    while low < high:
        level = (low + high + 1) // 2
        if sum(max(least[i], min(size, level)) for i, size in enumerate(natural)) <= room:
            low = level
        else:
            high = level - 1
    sizes = [max(least[i], min(size, low)) for i, size in enumerate(natural)]
    for index, size in enumerate(natural):  # the cells left over by the level
        if sizes[index] < size and sum(sizes) < room:
            sizes[index] += 1
    return sizes
