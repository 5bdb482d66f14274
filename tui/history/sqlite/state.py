"""Small things that outlive the program: prompts to recall, a new conversation's draft, values by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from tui.chat.draft import Draft
from tui.checked import Fields, unpacked, words
from tui.history.facts import attachments_of
from tui.history.part_columns import pack_attachments
from tui.history.preferences import Kept
from tui.history.rows import from_stamp, now_stamp, to_stamp
from tui.history.sqlite import contents
from tui.history.store import KEPT_PROMPTS
from tui.text import normalise

NEW_DRAFT = "new_draft"
"""Key of the state where the text of a draft is kept whose conversation does not exist yet."""


def remember(connection: sqlite3.Connection, text: str) -> None:
    """Put a prompt at the end of the list; the oldest ones go."""
    text = normalise(text)
    if not text.strip():
        return
    connection.execute("DELETE FROM prompts WHERE text = ?", (text,))
    connection.execute("INSERT INTO prompts (text) VALUES (?)", (text,))
    connection.execute(
        "DELETE FROM prompts WHERE id <= (SELECT id FROM prompts ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (KEPT_PROMPTS,),
    )


def prompts(connection: sqlite3.Connection, limit: int) -> list[str]:
    """The newest prompts, newest first."""
    rows = connection.execute("SELECT text FROM prompts ORDER BY id DESC LIMIT ?", (limit,))
    return [words(text) for (text,) in rows]


def set_new_draft(connection: sqlite3.Connection, draft: Draft) -> None:
    """Keep what is written in a conversation that does not exist yet."""
    contents.keep(connection, draft.attachments)
    set_state(connection, NEW_DRAFT, draft.text)
    set_state(connection, contents.OF_NEW_DRAFT, pack_attachments(draft.attachments) or "[]")


def new_draft(connection: sqlite3.Connection) -> Draft:
    """What is written in a conversation that does not exist yet."""
    files = Fields({"attachments": unpacked(get_state(connection, contents.OF_NEW_DRAFT, "[]"))})
    return Draft(get_state(connection, NEW_DRAFT, ""), tuple(attachments_of(files)))


def get_state(connection: sqlite3.Connection, name: str, default: str) -> str:
    """The value of ``name``."""
    row = connection.execute("SELECT value FROM state WHERE key = ?", (normalise(name),)).fetchone()
    return words(row[0]) if row else default


def set_state(connection: sqlite3.Connection, name: str, value: str, now: int | None = None) -> int:
    """Store the value of ``name``. Returns when it was set: now, and in any case after the one before."""
    (set_at,) = connection.execute(
        """
        INSERT INTO state (key, value, set_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, set_at = max(excluded.set_at, set_at + 1)
        RETURNING set_at
        """,
        (normalise(name), normalise(value), now_stamp() if now is None else now),
    ).fetchone()
    return int(set_at)


def kept(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, Kept]:
    """The values of those of these names that have one."""
    rows = connection.execute("SELECT key, value, set_at FROM state").fetchall()
    found = {row["key"]: Kept(words(row["value"]), from_stamp(row["set_at"])) for row in rows}
    return {name: found[name] for name in names if name in found}


def take(connection: sqlite3.Connection, values: Mapping[str, Kept]) -> None:
    """Store values that were set elsewhere, unless what is here was set later."""
    connection.executemany(
        """
        INSERT INTO state (key, value, set_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
        WHERE excluded.set_at >= set_at
        """,
        [
            (normalise(name), normalise(one.value), min(to_stamp(one.set_at), now_stamp()))
            for name, one in values.items()
        ],
    )
