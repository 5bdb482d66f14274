"""Files that go along with a prompt, or wait in a draft. Each content is kept once, whoever names it.

The schema still fits on the pages that it had: so the first page of a new history repairs an old one too.
"""

from __future__ import annotations

import sqlite3

STATEMENTS = (
    """
    CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE,            -- in hexadecimal
        data BLOB NOT NULL
    )
    """,
    "ALTER TABLE messages ADD COLUMN attachments TEXT",  # JSON: a list of names, types, sizes, sha256
    "ALTER TABLE conversations ADD COLUMN attachments TEXT",  # those of the draft
    "CREATE INDEX messages_attached ON messages (attachments) WHERE attachments IS NOT NULL",
    "CREATE INDEX drafts_attached ON conversations (attachments) WHERE attachments IS NOT NULL",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Make the table and the columns."""
    for statement in STATEMENTS:
        connection.execute(statement)
