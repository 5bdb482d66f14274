"""One SQLite database: its connections, each on a thread of its own, and its transactions."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from tui.errors import HistoryDamagedError, HistoryError
from tui.history.sqlite.faults import translated
from tui.history.sqlite.files import doubt_mark
from tui.history.sqlite.migrations import migrate
from tui.paths import private_file

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_SECONDS = 5.0


class Location(Struct, frozen=True):
    """Where a database is, and how it may be used."""

    uri: str = ":memory:"
    path: Path | None = None
    """None in memory."""
    wal: bool = False
    """Whether a reader and the writer can work at the same time."""
    refusal: Callable[[], HistoryError] | None = None
    """Makes the error for whoever wants to write, where no one may."""


def connect(location: Location) -> sqlite3.Connection:
    """Open a connection with every setting that we rely on."""
    connection = sqlite3.connect(
        location.uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    connection.row_factory = sqlite3.Row
    for pragma in (
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "synchronous = FULL",
        "journal_size_limit = 67108864",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class Lane:
    """One connection on one thread: what is asked of it happens in order, and whole."""

    def __init__(self, name: str, location: Location) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._location = location
        self._connection: sqlite3.Connection | None = None
        self._guard = threading.Lock()
        self._running: object | None = None

    async def finish(self, work: Work[T], then: Callable[[T], None]) -> T:
        """Do ``work`` even if the caller is cancelled, and call ``then`` on the loop when it succeeded."""
        future = asyncio.wrap_future(self._submit(lambda: self._call(work)))

        def after(done: asyncio.Future[T]) -> None:
            if not done.cancelled() and done.exception() is None:
                then(done.result())

        future.add_done_callback(after)
        return await asyncio.shield(future)

    async def drop(self, work: Work[T]) -> T:
        """Do ``work``, which only reads; a caller who is cancelled interrupts it."""
        token = object()
        future = self._submit(lambda: self._call(work, token))
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            with self._guard:
                if self._running is token and self._connection is not None:
                    self._connection.interrupt()
            raise

    async def close(self) -> None:
        """Finish what waits, then close the connection and end the thread."""
        closing = self._executor.submit(self._close)
        self._executor.shutdown(wait=False)
        await asyncio.shield(asyncio.wrap_future(closing))

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        try:
            return self._executor.submit(call)
        except RuntimeError:
            raise HistoryError("The history is closed") from None

    def _call(self, work: Work[T], token: object = None) -> T:
        with self._translated():
            if self._connection is None:
                self._connection = connect(self._location)
                if self._location.path is None:
                    migrate(self._connection)
            with self._guard:
                self._running = token
            try:
                return work(self._connection)
            finally:
                with self._guard:
                    self._running = None

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        path = self._location.path
        try:
            with translated(path):
                yield
        except IndexError as error:
            if self._location.refusal is None:
                raise
            raise self._location.refusal() from error  # a newer form has no such column any more
        except HistoryDamagedError:
            if path is not None and self._location.refusal is None:
                with contextlib.suppress(OSError):  # the error itself is what matters
                    private_file(doubt_mark(path))
            raise

    def _close(self) -> None:
        if self._connection is not None:
            with self._translated():
                self._connection.close()
            self._connection = None


class Database:
    """A writer, and beside it a reader where the journal lets both work at once."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self._writer = Lane("history-writer", location)
        self._reader = Lane("history-reader", location) if location.wal else self._writer

    async def write(self, work: Work[T], then: Callable[[T], None]) -> T:
        """Do ``work`` in one transaction, whatever becomes of the caller; ``then`` hears of its result.

        Raises:
            HistoryError: Nothing was written.
        """
        if self.location.refusal:
            raise self.location.refusal()
        return await self._writer.finish(lambda connection: transact(connection, work), then)

    async def read(self, work: Work[T]) -> T:
        """Do ``work`` on one state of the database."""
        return await self._reader.drop(lambda connection: transact(connection, work, "DEFERRED"))

    async def ask_writer(self, work: Work[T]) -> T:
        """Do ``work`` on the writer's connection, outside a transaction."""
        return await self._writer.drop(work)

    async def read_aside(self, work: Work[T]) -> T:
        """Do ``work``, which takes long, without keeping the reader and the writer from theirs."""
        if self.location.path is None:
            return await self._writer.drop(work)
        lane = Lane("history-aside", self.location)
        try:
            return await lane.drop(work)
        finally:
            await lane.close()

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        if self._reader is not self._writer:
            await self._reader.close()
        await self._writer.close()


def transact(connection: sqlite3.Connection, work: Work[T], kind: str = "IMMEDIATE") -> T:
    """Do ``work`` in one transaction. A deferred one that writes later could fail at once: so IMMEDIATE."""
    connection.execute(f"BEGIN {kind}")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise
    return result
