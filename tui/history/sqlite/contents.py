"""The contents of attachments: each is kept once, for as long as a message or a draft names it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from tui.chat.attachment import Attachment

OF_NEW_DRAFT = "new_draft_attachments"
"""Key of the state with the attachments of a draft whose conversation does not exist yet."""


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
    return [replace(attachment, data=_content(connection, attachment)) for attachment in attachments]


def sweep(connection: sqlite3.Connection) -> None:
    """Remove for good what no message and no draft names any more."""
    connection.execute(
        """
        DELETE FROM contents WHERE sha256 NOT IN (
            SELECT json_extract(file.value, '$.sha256')
            FROM messages, json_each(attachments) file WHERE attachments IS NOT NULL
            UNION ALL
            SELECT json_extract(file.value, '$.sha256')
            FROM conversations, json_each(attachments) file WHERE attachments IS NOT NULL
            UNION ALL
            SELECT json_extract(file.value, '$.sha256')
            FROM state, json_each(state.value) file WHERE state.key = ?
        )
        """,
        (OF_NEW_DRAFT,),
    )


def check(row: sqlite3.Row) -> None:
    """Look whether a content is still what it was.

    Raises:
        ValueError: It is not.
    """
    if hashlib.sha256(row["data"]).hexdigest() != row["sha256"]:
        raise ValueError(f"content {row['id']} is damaged")


def _content(connection: sqlite3.Connection, attachment: Attachment) -> bytes | None:
    row = connection.execute("SELECT data FROM contents WHERE sha256 = ?", (attachment.sha256,)).fetchone()
    return row["data"] if row else attachment.data
