"""The program's end by a signal: the reply is stored and the terminal given back, as by Ctrl+Q."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable

CODES = {"SIGTERM": 143, "SIGHUP": 129, "SIGBREAK": 149}
"""What a shell reports for a program that the signal ended; SIGBREAK is Windows' closing console."""
INTERRUPTED = 130
LONGEST_END = 8.0
"""Seconds after which the program ends even if something hangs: storing takes five of them at most."""


def on_deadly_signals(leave: Callable[[int], None]) -> None:
    """Call ``leave`` with the exit code, on the running loop, when the system asks the program to end."""
    loop = asyncio.get_running_loop()
    for name, code in CODES.items():
        number = getattr(signal, name, None)
        if number is not None:
            # Not the loop's own handlers: they would come after that of the SIGCONT that follows a SIGHUP.
            signal.signal(number, lambda *_, code=code: _end(loop, leave, code))


def let_nobody_interrupt() -> None:
    """Let Ctrl+C mean nothing more, since the program is ending; after too long a time it ends it at once."""
    until = time.monotonic() + LONGEST_END
    signal.signal(signal.SIGINT, lambda *_: None if time.monotonic() < until else os._exit(INTERRUPTED))
    atexit.register(_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Python's own end forgets its handlers, and would let the signal end the program."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # one that comes just now is no complaint
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def on_lost_terminal(leave: Callable[[int], None]) -> None:
    """Call ``leave`` on the running loop when the terminal goes without a signal, as under ``nohup``."""
    if sys.platform in ("win32", "darwin"):  # no poll, or none that knows terminals
        return
    loop = asyncio.get_running_loop()

    def wait() -> None:
        terminal = select.poll()
        terminal.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)  # a hang-up is always told
        terminal.poll()
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(_end, loop, leave, CODES["SIGHUP"])

    threading.Thread(target=wait, daemon=True, name="terminal-watch").start()


def _end(loop: asyncio.AbstractEventLoop, leave: Callable[[int], None], code: int) -> None:
    if sys.platform != "win32":
        # A hang-up wakes the program as well; Textual would begin with the lost terminal anew. No SIG_IGN:
        # Python complains when a signal that has come already is ignored.
        signal.signal(signal.SIGCONT, lambda *_: None)
    deadline = threading.Timer(LONGEST_END, os._exit, [code])
    deadline.daemon = True
    deadline.start()
    loop.call_soon_threadsafe(leave, code)
