"""Histories as earlier programs wrote them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tui.chat.message import Message
from tui.history.rows import message_of

BEFORE_PARTS = 4
"""The last form that had a column for each kind of part."""


def put_back_before_parts(path: Path) -> None:
    """Write a history of today's form as the program before wrote it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        without_parts(connection)
        connection.execute(f"PRAGMA user_version = {BEFORE_PARTS}")
    connection.close()


def without_parts(connection: sqlite3.Connection) -> None:
    """Write messages as they were before they were lists of parts."""
    connection.row_factory = sqlite3.Row
    for row in connection.execute("SELECT * FROM messages").fetchall():
        sides = _sides(message_of(row))
        pairs = ", ".join(f"{name} = ?" for name in sides)
        connection.execute(f"UPDATE messages SET {pairs} WHERE id = ?", (*sides.values(), row["id"]))
    connection.execute("ALTER TABLE messages DROP COLUMN parts")
    connection.execute("ALTER TABLE messages DROP COLUMN prefix")
    connection.execute("ALTER TABLE messages DROP COLUMN first_at")
    connection.execute("DROP TABLE spending")
    connection.execute("ALTER TABLE pieces DROP COLUMN part")
    connection.execute("ALTER TABLE state DROP COLUMN set_at")
    for column in ("tools", "labels", "begun_by", "project"):
        connection.execute(f"ALTER TABLE conversations DROP COLUMN {column}")


def _sides(message: Message) -> dict[str, Any]:
    values = {
        "sources": [{"url": source.url, "title": source.title} for source in message.sources],
        "images": [{"url": image.url, "alt": image.alt} for image in message.images],
        "notices": list(message.notices),
    }
    return {name: json.dumps(value) if value else None for name, value in values.items()}
