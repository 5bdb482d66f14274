"""A message is a list of parts. The texts stay where they are: ``parts`` tells the order of what is there.

Until now what was not text stood in a column for each kind. Now each is a part: of a reply its thought, its
text, its pictures, its sources and its notices, of a prompt its text and its files.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

STATEMENTS = (
    "ALTER TABLE messages ADD COLUMN parts TEXT",  # JSON, of texts only their length; NULL: thought, text
    "ALTER TABLE messages ADD COLUMN prefix TEXT",  # hash of what was sent for it
    "ALTER TABLE pieces ADD COLUMN part TEXT",  # JSON; it stands behind the reasoning and text of its row
)
_EARLIER = "coalesce(sources, images, notices, attachments) IS NOT NULL AND parts IS NULL"
_BATCH = 500


def migrate(connection: sqlite3.Connection) -> None:
    """Make the columns, and fill them."""
    for statement in STATEMENTS:
        connection.execute(statement)
    gather(connection)
    _join_pieces(connection)


def gather(connection: sqlite3.Connection) -> None:
    """Make parts of what stands in the columns of an earlier form."""
    ids = [row[0] for row in connection.execute(f"SELECT id FROM messages WHERE {_EARLIER}")]
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        rows = connection.execute(
            "SELECT id, text, reasoning, reasoning_seconds, images, sources, notices, attachments "
            f"FROM messages WHERE id IN ({marks})",
            batch,
        ).fetchall()
        connection.executemany(
            "UPDATE messages SET parts = ?, sources = NULL, images = NULL, notices = NULL WHERE id = ?",
            [(json.dumps(list(_parts(*row[1:]))), row[0]) for row in rows],
        )


def _join_pieces(connection: sqlite3.Connection) -> None:
    """Of a reply that was streaming, all thought and all text: until now their pieces had no order."""
    for (message_id,) in connection.execute("SELECT DISTINCT message_id FROM pieces").fetchall():
        rows = connection.execute(
            "SELECT id, text, reasoning FROM pieces WHERE message_id = ? ORDER BY id", (message_id,)
        ).fetchall()
        last = rows[-1][0]
        text, reasoning = "".join(_words(row[1]) for row in rows), "".join(_words(row[2]) for row in rows)
        connection.execute("UPDATE pieces SET text = ?, reasoning = ? WHERE id = ?", (text, reasoning, last))
        connection.execute("DELETE FROM pieces WHERE message_id = ? AND id <> ?", (message_id, last))


def _parts(
    text: object,
    reasoning: object,
    seconds: object,
    images: object,
    sources: object,
    notices: object,
    attachments: object,
) -> Iterator[dict[str, Any]]:
    if thought := _words(reasoning):
        yield {"type": "reasoning", "length": len(thought), "seconds": _plain(seconds)}
    if said := _words(text):
        yield {"type": "text", "length": len(said)}
    for file in _objects(attachments):
        media_type = _plain(file.get("media_type"))
        kind = "image" if str(media_type).startswith("image/") else "file"
        facts = {name: _plain(file.get(name)) for name in ("name", "size", "sha256", "tokens")}
        yield {"type": kind, "mime": media_type, **facts}
    for image in _objects(images):
        if isinstance(image.get("url"), str):
            yield {"type": "image", "url": image["url"], "alt": _plain(image.get("alt"))}
    pages = [
        {"url": page["url"], "title": _plain(page.get("title"))}
        for page in _objects(sources)
        if isinstance(page.get("url"), str)
    ]
    if pages:
        yield {"type": "sources", "sources": pages}
    for notice in _listed(notices):
        if isinstance(notice, str):
            yield {"type": "notice", "text": notice}


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None


def _words(stored: object) -> str:
    """A text as it is read; only where a hand wrote something else there is it none."""
    return stored if isinstance(stored, str) else ""


def _objects(stored: object) -> Iterator[dict[str, Any]]:
    return (entry for entry in _listed(stored) if isinstance(entry, dict))


def _listed(stored: object) -> list[Any]:
    try:
        found = json.loads(stored) if isinstance(stored, str) else None
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
