"""Places in a transcript that stay true while it scrolls, and the text between two of them."""

from __future__ import annotations

_ROWS = 1 << 24


def key_of(index: int, row: int) -> int:
    """A line number for Textual's selection: grows with message and row, and scrolling does not change it."""
    return index * _ROWS + row


def place_of(key: int) -> tuple[int, int]:
    """Message and row of a line number."""
    return divmod(key, _ROWS)
