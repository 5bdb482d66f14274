"""The contents of attachments: each is kept once, in parts, for as long as a message or a draft names it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.chat.attachment import Attachment
from tui.history.postgres.link import Tables

_PART = 1_000_000  # bytes


async def keep(db: Tables, attachments: Sequence[Attachment]) -> None:
    """Store the contents that are at hand; the same transaction stores who names them."""
    for file in attachments:
        if file.data is None:
            continue
        new = await db.run(
            "INSERT INTO here.contents (sha256, size) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
            file.sha256,
            len(file.data),
        )
        if new:
            parts = range(0, len(file.data), _PART)
            await db.insert(
                "content_parts",
                [
                    {"sha256": file.sha256, "place": place, "data": file.data[start : start + _PART]}
                    for place, start in enumerate(parts)
                ],
            )


async def name_in_message(db: Tables, message_id: int, attachments: Sequence[Attachment]) -> None:
    """The files of a message name these contents, besides those that they name already."""
    await db.run(_NAMED.format("message_id", "$1"), message_id, _hashes(attachments))


async def name_in_draft(db: Tables, conversation_id: int, attachments: Sequence[Attachment]) -> None:
    """The draft of a conversation names these contents, and no others."""
    await db.run("DELETE FROM here.attached WHERE conversation_id = $1", conversation_id)
    await db.run(_NAMED.format("conversation_id", "$1"), conversation_id, _hashes(attachments))


async def name_in_new_draft(db: Tables, machine: str, attachments: Sequence[Attachment]) -> None:
    """The draft of a conversation that is not stored names these contents, and no others."""
    await db.run("DELETE FROM here.attached WHERE draft_of = current_user || ' ' || $1::text", machine)
    await db.run(_NAMED.format("draft_of", "current_user || ' ' || $1::text"), machine, _hashes(attachments))


async def filled(db: Tables, attachments: Sequence[Attachment]) -> list[Attachment]:
    """The attachments with their contents, as far as they are here."""
    wanted = _hashes([file for file in attachments if file.data is None])
    if not wanted:
        return list(attachments)
    rows = await db.rows(
        """
        SELECT c.sha256, c.size, p.data FROM here.contents c JOIN here.content_parts p USING (sha256)
        WHERE c.sha256 = ANY($1::text[]) ORDER BY c.sha256, p.place
        """,
        wanted,
    )
    found: dict[str, bytearray] = {}
    for row in rows:
        found.setdefault(row["sha256"], bytearray()).extend(row["data"])
    return [_filled(file, found) for file in attachments]


async def sweep(db: Tables) -> None:
    """Remove for good what no message and no draft names any more."""
    await db.run(
        """
        DELETE FROM here.contents c
        WHERE NOT EXISTS (SELECT FROM here.attached a WHERE a.sha256 = c.sha256)
        """
    )


# One whose content was lost is named by nobody: there is nothing to keep.
_NAMED = """
    INSERT INTO here.attached (sha256, {0})
    SELECT sha256, {1} FROM here.contents WHERE sha256 = ANY($2::text[])
"""


def _filled(file: Attachment, found: dict[str, bytearray]) -> Attachment:
    if file.data is not None or file.sha256 not in found:
        return file
    return replace(file, data=bytes(found[file.sha256]))


def _hashes(attachments: Sequence[Attachment]) -> list[str]:
    return list({file.sha256 for file in attachments})
