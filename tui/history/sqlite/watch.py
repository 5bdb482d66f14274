"""Notices that another program has written to the history, without asking the database all the time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from tui.errors import HistoryError
from tui.history.sqlite.files import COMPANIONS
from tui.paths import Stamp, stamp

_PAUSE = 2.0  # seconds between two looks at the files' times: a few microseconds each


class Watch:
    """Calls ``look`` soon after any program has written to the history ``path``."""

    def __init__(self, path: Path, look: Callable[[], Awaitable[None]]) -> None:
        self._files = [path, *(path.with_name(path.name + end) for end in COMPANIONS if end != "-shm")]
        self._look = look
        self._seen = self._state()
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Look no more."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        again = False
        while True:
            await asyncio.sleep(_PAUSE)
            state = self._state()
            changed = state != self._seen
            if changed or again:
                self._seen = state
                again = changed  # a commit can be read only some time after the file has changed
                with contextlib.suppress(HistoryError):  # told where the history is used for more
                    await self._look()

    def _state(self) -> list[Stamp | None]:
        return [stamp(file) for file in self._files]
