"""Small things that outlive the program: prompts to recall, a new conversation's draft, values by name."""

from __future__ import annotations

import sqlite3

from tui.chat.draft import Draft
from tui.checked import Fields, unpacked, words
from tui.history.facts import attachments_of
from tui.history.part_columns import pack_attachments
from tui.history.sqlite import contents
from tui.text import normalise

KEPT_PROMPTS = 1000
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


def set_state(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store the value of ``name``."""
    connection.execute(
        "INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (normalise(name), normalise(value)),
    )
