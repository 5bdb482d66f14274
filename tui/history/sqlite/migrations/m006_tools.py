"""A conversation keeps which tools are on in it."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the column."""
    connection.execute("ALTER TABLE conversations ADD COLUMN tools TEXT NOT NULL DEFAULT '[]'")  # JSON
