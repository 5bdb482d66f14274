"""A damaged history: put aside untouched, and what can be read of it saved row by row."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from tui.chat.message import Role
from tui.digest import new_name
from tui.errors import HistoryDamagedError
from tui.history.rows import new_origin
from tui.history.sqlite.backup import keep_newest
from tui.history.sqlite.contents import check
from tui.history.sqlite.creation import create
from tui.history.sqlite.indexing import rebuild_index
from tui.history.sqlite.journal_tables import make_journal
from tui.history.sqlite.migrations.m003_hidden_since import DATE_HIDDEN
from tui.history.sqlite.migrations.m005_parts import gather
from tui.history.sqlite.migrations.m007_spending import take_over
from tui.history.sqlite.pages import apply_wal, renew_first_page, renew_header
from tui.history.sqlite.sessions import Session
from tui.history.uris import uri
from tui.text import normalise

# Each table with an index that covers it and what that begins with, so that rows behind a broken page of the
# table are still named.
_TABLES = {
    "conversations": ("sqlite_autoindex_conversations_1", "origin"),
    "messages": ("messages_by_conversation", "conversation_id"),
    "pieces": ("pieces_by_message", "message_id"),
    "contents": ("sqlite_autoindex_contents_1", "sha256"),
    "spending": None,
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
    scratch = damaged.with_name(f".{damaged.name}.{new_name(4)}")
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
        tables = dict(_TABLES)
        with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            if columns_of(connection, "acts"):  # what is still to be done on a server
                make_journal(into)
                tables |= {"acts": None, "journal": None}
        for table, index in tables.items():
            columns = columns_of(into, table)
            for row in _rows(connection, table):
                take(into, table, columns, row)
            for row in _named_rows(connection, table, *index) if index else ():
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
            yield from _Walk(connection, table, place + 1, _LAST_ID, "DESC")
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


def _named_rows(connection: sqlite3.Connection, table: str, index: str, first: str) -> Iterator[sqlite3.Row]:
    """The rows that an index names on this side of its broken pages, each asked for by itself."""
    ids: set[int] = set()
    for way in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            for (row_id,) in connection.execute(
                f"SELECT rowid FROM {table} INDEXED BY {index} ORDER BY {first} {way}"
            ):
                ids.add(row_id)
    for row_id in sorted(ids):
        yield from _Walk(connection, table, row_id, row_id, "ASC")


_RECOVERED = "Recovered conversation"


def columns_of(into: sqlite3.Connection, table: str) -> frozenset[str]:
    """The names of a table's columns."""
    return frozenset(column["name"] for column in into.execute(f"PRAGMA table_info({table})"))


def take(into: sqlite3.Connection, table: str, columns: frozenset[str], row: sqlite3.Row) -> None:
    """Write one row, if it is not there and has a shape that the table takes."""
    names = [name for name in row.keys() if name in columns]  # noqa: SIM118 - a Row iterates over its values
    into.execute(
        f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [normalise(row[name]) if isinstance(row[name], str) else row[name] for name in names],
    )


def mend(into: sqlite3.Connection) -> tuple[int, int]:
    """Drop what makes no sense, join what lost its place, and count. Returns conversations, messages."""
    _drop_senseless(into, "conversations", _check_conversation)
    _drop_senseless(into, "messages", _check_message)
    _drop_senseless(into, "contents", check)
    into.execute("DELETE FROM pieces WHERE message_id NOT IN (SELECT id FROM messages)")
    _adopt_orphans(into)
    for statement in (*_JOINS, DATE_HIDDEN):
        into.execute(statement)
    take_over(into)
    gather(into)
    rebuild_index(into)
    counts = into.execute("SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)")
    conversations, messages = counts.fetchone()
    return conversations, messages


_JOINS = (
    # A message whose parent is lost goes on from the message before it.
    """
    UPDATE messages SET parent = (
        SELECT max(before.id) FROM messages before
        WHERE before.conversation_id = messages.conversation_id AND before.id < messages.id
    ) WHERE parent IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM messages above
        WHERE above.id = messages.parent AND above.id < messages.id
            AND above.conversation_id = messages.conversation_id
    )
    """,
    """
    UPDATE conversations SET
        message_count = (SELECT count(*) FROM messages WHERE conversation_id = conversations.id)
    """,
    """
    UPDATE conversations SET leaf = (SELECT max(id) FROM messages WHERE conversation_id = conversations.id)
    WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id = leaf AND conversation_id = conversations.id)
    """,
)


def _check_conversation(row: sqlite3.Row) -> None:
    if not all(isinstance(row[name], int) for name in ("created_at", "updated_at")):
        raise ValueError("it was no conversation")


def _check_message(row: sqlite3.Row) -> None:
    if row["role"] not in set(Role) or not isinstance(row["created_at"], int):
        raise ValueError("it was no message")


def _drop_senseless(into: sqlite3.Connection, table: str, read: Callable[[sqlite3.Row], object]) -> None:
    senseless = []
    for row in into.execute(f"SELECT * FROM {table}"):
        try:
            read(row)
        except (ValueError, TypeError, OverflowError):
            senseless.append((row["id"],))
    into.executemany(f"DELETE FROM {table} WHERE id = ?", senseless)


def _adopt_orphans(into: sqlite3.Connection) -> None:
    orphans = into.execute(
        """
        SELECT conversation_id AS id, min(created_at) AS first, max(created_at) AS last FROM messages
        WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id
        """
    ).fetchall()
    for row in orphans:
        into.execute(
            "INSERT INTO conversations (id, origin, title, title_key, created_at, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (row["id"], new_origin(), _RECOVERED, _RECOVERED.lower(), row["first"], row["last"]),
        )
