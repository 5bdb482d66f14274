"""The index of a conversation's messages has the shape of its tree: nothing else is read to open it."""

from __future__ import annotations

import sqlite3


def migrate(connection: sqlite3.Connection) -> None:
    """Make the index again, with more columns."""
    connection.execute("DROP INDEX messages_by_conversation")
    connection.execute(
        """
        CREATE INDEX messages_by_conversation ON messages (conversation_id, id, parent, role, model, hidden)
        """
    )
