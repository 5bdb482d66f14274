"""Conversations in the database: make, load, change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from tui.chat.conversation import Conversation, Summary
from tui.checked import numbered
from tui.history.missing import no_conversation
from tui.history.rows import (
    changed_columns,
    conversation_columns,
    conversation_of,
    nodes_of,
    now_stamp,
    summary_of,
    to_stamp,
)
from tui.history.sqlite import contents
from tui.history.sqlite.state import get_state, set_state
from tui.history.sqlite.statements import insert, update
from tui.history.store import ListFilter
from tui.text import comparable, normalise


def create(connection: sqlite3.Connection, owner: str, new: Conversation) -> Conversation:
    """Make an empty conversation, which ``owner`` keeps until it has a message; one with an id keeps that."""
    now = now_stamp()
    columns = {
        **({"id": new.id} if new.id else {}),
        "owner": owner,
        **conversation_columns(new),
        "created_at": now,
        "updated_at": now,
    }
    made = insert(connection, "conversations", columns)
    note_use(connection, made)
    return load(connection, made)


# SQLite gathers a column of ten thousand in the time in which Python takes some hundred rows. They come in
# the order of the index, which is that of the ids, and nothing but it is read. What a damaged file has in
# place of a number or a word must not end that.
COLUMNS = """
    SELECT
        json_group_array(id),
        json_group_array(CAST(parent AS INTEGER)),
        json_group_array(iif(typeof(role) = 'text', role, NULL)),
        json_group_array(iif(typeof(model) = 'text', model, NULL)),
        json_group_array(id) FILTER (WHERE hidden)
    FROM messages INDEXED BY messages_by_conversation WHERE conversation_id = ?
"""


def load(connection: sqlite3.Connection, conversation_id: int) -> Conversation:
    """A conversation with all its nodes."""
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if row is None:
        raise no_conversation(conversation_id)
    conversation = conversation_of(row)
    columns = connection.execute(COLUMNS, (conversation_id,)).fetchone()
    conversation.nodes = nodes_of(*map(json.loads, columns))
    conversation.find_leaf()
    return conversation


# Word for word the condition of the index ``conversations_listed``.
LISTED = "deleted_at IS NULL AND (message_count > 0 OR draft <> '')"
_AT_HAND = f"archived = 0 AND {LISTED}"
_USED = "used"
"""Key of the state with the conversations that were written in last, newest first, one a line."""
_REMEMBERED = 100


def change(connection: sqlite3.Connection, conversation_id: int, changes: Mapping[str, Any]) -> None:
    """Change fields; the conversation does not become newer by it."""
    columns = changed_columns(changes)
    contents.keep(connection, changes.get("attachments", ()))
    if columns and not update(connection, "conversations", conversation_id, columns):
        raise no_conversation(conversation_id)


def note_use(connection: sqlite3.Connection, conversation_id: int) -> None:
    """A person writes in this conversation now."""
    used = _used(connection)
    if used[:1] != [conversation_id]:
        others = [other for other in used if other != conversation_id]
        set_state(connection, _USED, "\n".join(map(str, [conversation_id, *others][:_REMEMBERED])))


def last_used(connection: sqlite3.Connection) -> int | None:
    """The conversation of the list that was written in last; otherwise the newest, unless that is to come.

    What came in from elsewhere may bear any date.
    """
    for conversation_id in _used(connection):
        if connection.execute(
            f"SELECT 1 FROM conversations WHERE id = ? AND {_AT_HAND}", (conversation_id,)
        ).fetchone():
            return conversation_id
    newest = (
        f"SELECT id FROM conversations WHERE {_AT_HAND} ORDER BY updated_at > ?, updated_at DESC, id DESC"
    )
    row = connection.execute(f"{newest} LIMIT 1", (now_stamp(),)).fetchone()
    return row[0] if row else None


def _used(connection: sqlite3.Connection) -> list[int]:
    return [*filter(None, map(numbered, get_state(connection, _USED, "").split()))]


def drop_empty(connection: sqlite3.Connection, gone: Callable[[str], bool]) -> None:
    """Remove conversations without a message or a draft, whose program is gone."""
    rows = connection.execute(
        "SELECT id, owner FROM conversations WHERE message_count = 0 AND draft = '' AND attachments IS NULL"
    ).fetchall()
    for conversation_id, owner in rows:
        if owner is None or gone(owner):
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def page(connection: sqlite3.Connection, chosen: ListFilter, limit: int, offset: int) -> list[Summary]:
    """A page: pinned ones first, then the newest."""
    where, values = _conditions(chosen)
    rows = connection.execute(
        f"""
        SELECT *, (SELECT count(*) FROM messages WHERE conversation_id = c.id AND NOT hidden) AS messages
        FROM conversations c WHERE {where}
        ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ? OFFSET ?
        """,
        (*values, limit, offset),
    )
    return [summary_of(row) for row in rows]


def count(connection: sqlite3.Connection, chosen: ListFilter) -> int:
    """How many conversations the filter lets through."""
    where, values = _conditions(chosen)
    row = connection.execute(f"SELECT count(*) FROM conversations c WHERE {where}", values).fetchone()
    return int(row[0])


def _conditions(chosen: ListFilter) -> tuple[str, list[Any]]:
    if chosen.deleted:
        parts: list[tuple[str, list[Any]]] = [("deleted_at IS NOT NULL", [])]
    else:
        parts = [(LISTED, []), ("archived = ?", [chosen.archived])]
    parts += [("instr(title_key, ?)", [comparable(word)]) for word in chosen.title.split()]
    if chosen.tag is not None:
        parts.append(("instr(tag_key, ?)", [f"\n{comparable(chosen.tag)}\n"]))
    if chosen.model is not None:
        parts.append(("instr(lower(model), ?)", [normalise(chosen.model).lower()]))
    if chosen.begun_by is not None:
        parts.append(("begun_by = ?", [chosen.begun_by]))
    if chosen.project is not None:
        parts.append(("project = ?", [normalise(chosen.project)]))
    if chosen.before is not None:
        parts.append(("updated_at < ?", [to_stamp(chosen.before)]))
    if chosen.after is not None:
        parts.append(("updated_at >= ?", [to_stamp(chosen.after)]))
    return " AND ".join(f"({text})" for text, _ in parts), [value for _, more in parts for value in more]
