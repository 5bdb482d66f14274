"""The tables, brought to the form that this program writes; however many programs begin at once."""

from __future__ import annotations

import asyncio

from asyncpg import exceptions as said
from msgspec import Struct

from tui.digest import new_name
from tui.errors import HistoryBusyError
from tui.history.postgres import migrations
from tui.history.postgres.server import Connection

_LOCK_SECONDS = 2
_TRIES = 15
_PAUSE = 0.5  # seconds in which others get on between two tries
_STATEMENT_SECONDS = 600.0


class Found(Struct, frozen=True):
    """The form of a schema."""

    form: int
    writes_from: int

    @property
    def too_new(self) -> bool:
        """Whether this program may only read it."""
        return self.writes_from > migrations.newest()

    @property
    def words(self) -> str:
        """What to say of one that is too new."""
        return f"it was written by a newer Segue (form {self.form}; this one knows {migrations.newest()})"


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


async def schema_of(connection: Connection, wanted: str) -> str:
    """The name of the schema: what was asked for, or the role's own."""
    if wanted:
        return wanted
    role = await connection.fetchval("SELECT current_user")
    return f"segue_{role}"[:63]


async def prepare(connection: Connection, schema: str) -> Found:
    """Make the tables if there are none, or give them the newest form: whole or not at all.

    Raises:
        HistoryBusyError: Others use them for longer than we wait.
        asyncpg.PostgresError: It is not allowed, or failed.
    """
    for tries in range(_TRIES):
        try:
            async with connection.transaction():
                found = await form_of(connection, schema)
            if found is not None and found.form >= migrations.newest():
                return found
            async with connection.transaction():
                return await _migrate(connection, schema)
        except (said.LockNotAvailableError, said.UniqueViolationError, said.DeadlockDetectedError):
            if tries == _TRIES - 1:
                break
            await asyncio.sleep(_PAUSE)
    raise HistoryBusyError("The history is busy: other programs use its tables", "Try again in a moment.")


async def form_of(connection: Connection, schema: str) -> Found | None:
    """The form of a schema; None where there is none, or it is empty."""
    # By the catalogue itself: what looks a name up may remember for a while that it was not found.
    there = await connection.fetchval(
        """
        SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = 'history'
        """,
        schema,
    )
    if there is None:
        return None
    row = await connection.fetchrow(f"SELECT form, writes_from FROM {quoted(schema)}.history")
    return Found(row["form"], row["writes_from"]) if row else None


async def _migrate(connection: Connection, schema: str) -> Found:
    await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"segue {schema}")
    found = await form_of(connection, schema)
    form, newest = found.form if found else 0, migrations.newest()
    if form >= newest and found:
        return found
    if not await connection.fetchval("SELECT 1 FROM pg_namespace WHERE nspname = $1", schema):
        await connection.execute(f"CREATE SCHEMA {quoted(schema)}")
    for statements in migrations.MIGRATIONS[form:]:
        for statement in statements:
            await connection.execute(
                statement.replace("here.", f"{quoted(schema)}."), timeout=_STATEMENT_SECONDS
            )
    if found is None:
        await connection.execute(
            f"INSERT INTO {quoted(schema)}.history (form, writes_from, uid) VALUES ($1, $1, $2)",
            newest,
            new_name(16),
        )
    else:
        await connection.execute(f"UPDATE {quoted(schema)}.history SET form = $1", newest)
    return Found(newest, found.writes_from if found else newest)
