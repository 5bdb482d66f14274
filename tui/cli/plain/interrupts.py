"""Ctrl+C, and the system's wish to end the program: what runs is stopped and stored first."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from tui.system.signals import CODES

T = TypeVar("T")


class Interrupts:
    """Runs work on an event loop; between two works a signal is raised where it comes."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._task: asyncio.Task[Any] | None = None
        self._stopping = False
        self._ignoring = False
        self._ended_by: int | None = None
        self._codes = {getattr(signal, name): code for name, code in CODES.items() if hasattr(signal, name)}
        self._wakeups = Wakeups()
        for number in (signal.SIGINT, *self._codes):
            signal.signal(number, self._take)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work``.

        Raises:
            KeyboardInterrupt: It was stopped.
            SystemExit: So was it, by the system.
        """

        async def watched() -> T:
            self._task, self._stopping = asyncio.current_task(), False
            try:
                return await work
            finally:
                self._task = None

        try:
            return self._runner.run(watched())
        except asyncio.CancelledError:
            if self._ended_by is not None:
                raise SystemExit(self._ended_by) from None
            raise KeyboardInterrupt from None

    def stop(self) -> None:
        """Stop the work; a second time would cut the storing short, and does nothing."""
        if self._task is not None and not self._stopping:
            self._stopping = True
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    @contextmanager
    def ignored(self) -> Iterator[None]:
        """Meanwhile Ctrl+C is another program's, or nobody's; what the system wishes is done afterwards."""
        ignoring, self._ignoring = self._ignoring, True
        try:
            yield
        finally:
            self._ignoring = ignoring

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Meanwhile a signal is raised where it comes, as between two works: the person is asked."""
        task, self._task = self._task, None
        try:
            yield
        finally:
            self._task = task

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._wakeups.took()
        if number != signal.SIGINT:
            self._ended_by = self._codes[signal.Signals(number)]
        if self._ignoring and number == signal.SIGINT:
            return
        if self._task is not None:
            self.stop()
        elif self._ignoring:
            return
        elif self._ended_by is not None:
            raise SystemExit(self._ended_by)
        else:
            raise KeyboardInterrupt


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
