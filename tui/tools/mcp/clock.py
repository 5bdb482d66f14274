"""The time that a call may take: begun anew by each sign of life, stopped while a person is asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Clock:
    """Two limits of one call, kept by a timeout that is moved."""

    def __init__(self, timeout: asyncio.Timeout, idle: float, whole: float) -> None:
        self._timeout = timeout
        self._idle = idle
        self._time = asyncio.get_running_loop().time
        self._idle_end = self._time() + idle
        self._whole_end = self._time() + whole
        self._stops = 0
        self._stopped = 0.0
        self._move()

    @property
    def idled(self) -> bool:
        """Whether it is the silence that takes too long, and not the whole."""
        return self._idle_end <= self._whole_end

    def alive(self) -> None:
        """There was a sign of life."""
        self._idle_end = self._time() + self._idle
        self._move()

    def stop(self) -> None:
        """A person is asked."""
        if not self._stops:
            self._stopped = self._time()
        self._stops += 1
        self._move()

    def go_on(self) -> None:
        """The person has answered."""
        self._stops -= 1
        if not self._stops:
            self._whole_end += self._time() - self._stopped
            self._idle_end = self._time() + self._idle
        self._move()

    def _move(self) -> None:
        with suppress(RuntimeError):  # the call has ended
            self._timeout.reschedule(None if self._stops else min(self._idle_end, self._whole_end))
