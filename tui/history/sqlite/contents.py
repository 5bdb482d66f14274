"""The contents of attachments: each is kept once, for as long as a message or a draft names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.digest import sha256

OF_NEW_DRAFT = "new_draft_attachments"
"""Key of the state with the attachments of a draft whose conversation does not exist yet."""

_PLACES = (
    "SELECT attachments AS files FROM messages WHERE attachments IS NOT NULL",
    "SELECT part AS files FROM pieces WHERE part IS NOT NULL",
    "SELECT attachments AS files FROM conversations WHERE attachments IS NOT NULL",
    "SELECT value AS files FROM state WHERE key = ?",
)
# What is no JSON, or says no name of a content, names none.
_NAMED = """
    SELECT file.atom FROM ({}), json_tree(iif(json_valid(files), files, '[]')) file
    WHERE file.key = 'sha256' AND file.type = 'text'
"""


def keep(connection: sqlite3.Connection, attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Store the contents that are at hand; the same transaction stores who names them.

    Returns:
        The attachments without their contents.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO contents (sha256, data) VALUES (?, ?)",
        [(attachment.sha256, attachment.data) for attachment in attachments if attachment.data is not None],
    )
    return tuple(replace(attachment, data=None) for attachment in attachments)


def filled(connection: sqlite3.Connection, attachments: Sequence[Attachment]) -> list[Attachment]:
    """The attachments with their contents, as far as they are here."""
    return [
        replace(file, data=data_of(connection, file.sha256)) if file.data is None else file
        for file in attachments
    ]


def sweep(connection: sqlite3.Connection) -> None:
    """Remove for good what no message and no draft names any more."""
    named = " UNION ALL ".join(map(_NAMED.format, _PLACES))
    connection.execute(f"DELETE FROM contents WHERE sha256 NOT IN ({named})", (OF_NEW_DRAFT,))


def check(row: sqlite3.Row) -> None:
    """Look whether a content is still what it was.

    Raises:
        ValueError: It is not.
    """
    if sha256(row["data"]) != row["sha256"]:
        raise ValueError(f"content {row['id']} is damaged")


def data_of(connection: sqlite3.Connection, sha256: str) -> bytes | None:
    """The content with this hash, if it is here."""
    row = connection.execute("SELECT data FROM contents WHERE sha256 = ?", (sha256,)).fetchone()
    return row["data"] if row else None
