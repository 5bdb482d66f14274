"""Messages on the server: their tree, the pieces of streaming ones, what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.chat.message import Message, Status
from tui.chat.parts import Part, files_of
from tui.history.missing import no_conversation, no_message, not_streaming
from tui.history.part_columns import pack_part, storable
from tui.history.pieces import piece_rows, with_pieces
from tui.history.postgres import contents, conversations
from tui.history.postgres.lexemes import said
from tui.history.postgres.link import Record, Tables, chunks
from tui.history.postgres.sessions import LIVING
from tui.history.rows import (
    from_stamp,
    interrupted_columns,
    message_columns,
    message_of,
    now_stamp,
    to_stamp,
)

_CHUNK = 5000  # how many ids one statement names


async def add(db: Tables, owner: str, machine: str, message: Message) -> Message:
    """Store a message as the conversation's leaf; ``owner`` streams into it if it is live."""
    conversation_id, parent = message.conversation_id, message.parent
    now = now_stamp()
    # The row is locked before anything is looked up: of two who write in one conversation one comes first.
    found = await db.row(
        """
        WITH place AS (SELECT id FROM here.conversations WHERE id = $1 FOR UPDATE)
        SELECT id, (SELECT max(id) FROM here.messages WHERE conversation_id = place.id) AS newest,
            (SELECT conversation_id FROM here.messages WHERE id = $2) AS parents
        FROM place
        """,
        conversation_id,
        parent,
    )
    if found is None:
        raise no_conversation(conversation_id)
    if parent is not None and found["parents"] != conversation_id:
        raise no_message(parent)
    message_id = await free_id(db, now, found["newest"] or 0)
    stored = replace(message, id=message_id, created_at=from_stamp(now), parts=storable(message.parts))
    columns = {
        "id": message_id,
        "conversation_id": conversation_id,
        "parent": parent,
        "owner": owner if message.live else None,
        **message_columns(stored),
    }
    await insert(db, columns)
    # Another program may have moved it to the trash: what is written in is not forgotten.
    await db.run(
        """
        UPDATE here.conversations
        SET leaf = $2, updated_at = $3, deleted_at = NULL, message_count = message_count + 1 WHERE id = $1
        """,
        conversation_id,
        message_id,
        now,
    )
    if files := files_of(message.parts):
        await contents.keep(db, files)
        await contents.name_in_message(db, message_id, files)
    await index(db, stored)
    await conversations.note_use(db, machine, conversation_id)
    return stored


async def insert(db: Tables, columns: Mapping[str, Any]) -> None:
    """Write the row of a message."""
    marks = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await db.run(f"INSERT INTO here.messages ({', '.join(columns)}) VALUES ({marks})", *columns.values())


async def free_id(db: Tables, stamp: int, newest: int) -> int:
    """An id that no message has, for one of the moment ``stamp``, higher than ``newest``."""
    wanted = max(min(stamp, now_stamp()) // 1000, newest + 1)
    [found] = (await free_after(db, [wanted])).values()
    return found


async def free_after(db: Tables, wanted: Sequence[int]) -> dict[int, int]:
    """For each of these ids itself, or the next one that no message has."""
    rows = await db.rows(
        """
        SELECT w.id, CASE WHEN EXISTS (SELECT FROM here.messages m WHERE m.id = w.id) THEN (
            SELECT m.id + 1 FROM here.messages m WHERE m.id >= w.id
                AND NOT EXISTS (SELECT FROM here.messages n WHERE n.id = m.id + 1)
            ORDER BY m.id LIMIT 1
        ) ELSE w.id END AS free FROM unnest($1::bigint[]) AS w (id)
        """,
        list(wanted),
    )
    return {row["id"]: row["free"] for row in rows}


async def get(db: Tables, ids: Sequence[int]) -> list[Message]:
    """The messages with these ids, in this order."""
    found: dict[int, Message] = {}
    for chunk in chunks(ids, _CHUNK):
        # First the pieces: of a reply that ends meanwhile the row has all, so none are needed.
        pieces: dict[int, list[Record]] = {}
        for row in await db.rows(
            """
            SELECT message_id, reasoning, text, part FROM here.pieces WHERE message_id = ANY($1::bigint[])
            ORDER BY message_id, seq
            """,
            chunk,
        ):
            pieces.setdefault(row["message_id"], []).append(row)
        for row in await db.rows("SELECT * FROM here.messages WHERE id = ANY($1::bigint[])", chunk):
            message = message_of(row)
            found[message.id] = with_pieces(message, pieces.get(message.id, [])) if message.live else message
    for message_id in ids:
        if message_id not in found:
            raise no_message(message_id)
    return [found[message_id] for message_id in ids]


async def append(db: Tables, message_id: int, owner: str, pieces: Iterable[str | Part]) -> None:
    """Add pieces to a message that is still streaming.

    One that was given up for lost, because its owner was not heard of for long, goes on by that.
    """
    row = await db.row("SELECT status, owner FROM here.messages WHERE id = $1 FOR UPDATE", message_id)
    live = row is not None and row["status"] == Status.STREAMING.value
    returned = row is not None and row["status"] == Status.INTERRUPTED.value and row["owner"] == owner
    if not live and not returned:
        raise not_streaming(message_id)
    if returned:
        await db.run("DELETE FROM here.search WHERE id = $1", message_id)
        await db.run(
            """
            UPDATE here.messages SET status = $2, failure = NULL, finished_at = NULL WHERE id = $1
            """,
            message_id,
            Status.STREAMING.value,
        )
    rows = list(piece_rows(pieces))
    await db.run(
        """
        INSERT INTO here.pieces (message_id, seq, created_at, reasoning, text, part)
        SELECT $1, newest + place, $2, reasoning, text, part
        FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS new (reasoning, text, part, place),
            (SELECT coalesce(max(seq), 0) AS newest FROM here.pieces WHERE message_id = $1) AS before
        """,
        message_id,
        now_stamp(),
        [reasoning for reasoning, _, _ in rows],
        [text for _, text, _ in rows],
        [part and pack_part(part) for _, _, part in rows],
    )
    if files := files_of([part for _, _, part in rows if part]):
        await contents.keep(db, files)
        await contents.name_in_message(db, message_id, files)


async def rewrite(db: Tables, message_id: int, owner: str, pieces: Iterable[str | Part]) -> None:
    """Put these pieces in the place of all that a streaming message has."""
    await db.run("DELETE FROM here.pieces WHERE message_id = $1", message_id)
    await append(db, message_id, owner, pieces)


async def finish(db: Tables, message: Message) -> None:
    """Store the final state of a reply; its pieces have served."""
    files = files_of(message.parts)
    await contents.keep(db, files)
    await _settle(db, message.id, {"owner": None, **message_columns(message)})
    await db.run("DELETE FROM here.attached WHERE message_id = $1", message.id)
    await contents.name_in_message(db, message.id, files)
    await db.run(
        "UPDATE here.conversations SET updated_at = greatest(updated_at, $1) WHERE id = $2",
        now_stamp(),
        message.conversation_id,
    )


async def hide(db: Tables, ids: Sequence[int], hidden: bool) -> int | None:
    """Hide or show messages; of which only the place is left stay hidden. Returns their conversation."""
    since = now_stamp() if hidden else 0
    rows = await db.rows(
        """
        UPDATE here.messages SET hidden = CASE WHEN hidden < 0 THEN hidden ELSE $1 END
        WHERE id = ANY($2::bigint[]) RETURNING id, conversation_id
        """,
        since,
        list(ids),
    )
    places = {row["id"]: row["conversation_id"] for row in rows}
    for message_id in ids:
        if message_id not in places:
            raise no_message(message_id)
    return places[ids[0]] if ids else None


async def interrupt(db: Tables) -> list[int]:
    """Give streaming messages whose owner is gone their pieces and an end.

    The owner stays: should it live after all, its own end wins.

    Returns:
        The conversation of each.
    """
    rows = await db.rows(
        f"""
        SELECT id FROM here.messages
        WHERE status = '{Status.STREAMING.value}' AND (owner IS NULL OR NOT {LIVING})
        FOR UPDATE SKIP LOCKED
        """
    )
    places = []
    for message in await get(db, [row["id"] for row in rows]):
        last = await db.value("SELECT max(created_at) FROM here.pieces WHERE message_id = $1", message.id)
        await _settle(db, message.id, interrupted_columns(message, last or to_stamp(message.created_at)))
        places.append(message.conversation_id)
    return places


async def index(db: Tables, *messages: Message) -> None:
    """Let search find messages by what they say now; not by what is still coming."""
    await db.run(
        """
        INSERT INTO here.search (id, conversation_id, said)
        SELECT m.id, m.conversation_id, new.said
        FROM unnest($1::bigint[], $2::text[]) AS new (id, said) JOIN here.messages m USING (id)
        WHERE m.status <> 'streaming'
        ON CONFLICT (id) DO UPDATE SET said = excluded.said
        """,
        [message.id for message in messages],
        [said(message.text) for message in messages],
    )


async def _settle(db: Tables, message_id: int, columns: dict[str, Any]) -> None:
    """Store what becomes of a message; its pieces have served."""
    if not await db.update("messages", message_id, columns):
        raise no_message(message_id)
    await db.run("DELETE FROM here.pieces WHERE message_id = $1", message_id)
    await db.run(
        """
        INSERT INTO here.search (id, conversation_id, said)
        SELECT id, conversation_id, $2 FROM here.messages WHERE id = $1
        ON CONFLICT (id) DO UPDATE SET said = excluded.said
        """,
        message_id,
        said(columns["text"]),
    )
