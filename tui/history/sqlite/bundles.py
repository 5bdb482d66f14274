"""Whole conversations written at once: imports, copies, branches."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Status
from tui.chat.parts import calls_ended, files_of
from tui.history.sqlite import contents, conversations, messages, spending, trash
from tui.history.sqlite.indexing import WHOLE_CONVERSATION, index
from tui.history.sqlite.part_columns import pack, pack_attachments
from tui.history.sqlite.rows import insert, message_columns, now_stamp, tag_key, to_stamp, update
from tui.text import comparable, normalise

_NUMBER = re.compile(r" \(\d+\)$")
# What a file says of ids leaves room for all that come after them.
_LARGEST_CONVERSATION = 10**9
_LARGEST_MESSAGE = 2**62


def add(connection: sqlite3.Connection, bundles: Sequence[Bundle]) -> list[int | None]:
    """Write conversations that are not here yet; one that lies in the trash is taken back.

    Returns:
        For each its id, or None where it was here already.
    """
    return [_add_one(connection, bundle) for bundle in bundles]


def _next_title(connection: sqlite3.Connection, title: str) -> str:
    """``title`` with the first number that no other title has with it, so that a list tells both apart."""
    stem = _NUMBER.sub("", title)
    if not stem:
        return title
    alike = "SELECT title FROM conversations WHERE substr(title, 1, ?) = ?"
    taken = {taken for (taken,) in connection.execute(alike, (len(stem), stem))}
    return next(name for number in count(2) if (name := f"{stem} ({number})") not in taken)


def copy(connection: sqlite3.Connection, conversation_id: int, leaf: int | None) -> Conversation:
    """A second conversation with the same tree, or only with the path down to ``leaf``."""
    original = conversations.load(connection, conversation_id)
    if leaf is not None and leaf not in original.nodes:
        raise messages.missing(leaf)
    kept = messages.get(connection, list(original.nodes) if leaf is None else original.path(leaf))
    kept = [_as_a_copy(original, message) for message in kept]
    twin = Conversation(
        id=0,
        title=_next_title(connection, original.title),
        titled=original.titled,
        model=original.model,
        system=original.system,
        parameters=original.parameters,
        hues=original.hues,
        tags=original.tags,
        pins=original.pins,
        tools=original.tools,
        leaf=original.leaf,
    )
    if leaf is None:
        twin.add(original.nodes.values())
    else:
        kept = _chained(kept)
        twin.add(Node.of(message) for message in kept)
        twin.leaf = kept[-1].id if kept else None
    twin_id = write(connection, Bundle(twin, kept))
    conversations.note_use(connection, twin_id)
    return conversations.load(connection, twin_id)


def write(connection: sqlite3.Connection, bundle: Bundle) -> int:
    """Write one conversation with its messages, and return its id."""
    conversation = bundle.conversation
    conversation_id = insert(connection, "conversations", _columns(connection, conversation))
    contents.keep(connection, conversation.attachments)
    ids: dict[int, int] = {}
    newest = 0
    for message in bundle.messages:
        node = conversation.nodes[message.id]
        newest = _message_id(connection, message, newest, keep=conversation.id != 0)
        ids[message.id] = newest
        columns = {
            "id": newest,
            "conversation_id": conversation_id,
            "parent": None if message.parent is None else ids[message.parent],
            "hidden": now_stamp() if node.deleted else 0,
            **message_columns(message),
        }
        insert(connection, "messages", columns)
        contents.keep(connection, files_of(message.parts))
    index(connection, conversation_id, WHOLE_CONVERSATION)
    leaf = None if conversation.leaf is None else ids[conversation.leaf]
    pins = pack([ids[pin] for pin in conversation.pins if pin in ids])
    update(connection, "conversations", conversation_id, {"leaf": leaf, "pins": pins})
    return conversation_id


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


def _as_a_copy(original: Conversation, message: Message) -> Message:
    """A message where it stands in the tree; what is still streamed into it does not come into its copy."""
    parent = original.nodes[message.id].parent
    if not message.live:
        return replace(message, parent=parent)
    return replace(message, parent=parent, status=Status.INTERRUPTED, parts=calls_ended(message.parts))


def _chained(path: Sequence[Message]) -> list[Message]:
    """A path without the hidden messages between: each one's parent is the one before it."""
    parents = [None, *(message.id for message in path)]
    return [replace(message, parent=parent) for parent, message in zip(parents, path, strict=False)]


def _columns(connection: sqlite3.Connection, conversation: Conversation) -> dict[str, object]:
    title = normalise(conversation.title)
    columns: dict[str, object] = {
        "origin": normalise(conversation.origin) or conversations.new_origin(),
        "title": title,
        "title_key": comparable(title),
        "titled": conversation.titled,
        "created_at": to_stamp(conversation.created_at),
        "updated_at": to_stamp(conversation.updated_at),
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "begun_by": normalise(conversation.begun_by),
        "model": conversation.model and normalise(conversation.model),
        "tags": pack(conversation.tags),
        "tag_key": tag_key(conversation.tags),
        "tools": pack(conversation.tools),
        "system": normalise(conversation.system),
        "parameters": pack(conversation.parameters),
        "hues": pack(conversation.hues),
        "draft": normalise(conversation.draft),
        "attachments": pack_attachments(conversation.attachments),
    }
    fits = 0 < conversation.id <= _LARGEST_CONVERSATION
    if fits and not _taken(connection, "conversations", conversation.id):
        columns["id"] = conversation.id
    return columns


def _message_id(connection: sqlite3.Connection, message: Message, newest: int, *, keep: bool) -> int:
    fits = newest < message.id <= _LARGEST_MESSAGE
    if keep and fits and not _taken(connection, "messages", message.id):
        return message.id
    return messages.free_id(connection, to_stamp(message.created_at), newest)


def _taken(connection: sqlite3.Connection, table: str, row_id: int) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (row_id,)).fetchone() is not None
