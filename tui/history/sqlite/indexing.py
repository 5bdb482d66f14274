"""The full-text index and how it keeps up with the messages.

Not by triggers: with ``trusted_schema = OFF`` no trigger may write to FTS5. So what changes messages calls
``unindex`` before and ``index`` after it, in the same transaction. Streaming messages are not in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

ONE = "id = ?"
WHOLE_CONVERSATION = "conversation_id = ?"


def searchable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a message with its text as the index sees it, where that is another."""
    from tui.history.query import spaced  # with the first message

    return {**columns, "spaced": spaced(columns["text"])}


def index(connection: sqlite3.Connection, row_id: int, which: str = ONE) -> None:
    """Take messages into the index."""
    connection.execute(
        "INSERT INTO messages_fts (rowid, text, conversation) "
        f"SELECT id, text, conversation FROM indexed_messages WHERE {which}",
        (row_id,),
    )


def unindex(connection: sqlite3.Connection, row_id: int, which: str = ONE) -> None:
    """Take messages out of the index, while their text is still what was indexed."""
    connection.execute(
        "INSERT INTO messages_fts (messages_fts, rowid, text, conversation) "
        f"SELECT 'delete', id, text, conversation FROM indexed_messages WHERE {which}",
        (row_id,),
    )


def rebuild_index(connection: sqlite3.Connection) -> None:
    """Make the index anew from the messages."""
    connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')")


def check_index(connection: sqlite3.Connection) -> None:
    """Compare the index with the messages.

    Raises:
        sqlite3.DatabaseError: They differ.
    """
    connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')")


def mend_index(connection: sqlite3.Connection) -> None:
    """Make the index anew if it differs from the messages."""
    try:
        check_index(connection)
    except sqlite3.DatabaseError:
        rebuild_index(connection)
