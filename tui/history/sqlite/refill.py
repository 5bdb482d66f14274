"""Rows from a damaged history into a new one, and what is needed to make them whole again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from tui.chat.message import Role
from tui.history.sqlite.contents import check
from tui.history.sqlite.conversations import new_origin
from tui.history.sqlite.indexing import rebuild_index
from tui.history.sqlite.migrations.m003_hidden_since import DATE_HIDDEN
from tui.history.sqlite.migrations.m005_parts import gather
from tui.text import normalise

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
