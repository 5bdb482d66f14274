"""Conversations on the server: make, load, change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.chat.conversation import Conversation, Summary
from tui.history.missing import no_conversation
from tui.history.postgres import contents
from tui.history.postgres.link import Tables
from tui.history.postgres.sessions import LIVING
from tui.history.postgres.state import get_state
from tui.history.rows import (
    changed_columns,
    conversation_columns,
    conversation_of,
    nodes_of,
    summary_of,
    to_stamp,
)
from tui.history.store import ListFilter
from tui.text import comparable, normalise

# Word for word the condition of the index ``conversations_listed``.
LISTED = "deleted_at IS NULL AND (message_count > 0 OR draft <> '')"
_AT_HAND = f"NOT archived AND {LISTED}"
USED = "used"
"""Key of the state with the conversations that were written in last, newest first, one a line."""
_REMEMBERED = 100


async def create(db: Tables, owner: str, new: Conversation) -> Conversation:
    """Make an empty conversation, which ``owner`` keeps until it has a message; one with an id keeps that."""
    made = new.id or await db.value(
        """
        UPDATE here.history SET next_conversation = next_conversation + 1 RETURNING next_conversation - 1
        """
    )
    times = {"created_at": db.now(), "updated_at": db.now()}
    await insert(db, {"id": made, "owner": owner, **conversation_columns(new), **times})
    return await load(db, made)


async def insert(db: Tables, columns: Mapping[str, Any]) -> None:
    """Write the row of a conversation."""
    marks = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await db.run(f"INSERT INTO here.conversations ({', '.join(columns)}) VALUES ({marks})", *columns.values())


async def load(db: Tables, conversation_id: int) -> Conversation:
    """A conversation with all its nodes."""
    row = await db.row("SELECT * FROM here.conversations WHERE id = $1", conversation_id)
    if row is None:
        raise no_conversation(conversation_id)
    conversation = conversation_of(row)
    columns = await db.row(
        """
        SELECT
            array_agg(id ORDER BY id) AS ids,
            array_agg(parent ORDER BY id) AS parents,
            array_agg(role ORDER BY id) AS roles,
            array_agg(model ORDER BY id) AS models,
            array_agg(id) FILTER (WHERE hidden <> 0) AS hidden
        FROM here.messages WHERE conversation_id = $1
        """,
        conversation_id,
    )
    if columns is not None and columns["ids"]:
        names = ("ids", "parents", "roles", "models", "hidden")
        conversation.nodes = nodes_of(*(columns[name] or () for name in names))
    conversation.find_leaf()
    return conversation


async def change(db: Tables, conversation_id: int, changes: Mapping[str, Any]) -> None:
    """Change fields; the conversation does not become newer by it."""
    columns = changed_columns(changes)
    files = changes.get("attachments", ())
    await contents.keep(db, files)
    if columns and not await db.update("conversations", conversation_id, columns):
        raise no_conversation(conversation_id)
    if "attachments" in changes:
        await contents.name_in_draft(db, conversation_id, files)


NOTE_USE = f"""
    INSERT INTO here.state AS used (machine, key, value) VALUES ({{0}}, '{USED}', {{1}})
    ON CONFLICT (role, machine, key) DO UPDATE SET value = array_to_string(
        {{1}} || (array_remove(string_to_array(used.value, chr(10)), {{1}}))[:{_REMEMBERED - 1}], chr(10)
    )
"""
"""Notes that a person writes in a conversation now, on a machine."""


async def note_use(db: Tables, machine: str, conversation_id: int) -> None:
    """A person writes in this conversation now, on this machine."""
    await db.run(NOTE_USE.format("$1", "$2::text"), machine, str(conversation_id))


async def last_used(db: Tables, machine: str) -> int | None:
    """The conversation of the list that was written in last; otherwise the newest, unless that is to come.

    What came in from elsewhere may bear any date.
    """
    used = [int(word) for word in (await get_state(db, machine, USED, "")).split() if word.isdecimal()]
    found: int | None = await db.value(
        f"""
        SELECT id FROM here.conversations WHERE id = ANY($1::bigint[]) AND {_AT_HAND}
        ORDER BY array_position($1::bigint[], id) LIMIT 1
        """,
        used,
    )
    if found is None:
        found = await db.value(
            f"""
            SELECT id FROM here.conversations WHERE {_AT_HAND}
            ORDER BY updated_at > $1, updated_at DESC, id DESC LIMIT 1
            """,
            db.now(),
        )
    return found


async def drop_empty(db: Tables) -> None:
    """Remove conversations without a message or a draft, whose program is gone."""
    await db.run(
        f"""
        DELETE FROM here.conversations
        WHERE message_count = 0 AND draft = '' AND attachments IS NULL AND (owner IS NULL OR NOT {LIVING})
        """
    )


async def page(db: Tables, chosen: ListFilter, limit: int, offset: int) -> list[Summary]:
    """A page: pinned ones first, then the newest."""
    where, values = _conditions(chosen)
    limits = f"LIMIT ${len(values) + 1} OFFSET ${len(values) + 2}"
    order = "pinned DESC, updated_at DESC, id DESC"
    rows = await db.rows(
        f"""
        SELECT c.*, (
            SELECT count(*) FROM here.messages WHERE conversation_id = c.id AND hidden = 0
        ) AS messages
        FROM (SELECT * FROM here.conversations WHERE {where} ORDER BY {order} {limits}) c ORDER BY {order}
        """,
        *values,
        limit,
        offset,
    )
    return [summary_of(row) for row in rows]


async def count(db: Tables, chosen: ListFilter) -> int:
    """How many conversations the filter lets through."""
    where, values = _conditions(chosen)
    return int(await db.value(f"SELECT count(*) FROM here.conversations WHERE {where}", *values))


def _conditions(chosen: ListFilter) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []

    def require(condition: str, value: Any) -> None:
        values.append(value)
        parts.append(condition.format(f"${len(values)}"))

    if chosen.deleted:
        parts.append("deleted_at IS NOT NULL")
    else:
        parts += [f"({LISTED})", "archived" if chosen.archived else "NOT archived"]
    for word in chosen.title.split():
        require("strpos(title_key, {}) > 0", comparable(word))
    if chosen.tag is not None:
        require("strpos(tag_key, {}) > 0", f"\n{comparable(chosen.tag)}\n")
    if chosen.model is not None:
        require("strpos(lower(model), {}) > 0", normalise(chosen.model).lower())
    if chosen.begun_by is not None:
        require("begun_by = {}", chosen.begun_by)
    if chosen.project is not None:
        require("project = {}", normalise(chosen.project))
    if chosen.before is not None:
        require("updated_at < {}", to_stamp(chosen.before))
    if chosen.after is not None:
        require("updated_at >= {}", to_stamp(chosen.after))
    return " AND ".join(parts), values
