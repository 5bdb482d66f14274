"""The ids of messages only stand in a row, and an index tells how far one stands from its message's time.

That row follows the times as well as it can. Where it can't (many messages of one moment, a file that brings
its own ids), the message is in the index: so search knows in which part of the row all of a date are.
"""

from __future__ import annotations

import sqlite3

NEAR = 86_400_000  # milliseconds
"""An id that is no further above its time than this is not in the index, which so remains small."""
DISTANCE = "id - created_at / 1000"
ASTRAY = f"{DISTANCE} NOT BETWEEN 0 AND {NEAR}"


def migrate(connection: sqlite3.Connection) -> None:
    """Make the index."""
    connection.execute(f"CREATE INDEX IF NOT EXISTS messages_astray ON messages ({DISTANCE}) WHERE {ASTRAY}")
