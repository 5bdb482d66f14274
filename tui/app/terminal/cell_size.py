"""How many pixels a cell of the terminal has."""

from __future__ import annotations

import struct
import sys

USUAL = (10, 20)
_SANE = range(4, 100)


def cell_size() -> tuple[int, int]:
    """Pixels across and down, as the system knows them of the terminal; the usual ones where it does not."""
    return known_cell_size() or USUAL


def known_cell_size() -> tuple[int, int] | None:
    """Pixels across and down; None where the system does not know them."""
    if sys.platform == "win32":
        return None
    import fcntl
    import termios

    try:
        told = fcntl.ioctl(sys.__stdout__.fileno() if sys.__stdout__ else 1, termios.TIOCGWINSZ, bytes(8))
    except (OSError, ValueError):
        return None
    rows, columns, width, height = struct.unpack("HHHH", told)
    cell = (width // (columns or 1), height // (rows or 1))
    return cell if cell[0] in _SANE and cell[1] in _SANE else None
