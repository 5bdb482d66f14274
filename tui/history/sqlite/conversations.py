"""Conversations in the database: make, load, change."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from tui.chat.conversation import Conversation, Node
from tui.chat.message import Role
from tui.errors import NotFoundError
from tui.history.sqlite import contents
from tui.history.sqlite.folding import key
from tui.history.sqlite.rows import conversation_of, insert, pack, pack_attachments, tag_key, update
from tui.history.sqlite.stamps import now_stamp
from tui.text import normalise

_ROLES = {role.value: role for role in Role}
"""An enumeration's own way from a value takes as long as all the rest of a node."""


def missing(conversation_id: int) -> NotFoundError:
    """The error for a number that no conversation has."""
    return NotFoundError(
        f"There is no conversation {conversation_id}", "The list of conversations has the numbers."
    )


def new_origin() -> str:
    """A name for a conversation made here, which no other history has."""
    return f"segue:{secrets.token_hex(16)}"


def create(
    connection: sqlite3.Connection, owner: str, model: str | None, system: str, title: str
) -> Conversation:
    """Make an empty conversation, which ``owner`` keeps until it has a message."""
    now = now_stamp()
    columns = {
        "origin": new_origin(),
        "created_at": now,
        "updated_at": now,
        "owner": owner,
        "model": model,
        "system": normalise(system),
        "title": normalise(title),
        "title_key": key(title),
    }
    return load(connection, insert(connection, "conversations", columns))


def load(connection: sqlite3.Connection, conversation_id: int) -> Conversation:
    """A conversation with all its nodes."""
    row = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    if row is None:
        raise missing(conversation_id)
    conversation = conversation_of(row)
    nodes = connection.execute(
        "SELECT id, parent, role, model, hidden FROM messages WHERE conversation_id = ? ORDER BY id",
        (conversation_id,),
    )
    conversation.add(
        Node(i, parent, _ROLES[role], model, bool(hidden)) for i, parent, role, model, hidden in nodes
    )
    return conversation


def _text(value: str | None) -> str | None:
    return None if value is None else normalise(value)


_COLUMNS: dict[str, Callable[[Any], Mapping[str, Any]]] = {
    "title": lambda value: {"title": normalise(value), "title_key": key(value)},
    "titled": lambda value: {"titled": bool(value)},
    "leaf": lambda value: {"leaf": value},
    "model": lambda value: {"model": _text(value)},
    "system": lambda value: {"system": normalise(value)},
    "parameters": lambda value: {"parameters": pack(value)},
    "hues": lambda value: {"hues": pack(value)},
    "draft": lambda value: {"draft": normalise(value)},
    "attachments": lambda value: {"attachments": pack_attachments(value)},
    "tags": lambda value: {"tags": pack(value), "tag_key": tag_key(value)},
    "pins": lambda value: {"pins": pack(value)},
    "pinned": lambda value: {"pinned": bool(value)},
    "archived": lambda value: {"archived": bool(value)},
}


def change(connection: sqlite3.Connection, conversation_id: int, changes: Mapping[str, Any]) -> None:
    """Change fields; the conversation does not become newer by it."""
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        columns |= _COLUMNS[name](value)
    contents.keep(connection, changes.get("attachments", ()))
    if columns and not update(connection, "conversations", conversation_id, columns):
        raise missing(conversation_id)


def drop_empty(connection: sqlite3.Connection, gone: Callable[[str], bool]) -> None:
    """Remove conversations without a message or a draft, whose program is gone."""
    rows = connection.execute(
        "SELECT id, owner FROM conversations WHERE message_count = 0 AND draft = '' AND attachments IS NULL"
    ).fetchall()
    for conversation_id, owner in rows:
        if owner is None or gone(owner):
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
