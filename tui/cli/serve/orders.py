"""What the page says besides keys: its size, and how much of what it was sent it has drawn."""

from __future__ import annotations

import json

from msgspec import Struct

_SMALLEST, _LARGEST = 2, 500
_MOST_SEEN = 1 << 20


class Size(Struct, frozen=True):
    """Cells of the terminal."""

    columns: int
    rows: int


class Seen(Struct, frozen=True):
    """Pieces that were drawn."""

    pieces: int


Order = Size | Seen


def order_in(text: str) -> Order | None:
    """What a message means; None where it is none of ours."""
    try:
        match json.loads(text):
            case {"size": [int(columns), int(rows)]}:
                return Size(_within(columns), _within(rows))
            case {"seen": int(pieces)} if 0 <= pieces <= _MOST_SEEN:
                return Seen(pieces)
    except (ValueError, RecursionError):
        pass
    return None


def _within(cells: int) -> int:
    return min(max(cells, _SMALLEST), _LARGEST)
