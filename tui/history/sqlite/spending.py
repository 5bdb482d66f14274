"""What replies took, apart from them: it stays when they are deleted, and no copy counts twice."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from tui.chat.message import Message
from tui.chat.spending import Spent
from tui.history.rows import message_of, to_stamp
from tui.history.spent_rows import SPENT, alike, spent_of, spent_on, spent_row

_COLUMNS = ", ".join(SPENT)
_NOTE = f"INSERT OR REPLACE INTO spending ({_COLUMNS}) VALUES ({', '.join('?' * len(SPENT))})"
_ALIKE = (
    "SELECT 1 FROM spending WHERE at = ? AND model = ? AND input_tokens IS ? AND output_tokens IS ? LIMIT 1"
)


def note(connection: sqlite3.Connection, spent: Spent) -> None:
    """Keep what a request took; what was kept of the same reply before goes."""
    connection.execute(_NOTE, spent_row(spent))


def note_reply(connection: sqlite3.Connection, message: Message) -> None:
    """Keep what a reply took, if it took anything."""
    if (spent := spent_on(message)) is not None:
        note(connection, spent)


def note_imported(connection: sqlite3.Connection, conversation_id: int) -> None:
    """Keep what the replies of a conversation took that came from elsewhere, as far as that was counted.

    What is known already, from a time when the conversation was here before, counts once.
    """
    rows = connection.execute("SELECT * FROM messages WHERE conversation_id = ?", (conversation_id,))
    for message in map(message_of, rows.fetchall()):
        spent = spent_on(message)
        counted = spent is not None and message.usage is not None
        if spent and counted and connection.execute(_ALIKE, alike(spent)).fetchone() is None:
            note(connection, spent)


def read(connection: sqlite3.Connection, since: datetime | None, until: datetime | None) -> list[Spent]:
    """What was spent in a time, oldest first."""
    first = -(2**63) if since is None else to_stamp(since)
    last = 2**63 - 1 if until is None else to_stamp(until)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM spending WHERE at >= ? AND at < ? ORDER BY at, id", (first, last)
    )
    return [spent_of(row) for row in rows]
