"""Whole conversations written at once: imports, copies, branches."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from tui.chat.conversation import Bundle, Conversation
from tui.chat.message import Message
from tui.chat.parts import files_of
from tui.history.copies import (
    LARGEST_CONVERSATION,
    LARGEST_MESSAGE,
    copied,
    kept_in_copy,
    mark_of,
    next_title,
    stem_of,
)
from tui.history.part_columns import pack
from tui.history.rows import conversation_columns, message_columns, now_stamp, pack_labels, to_stamp
from tui.history.sqlite import contents, conversations, messages, spending, trash
from tui.history.sqlite.indexing import WHOLE_CONVERSATION, index, searchable
from tui.history.sqlite.statements import insert, update
from tui.text import normalise


def add(connection: sqlite3.Connection, bundles: Sequence[Bundle]) -> list[int | None]:
    """Write conversations that are not here yet; one that lies in the trash is taken back.

    Returns:
        For each its id, or None where it was here already.
    """
    return [_add_one(connection, bundle) for bundle in bundles]


def copy(connection: sqlite3.Connection, conversation_id: int, leaf: int | None) -> Conversation:
    """A second conversation with the same tree, or only with the path down to ``leaf``."""
    original = conversations.load(connection, conversation_id)
    kept = messages.get(connection, kept_in_copy(original, leaf))
    stem = stem_of(original.title)
    alike = connection.execute(
        "SELECT title FROM conversations WHERE substr(title, 1, ?) = ?", (len(stem), stem)
    )
    title = next_title(original.title, {title for (title,) in alike})
    twin_id = write(connection, copied(original, kept, leaf, title))
    conversations.note_use(connection, twin_id)
    return conversations.load(connection, twin_id)


def write(
    connection: sqlite3.Connection, bundle: Bundle, place: int = 0, number: Callable[[], int] | None = None
) -> int:
    """Write one conversation with its messages, and return its id.

    Args:
        connection: The database.
        bundle: The conversation.
        place: The id that it gets; without one its own, if that is free.
        number: Gives an id to each message; without it their own, where these are free.
    """
    conversation = bundle.conversation
    columns = (
        {**_columns(connection, conversation), "id": place} if place else _columns(connection, conversation)
    )
    conversation_id = insert(connection, "conversations", columns)
    contents.keep(connection, conversation.attachments)
    ids: dict[int, int] = {}
    newest = 0
    for message in bundle.messages:
        node = conversation.nodes[message.id]
        own = conversation.id != 0
        newest = number() if number else _message_id(connection, message, newest, keep=own)
        ids[message.id] = newest
        columns = {
            "id": newest,
            "conversation_id": conversation_id,
            "parent": None if message.parent is None else ids[message.parent],
            "hidden": now_stamp() if node.deleted else 0,
            **searchable(message_columns(message)),
        }
        insert(connection, "messages", columns)
        contents.keep(connection, files_of(message.parts))
    index(connection, conversation_id, WHOLE_CONVERSATION)
    leaf = None if conversation.leaf is None else ids[conversation.leaf]
    pins = pack([ids[pin] for pin in conversation.pins if pin in ids])
    labels = pack_labels({ids[i]: label for i, label in conversation.labels.items() if i in ids})
    changed = {"leaf": leaf, "pins": pins, "labels": labels}
    update(connection, "conversations", conversation_id, changed)
    return conversation_id


def add_missing(connection: sqlite3.Connection, bundle: Bundle) -> tuple[int, int]:
    """Add to a conversation the messages of ``bundle`` that it lacks. Returns its id, and how many."""
    origin = normalise(bundle.conversation.origin)
    row = connection.execute(
        "SELECT id, updated_at FROM conversations WHERE origin = ?", (origin,)
    ).fetchone()
    if row is None:
        return 0, 0
    here = messages.get(connection, sorted(conversations.load(connection, row["id"]).nodes))
    known = {mark_of(message): message.id for message in here}
    ids: dict[int, int] = {}
    added = 0
    for message in bundle.messages:
        parent = None if message.parent is None else ids[message.parent]
        found = known.get(mark_of(message))
        if found is None:
            found = _message_id(connection, message, parent or 0, keep=True)
            hidden = now_stamp() if bundle.conversation.nodes[message.id].deleted else 0
            columns = {"id": found, "conversation_id": row["id"], "parent": parent, "hidden": hidden}
            insert(connection, "messages", {**columns, **searchable(message_columns(message))})
            contents.keep(connection, files_of(message.parts))
            index(connection, found)
            added += 1
        ids[message.id] = found
    if added:
        leaf = None if bundle.conversation.leaf is None else ids[bundle.conversation.leaf]
        newest = max(row["updated_at"], to_stamp(bundle.conversation.updated_at))
        update(connection, "conversations", row["id"], {"leaf": leaf, "updated_at": newest})
        spending.note_imported(connection, row["id"])
    return row["id"], added


def _add_one(connection: sqlite3.Connection, bundle: Bundle) -> int | None:
    origin = normalise(bundle.conversation.origin)
    known = connection.execute(
        "SELECT id, deleted_at FROM conversations WHERE origin = ?", (origin,)
    ).fetchone()
    if known is None:
        conversation_id = write(connection, bundle)
        spending.note_imported(connection, conversation_id)
        return conversation_id
    if known["deleted_at"] is None:
        return None
    trash.take_out(connection, known["id"])
    return int(known["id"])


def _columns(connection: sqlite3.Connection, conversation: Conversation) -> dict[str, Any]:
    columns = conversation_columns(conversation)
    fits = 0 < conversation.id <= LARGEST_CONVERSATION
    if fits and not _taken(connection, "conversations", conversation.id):
        columns["id"] = conversation.id
    return columns


def _message_id(connection: sqlite3.Connection, message: Message, newest: int, *, keep: bool) -> int:
    fits = newest < message.id <= LARGEST_MESSAGE
    if keep and fits and not _taken(connection, "messages", message.id):
        return message.id
    return messages.free_id(connection, to_stamp(message.created_at), newest)


def _taken(connection: sqlite3.Connection, table: str, row_id: int) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (row_id,)).fetchone() is not None
