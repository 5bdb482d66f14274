"""How long an event loop does nothing else."""

from __future__ import annotations

import asyncio
import time

BEAT = 0.01
"""Seconds; 500 beats a second cost as much as drawing a reply."""


class Heart:
    """Beats in the event loop while it is entered, and keeps the longest time between two beats."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds by which a beat came late."""
        self.work = 0.0
        """The same, of the processor's time: what other programs took meanwhile is not in it."""

    async def __aenter__(self) -> Heart:
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _beat(self) -> None:
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, time.perf_counter() - before - BEAT)
            self.work = max(self.work, time.thread_time() - worked)
