"""What a history needs once in a while, done in the background after the start."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tui.errors import HistoryBusyError, HistoryError
from tui.history.sqlite.database import Database
from tui.history.sqlite.sessions import Session
from tui.history.store import TRASH_DAYS

_SMALL = (
    64_000_000  # bytes up to which a copy takes a moment; a larger file waits until the program has begun
)
_DELAY = 5.0  # seconds
_HOUR = 3600.0
_PATIENCE = 1.0  # seconds that closing waits for a small file's copy


class Upkeep:
    """Drops what stayed empty, empties the old trash, sweeps up after dead programs, makes today's backup."""

    def __init__(
        self, database: Database, session: Session, complain: Callable[[HistoryError], None]
    ) -> None:
        """Begin.

        Args:
            database: A database that may be written.
            session: Ours.
            complain: Told what could not be done; the next start tries again.
        """
        self._database = database
        self._session = session
        self._complain = complain
        path = database.location.path
        self._large = path is not None and path.stat().st_size > _SMALL
        self._rests = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Let it come to its rest if that is near, and give it up otherwise."""
        if not self._large:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._rests.wait()
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        """Once at the start, then once an hour: a program may run for weeks."""
        while True:
            await self._round()
            self._rests.set()
            await asyncio.sleep(_HOUR)
            self._rests.clear()

    async def _round(self) -> None:
        try:
            await self._database.write(self._tidy, lambda _: None)
            if self._large:
                await asyncio.sleep(_DELAY)
            await self._database.read_aside(self._keep_safe)
        except HistoryBusyError:
            return  # another program works on it, and does this too
        except HistoryError as error:
            self._complain(error)

    def _tidy(self, connection: sqlite3.Connection) -> None:
        from tui.history.sqlite import conversations, trash

        conversations.drop_empty(connection, self._session.gone)
        trash.empty(connection, datetime.now(UTC) - timedelta(TRASH_DAYS))

    def _keep_safe(self, connection: sqlite3.Connection) -> None:
        from tui.history.sqlite.backup import daily

        self._session.others()
        if self._database.location.path is not None:
            daily(connection, self._database.location.path)
