"""A hidden message knows since when, so that it goes for good as a conversation in the trash does.

``hidden`` was 0 or 1. Now it is 0, or when the message was hidden in microseconds since 1970, or -1 where
nothing is left of it but its place.
"""

from __future__ import annotations

import sqlite3

DATE_HIDDEN = "UPDATE messages SET hidden = CAST(strftime('%s', 'now') AS INTEGER) * 1000000 WHERE hidden = 1"
STATEMENTS = (DATE_HIDDEN, "CREATE INDEX messages_hidden ON messages (hidden) WHERE hidden <> 0")


def migrate(connection: sqlite3.Connection) -> None:
    """Date what is hidden: from now on it is kept as long as what is hidden now."""
    for statement in STATEMENTS:
        connection.execute(statement)
