"""What of the server is kept here, to be read while it can't be reached."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from tui.chat.attachment import Attachment
from tui.chat.message import Status
from tui.history.preferences import Kept
from tui.history.rows import changed_columns, message_columns, new_origin, now_stamp
from tui.history.shared import journal
from tui.history.shared.acts import Kind
from tui.history.shared.there import Whole
from tui.history.sqlite import contents, draft_owners, messages
from tui.history.sqlite.indexing import WHOLE_CONVERSATION, index, searchable, unindex
from tui.history.sqlite.state import remember, take
from tui.history.sqlite.statements import insert, update
from tui.history.store import KEPT_PROMPTS

NEWEST = 300
"""Conversations of the top of the list that are kept."""
_RECOVERED = "Recovered: "
LARGEST_FILE = 5_000_000
"""Bytes up to which the contents of files are kept too."""
ROOM = 500_000_000
"""Bytes that all of it may take."""
_AT_ONCE = 10  # conversations that make room together
_SAME_USE = 3_600_000_000  # microseconds
# Of what the server has, and nothing comes to.
_OLDEST = f"""
    SELECT c.id FROM conversations c LEFT JOIN kept k ON k.conversation_id = c.id
    WHERE NOT EXISTS (
        SELECT 1 FROM acts a WHERE a.conversation_id = c.id
            AND (a.seq > (SELECT pushed FROM journal) OR a.aside IS NOT NULL)
    ) AND NOT EXISTS (
        SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.status = '{Status.STREAMING.value}'
    )
    ORDER BY max(coalesce(k.used_at, 0), c.updated_at) LIMIT ?
"""


def kept(db: sqlite3.Connection) -> dict[int, int]:
    """The conversations that are here, and the number of the change up to which."""
    return {row["conversation_id"]: row["rev"] for row in db.execute("SELECT * FROM kept WHERE NOT left_out")}


def known(db: sqlite3.Connection) -> dict[int, int]:
    """The same, and those that were here, for which there was no room: that they are needs no look."""
    return {row["conversation_id"]: row["rev"] for row in db.execute("SELECT * FROM kept")}


def is_used(db: sqlite3.Connection, place: int) -> bool:
    """Whether it is known that a conversation is read here in these days."""
    since = now_stamp() - _SAME_USE
    sql = "SELECT 1 FROM kept WHERE conversation_id = ? AND used_at < ?"
    return db.execute(sql, (place, since)).fetchone() is None


def use(db: sqlite3.Connection, place: int) -> None:
    """A conversation is read here now."""
    db.execute("UPDATE kept SET used_at = ? WHERE conversation_id = ?", (now_stamp(), place))


def make_room(db: sqlite3.Connection) -> None:
    """Let go of what was not read or written for longest, where it all takes too much room."""
    while _size(db) > ROOM:
        found = db.execute(_OLDEST, (_AT_ONCE,)).fetchall()
        for row in found:
            _remove(db, row["id"])
            db.execute(
                """
                INSERT INTO kept VALUES (?, -1, 0, 1)
                ON CONFLICT (conversation_id) DO UPDATE SET left_out = 1, used_at = 0
                """,
                (row["id"],),
            )
        contents.sweep(db)
        if not found:
            break


def _size(db: sqlite3.Connection) -> int:
    """Bytes that are in use."""
    (pages,), (free,), (size,) = (
        db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def keep(
    db: sqlite3.Connection, place: int, found: Whole | None, files: Sequence[Attachment], newest: int
) -> bool:
    """Let a conversation be here as it is there, unless something was done to it here that is not there.

    Args:
        db: The file.
        place: Its number.
        found: What is there.
        files: Of its files those with contents.
        newest: The newest act in it when it was read there, which the server had.

    Returns:
        Whether it is.
    """
    if journal.newest_of(db, place) > newest or journal.has_alone(db, place):
        return False
    if found is None:
        _drop(db, place)
        return True
    columns = {**found.conversation, "owner": None}
    if not update(db, "conversations", place, columns):
        insert(db, "conversations", columns)
    _keep_messages(db, place, found.messages)
    contents.keep(db, files)
    db.execute(
        """
        INSERT INTO kept VALUES (?, ?, 0, 0)
        ON CONFLICT (conversation_id) DO UPDATE SET rev = excluded.rev, left_out = 0
        """,
        (place, found.rev),
    )
    return True


def _drop(db: sqlite3.Connection, place: int) -> None:
    for text in draft_owners.texts_beside(db, place):  # of a program that had the draft not to itself
        remember(db, text)
        journal.note(db, Kind.PROMPT, {"text": text})
    _remove(db, place)
    db.execute("DELETE FROM kept WHERE conversation_id = ?", (place,))


def _remove(db: sqlite3.Connection, place: int) -> None:
    unindex(db, place, WHOLE_CONVERSATION)
    db.execute("DELETE FROM conversations WHERE id = ?", (place,))


def _keep_messages(db: sqlite3.Connection, place: int, found: Sequence[Mapping[str, Any]]) -> None:
    names = ", ".join(found[0]) if found else "id"
    rows = journal.rows_of(db, f"SELECT {names} FROM messages WHERE conversation_id = ?", [place])
    before = {row["id"]: row for row in rows}
    for row in found:
        here = before.pop(row["id"], None)
        if here is not None and (here == row or here["status"] == Status.STREAMING.value):
            continue  # what streams here is newer here
        columns = searchable({**row, "owner": None, "status": _ended(row["status"])})
        if here is None:
            insert(db, "messages", columns)
        else:
            unindex(db, row["id"])
            update(db, "messages", row["id"], columns)
        index(db, row["id"])
    for message_id in before:
        unindex(db, message_id)
        db.execute("DELETE FROM messages WHERE id = ?", (message_id,))


def _ended(status: str) -> str:
    """What is streamed into elsewhere is here as far as it came: no program here is to give it an end."""
    return Status.INTERRUPTED.value if status == Status.STREAMING.value else status


def whole(db: sqlite3.Connection, place: int) -> dict[str, Any]:
    """A conversation as it is here, with all that is done to it."""
    [conversation] = journal.rows_of(db, "SELECT * FROM conversations WHERE id = ?", [place])
    rows = journal.rows_of(db, "SELECT * FROM messages WHERE conversation_id = ? ORDER BY id", [place])
    for row in rows:
        if row["status"] == Status.STREAMING.value:  # its pieces too
            [message] = messages.get(db, [row["id"]])
            row |= message_columns(message)
    return {"conversation": conversation, "messages": rows}


def recover(db: sqlite3.Connection, place: int) -> str:
    """Mark a conversation as one that was removed elsewhere, and may have come anew. Returns its title."""
    (title,) = db.execute("SELECT title FROM conversations WHERE id = ?", (place,)).fetchone()
    title = title if title.startswith(_RECOVERED) else f"{_RECOVERED}{title}"
    changed = {**changed_columns({"title": title}), "origin": new_origin(), "deleted_at": None}
    update(db, "conversations", place, changed)
    return str(title)


def set_of_person(db: sqlite3.Connection, values: Mapping[str, Kept], prompts: Sequence[str]) -> None:
    """Have the small values and the prompts of the server."""
    take(db, values)
    db.execute("DELETE FROM prompts")
    db.executemany("INSERT INTO prompts (text) VALUES (?)", [(text,) for text in prompts[-KEPT_PROMPTS:]])
