"""What replies took, apart from them: it stays when they are deleted, and no copy counts twice."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from tui.chat.message import Message, Role, Status
from tui.chat.model import Usage
from tui.chat.spending import Spent
from tui.checked import amount, count, whole
from tui.history.facts import kept_usage
from tui.history.sqlite.part_columns import kept_text
from tui.history.sqlite.rows import from_stamp, message_of, to_stamp
from tui.text import normalise

_COLUMNS = (
    "message_id, conversation_id, at, model, input_tokens, output_tokens, cached_tokens, written_tokens, cost"
)
_NOTE = f"INSERT OR REPLACE INTO spending ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ALIKE = (
    "SELECT 1 FROM spending WHERE at = ? AND model = ? AND input_tokens IS ? AND output_tokens IS ? LIMIT 1"
)


def note(connection: sqlite3.Connection, spent: Spent) -> None:
    """Keep what a request took; what was kept of the same reply before goes."""
    usage = kept_usage(spent.usage)
    connection.execute(
        _NOTE,
        (
            spent.message_id,
            spent.conversation_id,
            to_stamp(spent.at),
            normalise(spent.model),
            usage.input_tokens,
            usage.output_tokens,
            usage.cached_tokens,
            usage.written_tokens,
            usage.cost,
        ),
    )


def note_reply(connection: sqlite3.Connection, message: Message) -> None:
    """Keep what a reply took. One of which nothing came, and nothing was counted, took nothing."""
    unasked = message.status is Status.ERROR and message.usage is None
    if message.role is Role.USER or not message.model or message.live or unasked:
        return
    usage = message.usage or Usage()
    note(
        connection,
        Spent(message.created_at, message.model, usage, message.conversation_id, message.id),
    )


def note_imported(connection: sqlite3.Connection, conversation_id: int) -> None:
    """Keep what the replies of a conversation took that came from elsewhere, as far as that was counted.

    What is known already, from a time when the conversation was here before, counts once.
    """
    rows = connection.execute("SELECT * FROM messages WHERE conversation_id = ?", (conversation_id,))
    for message in map(message_of, rows.fetchall()):
        if (usage := message.usage) is not None:
            alike = (
                to_stamp(message.created_at),
                message.model or "",
                usage.input_tokens,
                usage.output_tokens,
            )
            if connection.execute(_ALIKE, alike).fetchone() is None:
                note_reply(connection, message)


def read(connection: sqlite3.Connection, since: datetime | None, until: datetime | None) -> list[Spent]:
    """What was spent in a time, oldest first."""
    first = -(2**63) if since is None else to_stamp(since)
    last = 2**63 - 1 if until is None else to_stamp(until)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM spending WHERE at >= ? AND at < ? ORDER BY at, id", (first, last)
    )
    return [
        Spent(
            from_stamp(row["at"]),
            kept_text(row["model"]),
            Usage(
                count(row["input_tokens"]),
                count(row["output_tokens"]),
                cached_tokens=count(row["cached_tokens"]),
                cost=amount(row["cost"]),
                written_tokens=count(row["written_tokens"]),
            ),
            whole(row["conversation_id"]),
            whole(row["message_id"]),
        )
        for row in rows
    ]
