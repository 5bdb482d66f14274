"""A damaged history: put aside untouched, and what can be read of it saved row by row."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tui.errors import HistoryDamagedError
from tui.history.sqlite.backup import keep_newest
from tui.history.sqlite.creation import create
from tui.history.sqlite.files import uri
from tui.history.sqlite.pages import apply_wal, renew_first_page, renew_header
from tui.history.sqlite.refill import columns_of, mend, take
from tui.history.sqlite.sessions import Session

# Each table with an index that covers it, so that rows behind a broken page of the table are still named.
_TABLES = {
    "conversations": "sqlite_autoindex_conversations_1",
    "messages": "messages_by_conversation",
    "pieces": "pieces_by_message",
    "contents": "sqlite_autoindex_contents_1",
    "prompts": None,
    "state": None,
}
_LAST_ID = 2**63 - 1
_STRIDE = 1.25  # how fast the steps over an unreadable stretch grow


def repair(path: Path, trouble: str, session: Session) -> str:
    """Put the damaged history ``path`` aside and make a new one from what can be read of it.

    The caller is ``alone``. The damaged file is not even opened: a copy of it is.

    Returns:
        What the person must know.

    Raises:
        HistoryDamagedError: Another program has the file open, so it can't be moved away.
    """
    if session.others():
        raise HistoryDamagedError(
            f"The history {path} is damaged ({trouble}), and another Segue uses it",
            "Close every Segue and start again: then what can be read is saved.",
        )
    backup = keep_newest(path)
    saved: list[int] = []
    aside = create(path, lambda connection: saved.extend(salvage(path, connection)), put_away="corrupt")
    conversations, messages = saved
    words = (
        f"The history was damaged: {trouble}. It is kept as {aside}. "
        f"{messages} messages in {conversations} conversations were saved from it."
    )
    return f"{words} There is also a backup: segue restore {backup}" if backup else words


def salvage(damaged: Path, into: sqlite3.Connection) -> tuple[int, int]:
    """Write every row of ``damaged`` that can be read into a new history. Returns conversations, messages."""
    scratch = damaged.with_name(f".{damaged.name}.{secrets.token_hex(4)}")
    into.execute("PRAGMA foreign_keys = OFF")  # a message may come without its conversation
    into.execute("BEGIN IMMEDIATE")
    try:
        for treat in (_as_it_is, renew_header, renew_first_page):
            _copy(damaged, scratch)
            treat(scratch)
            _read(scratch, into)
            if into.execute("SELECT 1 FROM messages LIMIT 1").fetchone():
                break
        counts = mend(into)
        into.execute("COMMIT")
    finally:
        for end in ("", "-journal"):
            scratch.with_name(scratch.name + end).unlink(missing_ok=True)
    return counts


def _as_it_is(scratch: Path) -> None:
    """The first treatment: none."""


def _copy(damaged: Path, scratch: Path) -> None:
    shutil.copyfile(damaged, scratch)
    apply_wal(damaged.with_name(f"{damaged.name}-wal"), scratch)
    journal = damaged.with_name(f"{damaged.name}-journal")
    if journal.exists():
        shutil.copyfile(journal, scratch.with_name(f"{scratch.name}-journal"))


def _read(scratch: Path, into: sqlite3.Connection) -> None:
    with contextlib.closing(sqlite3.connect(uri(scratch, "mode=rw"), uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for table, index in _TABLES.items():
            columns = columns_of(into, table)
            for row in _rows(connection, table):
                take(into, table, columns, row)
            for row in _named_rows(connection, table, index) if index else ():
                take(into, table, columns, row)


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """Every row that a walk through the table reaches, over the broken pages."""
    place, whole = 0, False
    while not whole:
        rows = _Walk(connection, table, place + 1, _LAST_ID, "ASC")
        for row in rows:
            place = row["id_"]
            yield row
        whole = rows.whole
        reached = None if whole else _over_the_gap(connection, table, place)
        if reached is None:
            return
        yield from _Walk(connection, table, place + 1, reached, "DESC")  # what the steps went past
        place = reached


class _Walk:
    """Rows of one stretch of a table, up to the first that can't be read."""

    def __init__(self, connection: sqlite3.Connection, table: str, first: int, last: int, way: str) -> None:
        self._connection = connection
        self._query = (
            f"SELECT rowid AS id_, * FROM {table} NOT INDEXED "
            f"WHERE rowid BETWEEN {first} AND {last} ORDER BY rowid {way}"
        )
        self.whole = False

    def __iter__(self) -> Iterator[sqlite3.Row]:
        # The second where the damage is in the name of a column.
        with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            yield from self._connection.execute(self._query)
            self.whole = True


def _over_the_gap(connection: sqlite3.Connection, table: str, place: int) -> int | None:
    """The id of a row behind the unreadable stretch that follows ``place``, if there is one."""
    step = 1
    while place + step < _LAST_ID:
        with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            row = connection.execute(
                f"SELECT rowid FROM {table} NOT INDEXED WHERE rowid >= ? ORDER BY rowid LIMIT 1",
                (place + step,),
            ).fetchone()
            return row[0] if row else None
        step = int(step * _STRIDE) + 1
    return None


def _named_rows(connection: sqlite3.Connection, table: str, index: str) -> Iterator[sqlite3.Row]:
    """The rows that an index names, each asked for by itself."""
    ids: set[int] = set()
    for way in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            for (row_id,) in connection.execute(
                f"SELECT rowid FROM {table} INDEXED BY {index} ORDER BY rowid {way}"
            ):
                ids.add(row_id)
    for row_id in sorted(ids):
        yield from _Walk(connection, table, row_id, row_id, "ASC")
