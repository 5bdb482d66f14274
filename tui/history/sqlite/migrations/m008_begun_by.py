"""A conversation knows by what it was begun."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the column."""
    connection.execute("ALTER TABLE conversations ADD COLUMN begun_by TEXT NOT NULL DEFAULT ''")
