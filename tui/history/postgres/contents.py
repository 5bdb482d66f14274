"""The contents of attachments: each is kept once, in parts, for as long as a message or a draft names it.

One that is expected has no parts yet, or some: they come one by one, so that nothing waits for a large file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.history.postgres.link import Record, Tables, chunks

PART = 250_000
"""Bytes of a part: so many keep what comes after them waiting. Other programs rely on this number."""
_AT_ONCE = 4  # parts of one statement
Read = Callable[[Callable[[Tables], Awaitable[Any]]], Awaitable[Any]]
"""Reads something, in turn with what others read."""


async def keep(db: Tables, attachments: Sequence[Attachment]) -> None:
    """Store the contents that are at hand; the same transaction stores who names them."""
    for file in attachments:
        if file.data is None:
            continue
        lacked = await db.row(
            """
            INSERT INTO here.contents AS c (sha256, size, whole) VALUES ($1, $2, true)
            ON CONFLICT (sha256) DO UPDATE SET size = $2, whole = true WHERE NOT c.whole RETURNING c.size
            """,
            file.sha256,
            len(file.data),
        )
        if lacked:
            await db.run("DELETE FROM here.content_parts WHERE sha256 = $1", file.sha256)
            rows = [
                {"sha256": file.sha256, "place": place, "data": data}
                for place, data in enumerate(parts_of(file.data))
            ]
            for some in chunks(rows, _AT_ONCE):
                await db.insert("content_parts", some)


def parts_of(data: bytes) -> list[bytes]:
    """A content in the parts in which it is kept."""
    return [data[start : start + PART] for start in range(0, len(data), PART)]


# -- contents that come later than what names them
async def expect(db: Tables, attachments: Sequence[Attachment]) -> None:
    """Contents that may be named from here on."""
    await db.run(
        """
        INSERT INTO here.contents (sha256, size) SELECT name, 0 FROM unnest($1::text[]) AS new (name)
        ON CONFLICT (sha256) DO NOTHING
        """,
        _hashes(attachments),
    )


async def lacking(db: Tables) -> list[str]:
    """The contents that are expected."""
    return [row["sha256"] for row in await db.rows("SELECT sha256 FROM here.contents WHERE NOT whole")]


async def places_of(db: Tables, sha256: str) -> set[int]:
    """The parts of a content that are there."""
    rows = await db.rows("SELECT place FROM here.content_parts WHERE sha256 = $1", sha256)
    return {row["place"] for row in rows}


async def put(db: Tables, sha256: str, place: int, data: bytes) -> None:
    """Store a part of a content, unless nobody names that any more."""
    await db.run(
        """
        INSERT INTO here.content_parts (sha256, place, data)
        SELECT sha256, $2::bigint, $3::bytea FROM here.contents WHERE sha256 = $1 AND NOT whole FOR SHARE
        ON CONFLICT (sha256, place) DO NOTHING
        """,
        sha256,
        place,
        data,
    )


async def complete(db: Tables, sha256: str, size: int) -> None:
    """All parts of a content are there."""
    await db.run("UPDATE here.contents SET whole = true, size = $2 WHERE sha256 = $1", sha256, size)


# -- who names them
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


# -- reading
async def filled(read: Read, attachments: Sequence[Attachment]) -> list[Attachment]:
    """The attachments with their contents, as far as they are here; a little at a time."""
    wanted = _hashes([file for file in attachments if file.data is None])
    if not wanted:
        return list(attachments)
    listed = await read(lambda db: db.rows(_PARTS, wanted))
    sizes: dict[str, int] = {row["sha256"]: row["size"] for row in listed}
    found = {name: bytearray() for name in sizes}
    for some in chunks((row for row in listed if row["place"] is not None), _AT_ONCE):
        for row in await read(partial(_data, parts=some)):
            found[row["sha256"]].extend(row["data"])
    whole = {name: bytes(data) for name, data in found.items() if len(data) == sizes[name]}
    return [replace(file, data=whole.get(file.sha256)) if file.data is None else file for file in attachments]


async def _data(db: Tables, *, parts: Sequence[Record]) -> Sequence[Record]:
    return await db.rows(
        """
        SELECT sha256, data FROM here.content_parts JOIN
            unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS wanted (sha256, place, turn)
            USING (sha256, place)
        ORDER BY turn
        """,
        [row["sha256"] for row in parts],
        [row["place"] for row in parts],
    )


_PARTS = """
    SELECT sha256, c.size, p.place FROM here.contents c LEFT JOIN here.content_parts p USING (sha256)
    WHERE c.whole AND sha256 = ANY($1::text[]) ORDER BY sha256, p.place
"""


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


def _hashes(attachments: Sequence[Attachment]) -> list[str]:
    return list({file.sha256 for file in attachments})
