"""A screen of its own for something that is no text: shown until a key is pressed, gone without a trace."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from tui.app.background import in_thread

_BEGIN = b"\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_END = b"\x1b[2J\x1b[?25h\x1b[?1049l"
_LOOK = 0.1
"""Seconds between two looks whether the program ends."""


class Alone(NamedTuple):
    """Something that is no text."""

    shown: bytes
    """What is written from the upper left corner on."""
    gone: bytes = b""
    """What takes away again what does not go with the screen."""


async def show_alone(alone: Alone, words: str) -> None:
    """Show something while nothing else uses the terminal; any key leads back, and does nothing else.

    Args:
        alone: What is shown.
        words: What stands in the last line.
    """
    over = threading.Event()
    showing = asyncio.ensure_future(in_thread(partial(_show, alone, words, over)))
    try:
        await asyncio.shield(showing)
    finally:
        over.set()
        await asyncio.wait([showing])


def _show(alone: Alone, words: str, over: threading.Event) -> None:
    import select
    import termios
    import tty

    assert sys.__stdin__ is not None and sys.__stdout__ is not None
    keys, screen = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    with suppress(OSError, termios.error):  # a terminal that has gone: whoever it was lent by ends for that
        before = termios.tcgetattr(keys)
        try:
            tty.setraw(keys)
            bottom = os.get_terminal_size(screen).lines
            _write(screen, _BEGIN + alone.shown + f"\x1b[{bottom};1H{words}".encode())
            while not over.is_set() and not select.select([keys], [], [], _LOOK)[0]:
                pass
            _write(screen, alone.gone + _END)
        finally:
            termios.tcsetattr(keys, termios.TCSAFLUSH, before)


def _write(screen: int, data: bytes) -> None:
    while data:
        data = data[os.write(screen, data) :]
