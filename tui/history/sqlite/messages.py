"""Messages in the database: their tree, the pieces of streaming ones, what becomes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from tui.chat.message import Message, Status
from tui.chat.parts import Part, files_of
from tui.checked import string
from tui.history.missing import no_conversation, no_message, not_streaming
from tui.history.part_columns import pack_part, storable
from tui.history.pieces import piece_rows, pieces_in, with_pieces
from tui.history.rows import from_stamp, interrupted_columns, message_columns, message_of, now_stamp, to_stamp
from tui.history.sqlite import contents, conversations, spending
from tui.history.sqlite.indexing import index, searchable, unindex
from tui.history.sqlite.state import set_state
from tui.history.sqlite.statements import insert, update
from tui.history.store import Came

_CHUNK = 500  # how many ids one statement names


def new_id(connection: sqlite3.Connection, conversation_id: int, stamp: int) -> int:
    """An id for a message of this moment: higher than those of the messages before it, and no other's.

    Ids only stand in a row. They begin at the count of milliseconds so that search, which follows that row,
    has the newest first; no one reads a time out of them.
    """
    (newest,) = connection.execute(
        "SELECT max(id) FROM messages WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return free_id(connection, stamp, newest or 0)


def free_id(connection: sqlite3.Connection, stamp: int, newest: int) -> int:
    """An id that no message has, for one of the moment ``stamp``, higher than ``newest``.

    Any number of messages may have one moment: a few steps find the end of a long row of ids.
    """
    before = max(min(stamp, now_stamp()) // 1000 - 1, newest)
    step = 1
    while _taken(connection, before + step):
        before += step
        step *= 2
    while step > 1:
        step //= 2
        if _taken(connection, before + step):
            before += step
    return before + 1


def _taken(connection: sqlite3.Connection, message_id: int) -> bool:
    return connection.execute("SELECT 1 FROM messages WHERE id = ?", (message_id,)).fetchone() is not None


def add(connection: sqlite3.Connection, owner: str, message: Message) -> Message:
    """Store a message as the conversation's leaf; ``owner`` streams into it if it is live.

    One that has an id already keeps that, and its time.
    """
    conversation_id, parent = message.conversation_id, message.parent
    now = to_stamp(message.created_at) if message.id else now_stamp()
    message_id = message.id or new_id(connection, conversation_id, now)
    # Another program may have moved it to the trash: what is written in is not forgotten.
    newer = {"leaf": message_id, "updated_at": now, "deleted_at": None}
    if not update(connection, "conversations", conversation_id, newer):
        raise no_conversation(conversation_id)
    conversations.note_use(connection, conversation_id)
    if parent is not None and _conversation_of(connection, parent) != conversation_id:
        raise no_message(parent)
    stored = replace(
        message,
        id=message_id,
        created_at=from_stamp(now),
        parts=storable(message.parts),
    )
    contents.keep(connection, files_of(message.parts))
    columns = {
        "id": message_id,
        "conversation_id": conversation_id,
        "parent": parent,
        "owner": owner if message.live else None,
        **searchable(message_columns(stored)),
    }
    insert(connection, "messages", columns)
    index(connection, message_id)
    return stored


def get(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Message]:
    """The messages with these ids, in this order."""
    found: dict[int, Message] = {}
    for chunk in _chunks(ids):
        marks = ", ".join("?" * len(chunk))
        for row in connection.execute(f"SELECT * FROM messages WHERE id IN ({marks})", chunk):
            found[row["id"]] = _with_pieces(connection, message_of(row))
    for message_id in ids:
        if message_id not in found:
            raise no_message(message_id)
    return [found[message_id] for message_id in ids]


def append(connection: sqlite3.Connection, message_id: int, pieces: Iterable[str | Part]) -> None:
    """Add pieces to a message that is still streaming."""
    for reasoning, text, part in piece_rows(pieces):
        cursor = connection.execute(
            """
            INSERT INTO pieces (message_id, created_at, reasoning, text, part)
            SELECT id, ?, ?, ?, ? FROM messages WHERE id = ? AND status = ?
            """,
            (now_stamp(), reasoning, text, part and pack_part(part), message_id, Status.STREAMING.value),
        )
        if not cursor.rowcount:
            raise not_streaming(message_id)
        contents.keep(connection, files_of([part] if part else ()))


def rewrite(connection: sqlite3.Connection, message_id: int, pieces: Iterable[str | Part]) -> None:
    """Put these pieces in the place of all that a streaming message has; each has a new id."""
    (newest,) = connection.execute(
        "SELECT max(id) FROM pieces WHERE message_id = ?", (message_id,)
    ).fetchone()
    append(connection, message_id, [*pieces] or [""])
    connection.execute("DELETE FROM pieces WHERE message_id = ? AND id <= ?", (message_id, newest))


def came(connection: sqlite3.Connection, message_id: int, after: int) -> Came:
    """What has come of a message since its piece ``after``; all of it if that is not there any more."""
    row = connection.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise no_message(message_id)
    message = message_of(row)
    rows = connection.execute(
        "SELECT id, reasoning, text, part FROM pieces WHERE message_id = ? AND id >= ? ORDER BY id",
        (message_id, after),
    ).fetchall()
    if after and not (rows and rows[0]["id"] == after):
        return came(connection, message_id, 0)
    new = rows[1:] if after else rows
    last = rows[-1]["id"] if rows else 0
    return Came(message.status, None if after else message.parts, tuple(pieces_in(new)), last)


_STOP = "stop_asked:"
"""Begin of keys of the state: someone asks to stop the message whose id follows."""


def ask_to_stop(connection: sqlite3.Connection, message_id: int) -> str | None:
    """Ask the owner of a message to stop it. Returns who that is."""
    row = connection.execute(
        "SELECT owner FROM messages WHERE id = ? AND status = 'streaming'", (message_id,)
    ).fetchone()
    if row is None:
        raise not_streaming(message_id)
    set_state(connection, f"{_STOP}{message_id}", "1")
    return string(row["owner"])


def asked_to_stop(connection: sqlite3.Connection, owner: str) -> list[int]:
    """The messages that ``owner`` is asked to stop."""
    rows = connection.execute(
        """
        SELECT id FROM messages WHERE status = 'streaming' AND owner = ?
            AND EXISTS (SELECT 1 FROM state WHERE key = ? || messages.id)
        """,
        (owner, _STOP),
    )
    return [row["id"] for row in rows]


def finish(connection: sqlite3.Connection, message: Message) -> None:
    """Store the final state of a reply; its pieces have served."""
    contents.keep(connection, files_of(message.parts))
    _settle(connection, message.id, searchable(message_columns(message)))
    spending.note_reply(connection, message)
    connection.execute(
        "UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = ?",
        (now_stamp(), message.conversation_id),
    )


def hide(connection: sqlite3.Connection, ids: Sequence[int], hidden: bool) -> int | None:
    """Hide or show messages; of which only the place is left stay hidden. Returns their conversation."""
    since = now_stamp() if hidden else 0
    for message_id in ids:
        cursor = connection.execute(
            "UPDATE messages SET hidden = iif(hidden < 0, hidden, ?) WHERE id = ?", (since, message_id)
        )
        if not cursor.rowcount:
            raise no_message(message_id)
    return _conversation_of(connection, ids[0]) if ids else None


def interrupt(connection: sqlite3.Connection, gone: Callable[[str], bool]) -> list[int]:
    """Give streaming messages whose owner is ``gone`` their pieces and an end. Returns which they were."""
    rows = connection.execute("SELECT * FROM messages WHERE status = 'streaming'").fetchall()
    abandoned = [row for row in rows if row["owner"] is None or gone(row["owner"])]
    for row in abandoned:
        message = _with_pieces(connection, message_of(row))
        (last,) = connection.execute(
            "SELECT max(created_at) FROM pieces WHERE message_id = ?", (message.id,)
        ).fetchone()
        _settle(connection, message.id, searchable(interrupted_columns(message, last or row["created_at"])))
        spending.note_reply(connection, replace(message, status=Status.INTERRUPTED))
    return [row["id"] for row in abandoned]


def _settle(connection: sqlite3.Connection, message_id: int, columns: Mapping[str, object]) -> None:
    """Store what becomes of a message; its pieces have served, its owner is free."""
    unindex(connection, message_id)
    if not update(connection, "messages", message_id, {"owner": None, **columns}):
        raise no_message(message_id)
    connection.execute("DELETE FROM pieces WHERE message_id = ?", (message_id,))
    connection.execute("DELETE FROM state WHERE key = ?", (f"{_STOP}{message_id}",))
    index(connection, message_id)


def _with_pieces(connection: sqlite3.Connection, message: Message) -> Message:
    if not message.live:
        return message
    rows = connection.execute(
        "SELECT reasoning, text, part FROM pieces WHERE message_id = ? ORDER BY id", (message.id,)
    )
    return with_pieces(message, rows)


def _conversation_of(connection: sqlite3.Connection, message_id: int) -> int | None:
    row = connection.execute("SELECT conversation_id FROM messages WHERE id = ?", (message_id,)).fetchone()
    return row[0] if row else None


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
