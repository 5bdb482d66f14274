"""Messages on the server: their tree, the pieces of streaming ones, what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from tui.chat.message import Message, Status
from tui.chat.parts import Part, files_of
from tui.checked import string
from tui.history.facts import role_of, status_of
from tui.history.missing import no_conversation, no_message, not_streaming
from tui.history.part_columns import pack_part, storable
from tui.history.pieces import piece_rows, pieces_in, with_pieces
from tui.history.postgres import contents, conversations, spending
from tui.history.postgres.lexemes import said
from tui.history.postgres.link import Record, Tables, chunks
from tui.history.postgres.revisions import MOVED, told
from tui.history.postgres.sessions import LIVING
from tui.history.rows import (
    from_stamp,
    interrupted_columns,
    message_columns,
    message_of,
    to_stamp,
)
from tui.history.store import Came

_CHUNK = 5000  # how many ids one statement names


async def add(
    db: Tables, session: str, machine: str, message: Message, owner: str | None = None
) -> tuple[Message, int]:
    """Store a message as the conversation's leaf; one that has an id already keeps that and its time.

    Args:
        db: The tables.
        session: Who stores it.
        machine: On which machine.
        message: What is stored.
        owner: Who streams into it if it is live, where that is another session.

    Returns:
        The message, and the number of the change.
    """
    conversation_id, parent = message.conversation_id, message.parent
    now = to_stamp(message.created_at) if message.id else db.now()
    # The row is locked before anything is looked up: of two who write in one conversation one comes first.
    found = await db.row(
        """
        WITH place AS (SELECT id FROM here.conversations WHERE id = $1 FOR UPDATE)
        SELECT (SELECT max(id) FROM here.messages WHERE conversation_id = place.id) AS newest,
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
    message_id = message.id
    if not message_id:
        [message_id] = (await free_after(db, [max(now // 1000, (found["newest"] or 0) + 1)])).values()
    stored = replace(message, id=message_id, created_at=from_stamp(now), parts=storable(message.parts))
    columns = {
        "id": message_id,
        "conversation_id": conversation_id,
        "parent": parent,
        "owner": (owner or session) if message.live else None,
        **message_columns(stored),
    }
    files = files_of(message.parts)
    await contents.keep(db, files)
    names, marks = ", ".join(columns), ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    said_at, now_at, machine_at, session_at = (f"${len(columns) + place}" for place in (1, 2, 3, 4))
    rev = await db.value(
        f"""
        WITH put AS (INSERT INTO here.messages ({names}) VALUES ({marks})),
        searched AS (
            INSERT INTO here.search (id, conversation_id, said) SELECT $1, $2, {said_at}::text
            WHERE {said_at}::text IS NOT NULL
        ),
        used AS ({conversations.NOTE_USE.format(machine_at, "$2::bigint::text")}),
        moved AS ({MOVED}),
        -- Another program may have moved it to the trash: what is written in is not forgotten.
        placed AS (
            UPDATE here.conversations SET leaf = $1, updated_at = {now_at}, deleted_at = NULL,
                message_count = message_count + 1, rev = moved.rev
            FROM moved WHERE id = $2
        )
        SELECT rev FROM moved, {told(db, session_at)}
        """,
        *columns.values(),
        None if message.live else said(stored.text),
        now,
        machine,
        session,
    )
    if files:
        await contents.name_in_message(db, message_id, files)
    return stored, int(rev)


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
        db.now(),
        [reasoning for reasoning, _, _ in rows],
        [text for _, text, _ in rows],
        [part and pack_part(part) for _, _, part in rows],
    )
    if files := files_of([part for _, _, part in rows if part]):
        await contents.keep(db, files)
        await contents.name_in_message(db, message_id, files)


async def rewrite(db: Tables, message_id: int, owner: str, pieces: Iterable[str | Part]) -> None:
    """Put these pieces in the place of all that a streaming message has; none has the number of another."""
    newest = await db.value("SELECT max(seq) FROM here.pieces WHERE message_id = $1", message_id)
    await append(db, message_id, owner, [*pieces] or [""])
    await db.run("DELETE FROM here.pieces WHERE message_id = $1 AND seq <= $2", message_id, newest or 0)


async def came(db: Tables, message_id: int, after: int) -> Came:
    """What has come of a message since its piece ``after``; all of it if that is not there any more."""
    rows = await db.rows(
        """
        SELECT m.status, m.role, p.seq, p.reasoning, p.text, p.part
        FROM here.messages m LEFT JOIN here.pieces p ON p.message_id = m.id AND p.seq >= $2
        WHERE m.id = $1 ORDER BY p.seq
        """,
        message_id,
        after,
    )
    if not rows:
        raise no_message(message_id)
    if after and rows[0]["seq"] != after:
        return await came(db, message_id, 0)
    status = status_of(rows[0]["status"], role_of(rows[0]["role"]))
    found = [row for row in rows if row["seq"] is not None]
    last = found[-1]["seq"] if found else 0
    if after:
        return Came(status, None, tuple(pieces_in(found[1:])), last)
    row = await db.row("SELECT * FROM here.messages WHERE id = $1", message_id)
    begin = message_of(row).parts if row else ()
    return Came(status, begin, tuple(pieces_in(found)), last)


async def ask_to_stop(db: Tables, message_id: int) -> tuple[str | None, int]:
    """Ask the owner of a message to stop it. Returns who that is, and the conversation."""
    row = await db.row(
        """
        UPDATE here.messages SET stop_asked = true WHERE id = $1 AND status = 'streaming'
        RETURNING owner, conversation_id
        """,
        message_id,
    )
    if row is None:
        raise not_streaming(message_id)
    return string(row["owner"]), row["conversation_id"]


async def finish(db: Tables, message: Message) -> None:
    """Store the final state of a reply; its pieces have served."""
    files = files_of(message.parts)
    await contents.keep(db, files)
    await _settle(db, message.id, {"owner": None, **message_columns(message)})
    await spending.note_reply(db, message)
    await db.run("DELETE FROM here.attached WHERE message_id = $1", message.id)
    await contents.name_in_message(db, message.id, files)
    await db.run(
        "UPDATE here.conversations SET updated_at = greatest(updated_at, $1) WHERE id = $2",
        db.now(),
        message.conversation_id,
    )


async def hide(db: Tables, ids: Sequence[int], hidden: bool) -> int | None:
    """Hide or show messages; of which only the place is left stay hidden. Returns their conversation."""
    since = db.now() if hidden else 0
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
        await spending.note_reply(db, replace(message, status=Status.INTERRUPTED))
        places.append(message.conversation_id)
    return places


async def _settle(db: Tables, message_id: int, columns: dict[str, Any]) -> None:
    """Store what becomes of a message; its pieces have served."""
    if not await db.update("messages", message_id, {"stop_asked": False, **columns}):
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
