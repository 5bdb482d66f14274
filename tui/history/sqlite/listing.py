"""The list of conversations, a page at a time."""

from __future__ import annotations

import sqlite3
from typing import Any

from tui.chat.conversation import Summary
from tui.history.sqlite.conversations import LISTED
from tui.history.sqlite.rows import summary_of
from tui.history.sqlite.stamps import to_stamp
from tui.history.store import ListFilter
from tui.text import comparable, normalise


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
    if chosen.before is not None:
        parts.append(("updated_at < ?", [to_stamp(chosen.before)]))
    if chosen.after is not None:
        parts.append(("updated_at >= ?", [to_stamp(chosen.after)]))
    return " AND ".join(f"({text})" for text, _ in parts), [value for _, more in parts for value in more]
