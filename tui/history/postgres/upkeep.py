"""What a history needs once in a while, done in the background by any of the programs that use it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from tui.errors import HistoryError

_HOUR = 3600.0


class Upkeep:
    """Does a round at the start, then once an hour: a program may run for weeks."""

    def __init__(self, tidy: Callable[[], Awaitable[object]]) -> None:
        """Begin; ``tidy`` is one round."""
        self._tidy = tidy
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Give it up."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(HistoryError):  # the next round tries again
                await self._tidy()
            await asyncio.sleep(_HOUR)
