"""What was deleted: conversations in the trash, messages that are hidden; and how it goes for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from tui.history.missing import no_conversation
from tui.history.postgres import contents
from tui.history.postgres.link import Record, Tables
from tui.history.rows import to_stamp

EMPTIED = -1
"""In ``hidden``: nothing is left of the message but its place in the tree."""


async def put_in(db: Tables, conversation_id: int) -> None:
    """Move a conversation to the trash; one that is there stays as it is."""
    sql = "UPDATE here.conversations SET deleted_at = coalesce(deleted_at, $1) WHERE id = $2"
    if not await db.run(sql, db.now(), conversation_id):
        raise no_conversation(conversation_id)


async def take_out(db: Tables, conversation_id: int) -> None:
    """Take a conversation back from the trash."""
    if not await db.update("conversations", conversation_id, {"deleted_at": None}):
        raise no_conversation(conversation_id)


async def empty(db: Tables, before: datetime) -> int:
    """Remove for good what was deleted before ``before``. Returns how many conversations."""
    stamp = to_stamp(before)
    gone = await db.run("DELETE FROM here.conversations WHERE deleted_at < $1", stamp)
    hidden = await db.rows(
        """
        SELECT id, conversation_id, parent, hidden FROM here.messages WHERE hidden <> 0 AND hidden < $1
        ORDER BY conversation_id, id DESC FOR UPDATE
        """,
        stamp,
    )
    for conversation_id, messages in groupby(hidden, lambda row: row["conversation_id"]):
        await _forget(db, conversation_id, list(messages))
    await contents.sweep(db)
    return gone


async def _forget(db: Tables, conversation_id: int, hidden: Sequence[Record]) -> None:
    """Remove hidden messages of a conversation, the newest first, so that a branch goes as a whole.

    Where something that stays follows, an empty place stays too: the tree is as it was for all who know it.
    """
    parents = await db.rows("SELECT parent FROM here.messages WHERE conversation_id = $1", conversation_id)
    followers = Counter(row["parent"] for row in parents)
    emptied: list[int] = []
    gone: list[int] = []
    for row in hidden:
        if not followers[row["id"]]:
            followers[row["parent"]] -= 1
            gone.append(row["id"])
            await db.run(
                "UPDATE here.conversations SET leaf = $1 WHERE id = $2 AND leaf = $3",
                row["parent"],
                conversation_id,
                row["id"],
            )
        elif row["hidden"] != EMPTIED:
            emptied.append(row["id"])
    await db.run(
        """
        UPDATE here.messages SET hidden = $1, text = '', reasoning = '', model = NULL, usage = NULL,
            failure = NULL, parts = NULL, attachments = NULL
        WHERE id = ANY($2::bigint[])
        """,
        EMPTIED,
        emptied,
    )
    for table, column in (("search", "id"), ("attached", "message_id")):
        await db.run(f"DELETE FROM here.{table} WHERE {column} = ANY($1::bigint[])", emptied)
    await db.run("DELETE FROM here.messages WHERE id = ANY($1::bigint[])", gone)
    await db.run(
        "UPDATE here.conversations SET message_count = message_count - $1 WHERE id = $2",
        len(gone),
        conversation_id,
    )
