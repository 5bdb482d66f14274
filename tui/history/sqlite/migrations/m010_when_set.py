"""Each small value knows when it was set, so that of two histories the newer one counts."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the column: microseconds since 1970, and long ago for what is there."""
    connection.execute("ALTER TABLE state ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0")
