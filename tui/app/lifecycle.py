"""The program's end by a signal: the reply is stored and the terminal given back, as by Ctrl+Q."""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
import sys
import threading
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


def on_lost_terminal(leave: Callable[[int], None]) -> None:
    """Call ``leave`` on the running loop when the terminal goes without a signal, as under ``nohup``.

    Textual would read its end again and again, with a whole core.
    """
    if sys.platform in ("win32", "darwin"):  # no poll, or none that knows terminals
        return
    loop = asyncio.get_running_loop()

    def wait() -> None:
        terminal = select.poll()
        terminal.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)  # a hang-up is always told
        terminal.poll()
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(leave, _CODES["SIGHUP"])

    threading.Thread(target=wait, daemon=True, name="terminal-watch").start()
