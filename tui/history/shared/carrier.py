"""Brings the contents of files to the server, behind the acts that name them and beside those that follow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from tui.chat.attachment import Attachment
from tui.history.postgres import contents
from tui.history.postgres.history import PostgresHistory
from tui.history.sqlite.contents import data_of
from tui.history.sqlite.history import SqliteHistory


class Carrier:
    """Carries what the server expects and this machine has, part by part; what is cut short goes on there."""

    def __init__(self, local: SqliteHistory, moved: Callable[[], None]) -> None:
        """Begin with nothing to carry.

        Args:
            local: The history of this machine.
            moved: Told that there is less to carry.
        """
        self._local = local
        self._moved = moved
        self._woken = asyncio.Event()
        self._expected: set[str] = set()

    @property
    def behind(self) -> int:
        """So many contents are not on the server yet, as far as this program knows."""
        return len(self._expected)

    def expect(self, files: Sequence[Attachment]) -> None:
        """The server expects the contents of these files."""
        self._expected |= {file.sha256 for file in files}
        self._woken.set()

    async def run(self, server: PostgresHistory) -> None:
        """Carry what there is, and what comes.

        Raises:
            HistoryError: The server can't be reached, or takes nothing now.
        """
        while True:
            self._woken.clear()
            lacking = await server.see(contents.lacking)
            self._forget(self._expected - set(lacking))
            for sha256 in lacking:
                await self._carry(server, sha256)
                self._forget({sha256})
            await self._woken.wait()

    async def _carry(self, server: PostgresHistory, sha256: str) -> None:
        data = await self._local.see(lambda db: data_of(db, sha256))
        if data is None:  # another machine has it
            return
        for place, part in enumerate(contents.parts_of(data)):
            # Another program of this machine may carry it too: each brings what the other did not.
            if place not in await server.see(lambda db: contents.places_of(db, sha256)):
                await self._put(server, sha256, place, part)
        await server.quietly(lambda db: contents.complete(db, sha256, len(data)))

    async def _put(self, server: PostgresHistory, sha256: str, place: int, part: bytes) -> None:
        await server.quietly(lambda db: contents.put(db, sha256, place, part))

    def _forget(self, done: set[str]) -> None:
        if done & self._expected:
            self._expected -= done
            self._moved()
