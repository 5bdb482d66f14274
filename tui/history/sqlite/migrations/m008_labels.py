"""A conversation keeps what the person calls some of its messages."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the column."""
    connection.execute("ALTER TABLE conversations ADD COLUMN labels TEXT NOT NULL DEFAULT '{}'")  # JSON
