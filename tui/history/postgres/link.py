"""Connections to one schema: made when they are needed and again when they are lost, each used in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from tui.errors import HistoryError
from tui.history.part_columns import Row
from tui.history.postgres.faults import AGAIN, lost, translated
from tui.history.postgres.server import Connection, Terms, Way, let_go

T = TypeVar("T")
Record = Row

READ_SECONDS, WRITE_SECONDS = 5.0, 10.0
_TRIES = 20  # of a transaction that met another one
_PATIENCE = 0.15  # seconds that a query which nobody waits for may go on: to cut it short takes a connection
_IDLE = 300.0  # seconds after which a reader that nobody needs is closed


class Tables:
    """The tables of one schema, on one connection."""

    def __init__(self, connection: Connection, schema: str, seconds: float, now: Callable[[], int]) -> None:
        self._connection = connection
        self.now = now
        """This moment's number by the server's clock."""
        self.schema = schema
        self._here = '"' + schema.replace('"', '""') + '".'
        self._seconds = seconds

    def _sql(self, sql: str) -> str:
        return sql.replace("here.", self._here)

    async def rows(self, sql: str, *values: Any) -> list[Record]:
        """The rows of a query."""
        rows: list[Record] = await self._connection.fetch(self._sql(sql), *values, timeout=self._seconds)
        return rows

    async def row(self, sql: str, *values: Any) -> Record | None:
        """The first row of a query."""
        row: Record | None = await self._connection.fetchrow(self._sql(sql), *values, timeout=self._seconds)
        return row

    async def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row of a query; None without one."""
        return await self._connection.fetchval(self._sql(sql), *values, timeout=self._seconds)

    async def run(self, sql: str, *values: Any) -> int:
        """Do a statement. Returns how many rows it concerned."""
        said = await self._connection.execute(self._sql(sql), *values, timeout=self._seconds)
        *_, number = said.split(" ")
        return int(number) if number.isdecimal() else 0

    async def insert(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows that all have the same columns, many of them at once."""
        if not rows:
            return
        columns = list(rows[0])
        await self._connection.copy_records_to_table(
            table,
            records=[tuple(row[name] for name in columns) for row in rows],
            columns=columns,
            schema_name=self.schema,
            timeout=self._seconds,
        )

    async def update(self, table: str, row_id: int, columns: dict[str, Any]) -> bool:
        """Change one row, and return whether there is one."""
        pairs = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
        sql = f"UPDATE here.{table} SET {pairs} WHERE id = $1"
        return bool(await self.run(sql, row_id, *columns.values()))


Work = Callable[[Tables], Awaitable[T]]


class Lane:
    """One connection: what is asked of it happens in order."""

    def __init__(self, way: Way, schema: str, seconds: float, terms: Terms) -> None:
        self._way = way
        self._schema = schema
        self._seconds = seconds
        self._terms = terms
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self.on_connect: Callable[[Connection], Awaitable[None]] | None = None
        """Told of each new connection before it is used."""

    async def run(self, work: Work[T], *, whole: bool) -> T:
        """Do ``work``; as one transaction if it is to be ``whole``.

        Raises:
            HistoryError: It failed, and changed nothing; or its answer was lost.
        """
        async with self._turn:
            if self._closed:
                raise HistoryError("The history is closed")
            with translated():
                return await self._tried(work, whole)

    async def close(self) -> None:
        """Let what waits come to its end, then close the connection."""
        self._closed = True
        async with self._turn:
            await self._drop()

    async def rest(self) -> None:
        """Close the connection until it is needed again."""
        async with self._turn:
            await self._drop()

    async def _tried(self, work: Work[T], whole: bool) -> T:
        for tries in range(_TRIES):
            fresh = self._connection is None
            connection = await self._connected()
            begun = False
            try:
                tables = Tables(connection, self._schema, self._seconds, self._terms.now)
                if not (whole or self._terms.pooled):
                    return await work(tables)
                async with connection.transaction():
                    begun = True
                    return await work(tables)
            except AGAIN:
                if tries == _TRIES - 1:
                    raise
            except Exception as error:
                if not lost(error):
                    raise
                connection.terminate()
                self._connection = None
                # One that had been idle may have been closed long ago: nothing has begun on it.
                if fresh or (whole and begun) or tries:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _connected(self) -> Connection:
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await self._way.connect(self._terms)
        try:
            await self._terms.set_clock(connection)
            if self.on_connect is not None:
                await self.on_connect(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    async def _drop(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await let_go(connection)


class Link:
    """A lane for writing and listening, and one for reading that is closed while nobody needs it."""

    def __init__(self, way: Way, schema: str, terms: Terms) -> None:
        self.schema = schema
        self._terms = terms
        self._writer = Lane(way, schema, WRITE_SECONDS, self._terms)
        self._reader = Lane(way, schema, READ_SECONDS, self._terms)
        self._idle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Future[Any]] = set()
        self.refusal: Callable[[], HistoryError] | None = None
        """Makes the error for whoever wants to write, where no one may."""

    @property
    def pooled(self) -> bool:
        """Whether a pooler stands between: nothing is heard, and nothing of a session stays."""
        return self._terms.pooled

    def listen(self, on_connect: Callable[[Connection], Awaitable[None]]) -> None:
        """Call ``on_connect`` with each new connection of the lane that listens, before it is used."""
        self._writer.on_connect = on_connect

    async def write(self, work: Work[T], then: Callable[[T], None]) -> T:
        """Do ``work`` in one transaction, whatever becomes of the caller; ``then`` hears of its result.

        Raises:
            HistoryError: Nothing was written, or no one knows whether it was.
        """
        if self.refusal is not None:
            raise self.refusal()

        async def written() -> T:
            result = await self._writer.run(work, whole=True)
            then(result)
            return result

        return await asyncio.shield(self._begun(written()))

    async def read(self, work: Work[T]) -> T:
        """Do ``work``, which only reads; one whose caller is cancelled is cut short soon."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE, lambda: self._begun(self._reader.rest()))
        return await self._dropped(self._reader, work)

    async def read_beside(self, work: Work[T]) -> T:
        """Do ``work``, which only reads, while something else is read."""
        return await self._dropped(self._writer, work)

    async def _dropped(self, lane: Lane, work: Work[T]) -> T:
        task = self._begun(lane.run(work, whole=False))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(_PATIENCE, task.cancel)
            raise

    async def close(self) -> None:
        """Finish what is being written and let go of the server."""
        if self._idle is not None:
            self._idle.cancel()
        await self._reader.close()
        await self._writer.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _begun(self, work: Awaitable[T]) -> asyncio.Future[T]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waits for it has it; nobody need wait


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """The items, so many at a time."""
    listed = list(items)
    return (listed[start : start + size] for start in range(0, len(listed), size))
