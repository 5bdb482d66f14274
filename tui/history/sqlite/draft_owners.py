"""Which program a draft belongs to: the one that writes it, for as long as it runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from tui.history.sqlite.state import get_state, set_state

_OWNER, _BESIDE = "draft_owner", "draft_beside"
"""Begins of keys of the state; the conversation follows, then who wrote beside."""


def claim(
    connection: sqlite3.Connection,
    conversation_id: int,
    name: str,
    gone: Callable[[str], bool],
    *,
    found: bool,
) -> str | None:
    """Have a draft for the program ``name``, unless another one has it that is not gone.

    Returns:
        What programs that are gone had written beside it, if that is to be found; None where it is another's.
    """
    key = f"{_OWNER}:{conversation_id}"
    owner = get_state(connection, key, "")
    if owner not in ("", name) and not gone(owner):
        return None
    if owner != name:
        set_state(connection, key, name)
    return _left_beside(connection, conversation_id, gone) if found else ""


def _left_beside(connection: sqlite3.Connection, conversation_id: int, gone: Callable[[str], bool]) -> str:
    begin = f"{_BESIDE}:{conversation_id}:"
    rows = connection.execute(
        "SELECT key, value FROM state WHERE substr(key, 1, ?) = ?", (len(begin), begin)
    ).fetchall()
    left = [(key, text) for key, text in rows if gone(key.removeprefix(begin))]
    connection.executemany("DELETE FROM state WHERE key = ?", [(key,) for key, _ in left])
    return "\n\n".join(text for _, text in left)


def release(connection: sqlite3.Connection, conversation_id: int, name: str) -> None:
    """Let go of a draft."""
    connection.execute("DELETE FROM state WHERE key = ? AND value = ?", (f"{_OWNER}:{conversation_id}", name))


def set_beside(connection: sqlite3.Connection, conversation_id: int, name: str, text: str) -> None:
    """Keep what the program ``name`` writes while another one has the draft; nothing takes no room."""
    key = f"{_BESIDE}:{conversation_id}:{name}"
    if text:
        set_state(connection, key, text)
    else:
        connection.execute("DELETE FROM state WHERE key = ?", (key,))


def move(connection: sqlite3.Connection, old: int, new: int) -> None:
    """A conversation has another number now."""
    for begin in (_OWNER, _BESIDE):
        key = f"{begin}:{old}"
        connection.execute(
            "UPDATE OR REPLACE state SET key = ? || substr(key, ?) WHERE key = ? OR substr(key, 1, ?) = ?",
            (f"{begin}:{new}", len(key) + 1, key, len(key) + 1, f"{key}:"),
        )


def texts_beside(connection: sqlite3.Connection, conversation_id: int) -> list[str]:
    """What programs have written beside a draft."""
    begin = f"{_BESIDE}:{conversation_id}:"
    rows = connection.execute("SELECT value FROM state WHERE substr(key, 1, ?) = ?", (len(begin), begin))
    return [text for (text,) in rows]
