"""Messages in the database: their tree, the pieces of streaming ones, what becomes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from tui.chat.message import Failure, Message, Status
from tui.chat.parts import (
    File,
    Gathered,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    calls_ended,
    files_of,
    going_on,
)
from tui.checked import words
from tui.errors import ErrorKind, NotFoundError
from tui.history.sqlite import contents, conversations, spending
from tui.history.sqlite.indexing import index, unindex
from tui.history.sqlite.part_columns import pack, pack_part, part_columns, storable, unpack_part
from tui.history.sqlite.rows import from_stamp, insert, message_columns, message_of, now_stamp, update
from tui.text import normalise

_CHUNK = 500  # how many ids one statement names


def missing(message_id: int) -> NotFoundError:
    """The error for a number that no message has."""
    return NotFoundError(f"There is no message {message_id}", "It may have been removed by another program.")


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
    """Store a message as the conversation's leaf; ``owner`` streams into it if it is live."""
    conversation_id, parent = message.conversation_id, message.parent
    now = now_stamp()
    message_id = new_id(connection, conversation_id, now)
    # Another program may have moved it to the trash: what is written in is not forgotten.
    newer = {"leaf": message_id, "updated_at": now, "deleted_at": None}
    if not update(connection, "conversations", conversation_id, newer):
        raise conversations.missing(conversation_id)
    conversations.note_use(connection, conversation_id)
    if parent is not None and _conversation_of(connection, parent) != conversation_id:
        raise missing(parent)
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
        **message_columns(stored),
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
            raise missing(message_id)
    return [found[message_id] for message_id in ids]


def append(connection: sqlite3.Connection, message_id: int, pieces: Iterable[str | Part]) -> None:
    """Add pieces to a message that is still streaming."""
    for reasoning, text, part in _in_rows(pieces):
        cursor = connection.execute(
            """
            INSERT INTO pieces (message_id, created_at, reasoning, text, part)
            SELECT id, ?, ?, ?, ? FROM messages WHERE id = ? AND status = ?
            """,
            (
                now_stamp(),
                normalise(reasoning),
                normalise(text),
                part and pack_part(part),
                message_id,
                Status.STREAMING.value,
            ),
        )
        if not cursor.rowcount:
            raise NotFoundError(f"Message {message_id} is not being written any more")
        contents.keep(connection, files_of([part] if part else ()))


def rewrite(connection: sqlite3.Connection, message_id: int, pieces: Iterable[str | Part]) -> None:
    """Put these pieces in the place of all that a streaming message has."""
    connection.execute("DELETE FROM pieces WHERE message_id = ?", (message_id,))
    append(connection, message_id, pieces)


def finish(connection: sqlite3.Connection, message: Message) -> None:
    """Store the final state of a reply; its pieces have served."""
    contents.keep(connection, files_of(message.parts))
    _settle(connection, message.id, message_columns(message))
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
            raise missing(message_id)
    return _conversation_of(connection, ids[0]) if ids else None


def interrupt(connection: sqlite3.Connection, gone: Callable[[str], bool]) -> int:
    """Give streaming messages whose owner is ``gone`` their pieces and an end. Returns how many."""
    rows = connection.execute("SELECT * FROM messages WHERE status = 'streaming'").fetchall()
    abandoned = [row for row in rows if row["owner"] is None or gone(row["owner"])]
    failure = Failure(ErrorKind.LOST.value, "Segue ended before this reply did", "Continue it, or ask again.")
    for row in abandoned:
        message = _with_pieces(connection, message_of(row))
        (last,) = connection.execute(
            "SELECT max(created_at) FROM pieces WHERE message_id = ?", (message.id,)
        ).fetchone()
        columns = {
            "status": Status.INTERRUPTED.value,
            "failure": pack({"kind": failure.kind, "message": failure.message, "hint": failure.hint}),
            "finished_at": last or row["created_at"],
            **part_columns(calls_ended(message.parts)),
        }
        _settle(connection, message.id, columns)
        spending.note_reply(connection, replace(message, status=Status.INTERRUPTED))
    return len(abandoned)


def _settle(connection: sqlite3.Connection, message_id: int, columns: Mapping[str, object]) -> None:
    """Store what becomes of a message; its pieces have served, its owner is free."""
    unindex(connection, message_id)
    if not update(connection, "messages", message_id, {"owner": None, **columns}):
        raise missing(message_id)
    connection.execute("DELETE FROM pieces WHERE message_id = ?", (message_id,))
    index(connection, message_id)


def _in_rows(pieces: Iterable[str | Part]) -> Iterator[tuple[str, str, Part | None]]:
    """Pieces as rows, each read in this order: what was thought, what was said, then another part."""
    reasoning: list[str] = []
    text: list[str] = []
    for piece in pieces:
        match piece:
            case str() | Text(native=None):
                text.append(piece if isinstance(piece, str) else piece.text)
            case Reasoning(native=None, seconds=None):
                if text:
                    yield "".join(reasoning), "".join(text), None
                    reasoning, text = [], []
                reasoning.append(piece.text)
            case Text() | Reasoning() | Image() | File() | ToolCall() | ToolResult() | Sources() | Notice():
                yield "".join(reasoning), "".join(text), piece
                reasoning, text = [], []
            case _:
                assert_never(piece)
    if reasoning or text:
        yield "".join(reasoning), "".join(text), None


def _with_pieces(connection: sqlite3.Connection, message: Message) -> Message:
    if message.live:
        gathered = Gathered()
        for row in connection.execute(
            "SELECT reasoning, text, part FROM pieces WHERE message_id = ? ORDER BY id", (message.id,)
        ):
            gathered.add(Reasoning(words(row["reasoning"])))
            gathered.add(words(row["text"]))
            if (part := unpack_part(row["part"])) is not None:
                gathered.add(part)
        message.parts = going_on(message.parts, gathered.parts)
    return message


def _conversation_of(connection: sqlite3.Connection, message_id: int) -> int | None:
    row = connection.execute("SELECT conversation_id FROM messages WHERE id = ?", (message_id,)).fetchone()
    return row[0] if row else None


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
