"""What was deleted: conversations in the trash, messages that are hidden; and how it goes for good."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime
from itertools import groupby

from tui.history.missing import no_conversation
from tui.history.rows import now_stamp, to_stamp
from tui.history.sqlite import contents
from tui.history.sqlite.indexing import WHOLE_CONVERSATION, index, unindex
from tui.history.sqlite.statements import update

EMPTIED = -1
"""In ``hidden``: nothing is left of the message but its place in the tree."""

_NOTHING = {
    "hidden": EMPTIED,
    "text": "",
    "reasoning": "",
    **dict.fromkeys(("spaced", "model", "usage", "failure", "parts", "attachments")),
}


def put_in(connection: sqlite3.Connection, conversation_id: int) -> None:
    """Move a conversation to the trash; one that is there stays as it is."""
    cursor = connection.execute(
        "UPDATE conversations SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?",
        (now_stamp(), conversation_id),
    )
    if not cursor.rowcount:
        raise no_conversation(conversation_id)


def take_out(connection: sqlite3.Connection, conversation_id: int) -> None:
    """Take a conversation back from the trash."""
    if not update(connection, "conversations", conversation_id, {"deleted_at": None}):
        raise no_conversation(conversation_id)


def empty(connection: sqlite3.Connection, before: datetime) -> int:
    """Remove for good what was deleted before ``before``. Returns how many conversations."""
    stamp = to_stamp(before)
    rows = connection.execute("SELECT id FROM conversations WHERE deleted_at < ?", (stamp,)).fetchall()
    for (conversation_id,) in rows:
        unindex(connection, conversation_id, WHOLE_CONVERSATION)
        connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
    hidden = connection.execute(
        "SELECT id, conversation_id, parent, hidden FROM messages WHERE hidden <> 0 AND hidden < ? "
        "ORDER BY conversation_id, id DESC",
        (stamp,),
    ).fetchall()
    for conversation_id, messages in groupby(hidden, lambda row: row["conversation_id"]):
        _forget(connection, conversation_id, list(messages))
    contents.sweep(connection)
    return len(rows)


def _forget(connection: sqlite3.Connection, conversation_id: int, hidden: list[sqlite3.Row]) -> None:
    """Remove hidden messages of a conversation, the newest first, so that a branch goes as a whole.

    Where something that stays follows, an empty place stays too: the tree is as it was for all who know it.
    """
    parents = connection.execute("SELECT parent FROM messages WHERE conversation_id = ?", (conversation_id,))
    followers = Counter(parent for (parent,) in parents)
    for row in hidden:
        if followers[row["id"]] and row["hidden"] == EMPTIED:
            continue
        unindex(connection, row["id"])
        if followers[row["id"]]:
            update(connection, "messages", row["id"], _NOTHING)
            index(connection, row["id"])
            continue
        followers[row["parent"]] -= 1
        connection.execute("DELETE FROM messages WHERE id = ?", (row["id"],))
        connection.execute(
            "UPDATE conversations SET leaf = ? WHERE id = ? AND leaf = ?",
            (row["parent"], conversation_id, row["id"]),
        )
