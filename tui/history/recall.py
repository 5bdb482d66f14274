"""Small things that outlive the program: prompts to recall, and values by name."""

from __future__ import annotations

import sqlite3

from tui.text import normalise

KEPT_PROMPTS = 1000


def remember(connection: sqlite3.Connection, text: str) -> None:
    """Put a prompt at the end of the list; the oldest ones go."""
    text = normalise(text)
    if not text.strip():
        return
    connection.execute("DELETE FROM prompts WHERE text = ?", (text,))
    connection.execute("INSERT INTO prompts (text) VALUES (?)", (text,))
    connection.execute(
        "DELETE FROM prompts WHERE id <= (SELECT id FROM prompts ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (KEPT_PROMPTS,),
    )


def prompts(connection: sqlite3.Connection, limit: int) -> list[str]:
    """The newest prompts, newest first."""
    rows = connection.execute("SELECT text FROM prompts ORDER BY id DESC LIMIT ?", (limit,))
    return [text for (text,) in rows]


def get_state(connection: sqlite3.Connection, name: str, default: str) -> str:
    """The value of ``name``."""
    row = connection.execute("SELECT value FROM state WHERE key = ?", (normalise(name),)).fetchone()
    return row[0] if row else default


def set_state(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store the value of ``name``."""
    connection.execute(
        "INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (normalise(name), normalise(value)),
    )
