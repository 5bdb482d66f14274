"""A conversation knows by what it was begun, and in which project."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the columns."""
    connection.execute("ALTER TABLE conversations ADD COLUMN begun_by TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE conversations ADD COLUMN project TEXT NOT NULL DEFAULT ''")
