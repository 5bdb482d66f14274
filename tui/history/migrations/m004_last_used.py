"""A conversation knows when it was last written in here; and search, how far ids stand from their times.

The ids of messages only stand in a row. That row follows the times as well as it can, and the index says how
well: so search needs to look only at a part of it where dates are asked for.
"""

from __future__ import annotations

import sqlite3

STATEMENTS = (
    "ALTER TABLE conversations ADD COLUMN used_at INTEGER",  # microseconds; NULL for one that only came in
    """
    UPDATE conversations SET used_at = updated_at
    WHERE origin LIKE 'segue:%' AND updated_at <= CAST(strftime('%s', 'now') AS INTEGER) * 1000000
    """,
    "CREATE INDEX conversations_used ON conversations (used_at) WHERE used_at IS NOT NULL",
    "CREATE INDEX messages_astray ON messages (id - created_at / 1000)",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Make the column and the indexes; what was made here was used when it was changed last."""
    for statement in STATEMENTS:
        connection.execute(statement)
