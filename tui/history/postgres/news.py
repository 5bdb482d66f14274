"""What other programs change: heard at once where the server can say so, looked for in any case.

Each change has a number, one higher than that before it, and marks its conversation with it. A notice only
shortens the wait: a lost one costs time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import asyncpg

from tui.errors import HistoryError
from tui.history.postgres import sessions
from tui.history.postgres.link import Link
from tui.history.postgres.server import Connection
from tui.history.store import Change, StopAsked
from tui.history.store import News as Told

_POOLED_PAUSE = 2.0  # seconds between two looks where no notice comes


class News:
    """Keeps the lease of this program, and tells what others change."""

    def __init__(
        self,
        link: Link,
        session: str,
        machine: str,
        announce: Callable[[Told], None],
        lost: Callable[[HistoryError], None],
    ) -> None:
        """Listen from the first connection on.

        Args:
            link: The connections; the one that writes is the one that listens.
            session: The name of this program's session.
            machine: That of its machine.
            announce: Told of each change.
            lost: Told that the server can't be reached, though nobody asked it for anything.
        """
        self._link = link
        self._session = session
        self._machine = machine
        self._announce = announce
        self._lost = lost
        self._seen = 0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        link.listen(self._listen)

    async def begin(self) -> None:
        """What comes after this is news."""
        self._seen = await self._renew()
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Look no more, and let go of the lease."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        with contextlib.suppress(HistoryError):  # else the lease runs out
            await self._link.write(lambda db: sessions.end(db, self._session), lambda _: None)

    def made(self, first: int, last: int) -> None:
        """Changes of this program have these numbers: no news, unless there are others before them."""
        if first == self._seen + 1:
            self._seen = last

    async def look(self) -> None:
        """Tell what others have changed since the last look."""
        seen = self._seen
        rows = await self._link.read_beside(
            lambda db: db.rows(
                """
                SELECT h.rev AS now, c.id FROM here.history h LEFT JOIN here.conversations c ON c.rev > $1
                WHERE h.rev > $1 ORDER BY c.rev
                """,
                seen,
            )
        )
        if not rows or seen != self._seen:
            return
        self._seen = rows[0]["now"]
        for row in rows:
            self._announce(Change(row["id"], elsewhere=True))
        asked = await self._link.read_beside(
            lambda db: db.rows(
                "SELECT id FROM here.messages WHERE status = 'streaming' AND owner = $1 AND stop_asked",
                self._session,
            )
        )
        for row in asked:
            self._announce(StopAsked(row["id"]))

    async def _renew(self) -> int:
        return await self._link.write(
            lambda db: sessions.renew(db, self._session, self._machine), lambda _: None
        )

    async def _run(self) -> None:
        renewed = asyncio.get_running_loop().time()
        while True:
            pause = _POOLED_PAUSE if self._link.pooled else sessions.RENEWED
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            woken = self._woken.is_set()
            self._woken.clear()
            now = asyncio.get_running_loop().time()
            try:
                if now - renewed >= sessions.RENEWED:
                    woken = await self._renew() > self._seen or woken
                    renewed = now
                if woken or self._link.pooled:
                    await self.look()
            except HistoryError as error:
                self._lost(error)

    async def _listen(self, connection: Connection) -> None:
        """Hear what others say on a new connection."""
        if self._link.pooled:
            return
        connection.add_termination_listener(lambda _: self._woken.set())
        # A copy of another server tells nothing.
        with contextlib.suppress(asyncpg.ReadOnlySQLTransactionError):
            await connection.add_listener(self._link.schema, self._notified)
        self._woken.set()  # while there was no connection, anything may have been said

    def _notified(self, connection: object, pid: int, channel: str, payload: object) -> None:
        session, _, _ = str(payload).partition(" ")
        if session != self._session:
            self._woken.set()
