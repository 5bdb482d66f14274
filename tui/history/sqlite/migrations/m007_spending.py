"""What replies took is kept apart from them: it stays when they are deleted, and no copy counts twice.

A message also knows when its first word came.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

STATEMENTS = (
    "ALTER TABLE messages ADD COLUMN first_at INTEGER",  # microseconds since 1970, UTC
    """
    CREATE TABLE spending (
        id INTEGER PRIMARY KEY,
        message_id INTEGER UNIQUE,              -- the reply; NULL for a request that is none
        conversation_id INTEGER,
        at INTEGER NOT NULL,                    -- microseconds since 1970, UTC
        model TEXT NOT NULL,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cached_tokens INTEGER,
        written_tokens INTEGER,
        cost REAL                               -- US dollars; NULL where it is not known
    )
    """,
    "CREATE INDEX spending_by_time ON spending (at)",
)
_COUNTS = ("input_tokens", "output_tokens", "cached_tokens")
_LARGEST = 10**15


def migrate(connection: sqlite3.Connection) -> None:
    """Make the table, and take over what is known of the replies so far."""
    for statement in STATEMENTS:
        connection.execute(statement)
    take_over(connection)


def take_over(connection: sqlite3.Connection) -> None:
    """Keep apart what is only known of the replies themselves."""
    taken = connection.execute(
        "SELECT at, model, input_tokens, output_tokens, cached_tokens, cost FROM spending"
    )
    known: set[tuple[Any, ...]] = {tuple(row) for row in taken}
    rows = connection.execute(
        "SELECT id, conversation_id, created_at, model, usage FROM messages "
        "WHERE role <> 'user' AND model IS NOT NULL AND usage IS NOT NULL ORDER BY id"
    )
    for message_id, conversation_id, at, model, usage in rows.fetchall():
        counts = _counts(usage)
        same = (at, str(model), *counts)  # a copy has the time of what it was made of
        if same not in known and isinstance(at, int):
            known.add(same)
            connection.execute(
                "INSERT OR IGNORE INTO spending (message_id, conversation_id, at, model, input_tokens, "
                "output_tokens, cached_tokens, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (message_id, conversation_id, at, str(model), *counts),
            )


def _counts(usage: object) -> tuple[int | float | None, ...]:
    """Tokens and dollars; what is odd is unknown."""
    try:
        said = json.loads(usage) if isinstance(usage, str) else None
    except (ValueError, RecursionError):
        said = None
    facts = said if isinstance(said, dict) else {}
    return (*(_whole(facts.get(name)) for name in _COUNTS), _dollars(facts.get("cost")))


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _LARGEST else None


def _dollars(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= _LARGEST else None
