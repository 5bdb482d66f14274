"""Signals that come just before the program sleeps: it is woken until they were taken."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading

AGAIN = 0.05
"""Seconds after which a signal that was not taken wakes the program again."""
_TAKEN = b"\0"


class Wakeups:
    """Sees that no signal waits for the next key.

    Python takes a signal between two steps of its own, and line editing is one long step: it ends for a
    signal that comes while it sleeps, but not for one that came just before. Windows has no line editing
    of ours.
    """

    def __init__(self) -> None:
        self._taken: int | None = None
        if sys.platform == "win32":
            return
        reading, self._taken = os.pipe()
        os.set_blocking(self._taken, False)
        signal.signal(signal.SIGURG, lambda number, frame: None)  # wakes, and means nothing else to anyone
        signal.set_wakeup_fd(self._taken, warn_on_full_buffer=False)
        threading.Thread(target=_wake, args=(reading,), name="wakeups", daemon=True).start()

    def took(self) -> None:
        """The signals that came so far were taken."""
        if self._taken is not None:
            os.write(self._taken, _TAKEN)


def _wake(arrivals: int) -> None:
    """Follow the numbers of the signals, and wake the main thread while one of them is not taken."""
    if sys.platform == "win32":
        return
    waiting = False
    while True:
        if waiting and not select.select([arrivals], [], [], AGAIN)[0]:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGURG)
            continue
        for number in os.read(arrivals, 64):
            if number != signal.SIGURG:
                waiting = number != _TAKEN[0]
