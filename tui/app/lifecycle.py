"""The program's end by a signal: the reply is stored and the terminal given back, as by Ctrl+Q."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

_CODES = {"SIGTERM": 143, "SIGHUP": 129, "SIGBREAK": 149}
"""What a shell reports for a program that the signal ended; SIGBREAK is Windows' closing console."""


def on_deadly_signals(leave: Callable[[int], None]) -> None:
    """Call ``leave`` with the exit code, on the running loop, when the system asks the program to end."""
    loop = asyncio.get_running_loop()
    for name, code in _CODES.items():
        number = getattr(signal, name, None)
        if number is None:
            continue
        if sys.platform == "win32":
            signal.signal(number, lambda *_, code=code: loop.call_soon_threadsafe(leave, code))
        else:
            loop.add_signal_handler(number, leave, code)
