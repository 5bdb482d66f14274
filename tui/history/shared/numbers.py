"""The numbers of conversations and messages that this machine makes; and new ones where another has the same.

Each machine has a slot of its own in the ids of messages, and blocks of numbers for conversations. Those that
the server has not seen yet share a slot: then two may meet, and what is here gets another number, in the file
and in all acts. Who still has the old one is understood.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from tui.history.part_columns import kept_json, pack
from tui.history.rows import now_stamp
from tui.history.shared.acts import Kind, packed
from tui.history.shared.journal import rows_of
from tui.history.sqlite import draft_owners
from tui.history.sqlite.indexing import WHOLE_CONVERSATION, index, unindex
from tui.history.sqlite.statements import update

_STEP = 256
_MESSAGE, _CONVERSATION = "message", "conversation"


# -- new ones
def message_id(db: sqlite3.Connection, conversation_id: int) -> int:
    """An id for a message of this moment that no machine gives another: each has its own of every 256.

    It is higher than those of the messages before it in its conversation.
    """
    row = db.execute("SELECT slot, ahead FROM journal").fetchone()
    (newest,) = db.execute(
        "SELECT max(id) FROM messages WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    chosen = (now_stamp() + row["ahead"]) // 1000
    chosen = max(chosen, (newest or 0) + 1)
    chosen += (row["slot"] - chosen) % _STEP
    while db.execute("SELECT 1 FROM messages WHERE id = ?", (chosen,)).fetchone():
        chosen += _STEP
    return int(chosen)


def moment(db: sqlite3.Connection) -> int:
    """This moment's number by the server's clock, as far as that is known."""
    (ahead,) = db.execute("SELECT ahead FROM journal").fetchone()
    return now_stamp() + int(ahead)


def conversation_id(db: sqlite3.Connection) -> int:
    """A number for a new conversation: one of this machine's; if none is left, one of this moment."""
    row = db.execute("SELECT next_conversation, last_conversation FROM journal").fetchone()
    chosen = row["next_conversation"]
    if chosen <= row["last_conversation"]:
        db.execute("UPDATE journal SET next_conversation = next_conversation + 1")
        return int(chosen)
    return message_id(db, 0)


# -- what had another number
def message(db: sqlite3.Connection, message_id: int, place: int | None = None) -> int:
    """The id that a message has now, of which someone has the one that it had.

    Another machine's may have that one now; not one of the conversation ``place``, where that is known.
    """
    new = _newer(db, _MESSAGE, message_id)
    if new is None or _streams(db, new):
        return message_id if new is None else new
    where, values = ("", []) if place is None else (" AND conversation_id = ?", [place])
    sql = f"SELECT 1 FROM messages WHERE id = ?{where}"
    return message_id if db.execute(sql, (message_id, *values)).fetchone() else new


def messages(db: sqlite3.Connection, ids: Sequence[int], place: int | None = None) -> list[int]:
    """The same for several."""
    return [message(db, message_id, place) for message_id in ids]


def conversation(db: sqlite3.Connection, conversation_id: int) -> int:
    """The number that a conversation has now, of which someone has the one that it had."""
    new = _newer(db, _CONVERSATION, conversation_id)
    taken = db.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return conversation_id if new is None or taken else new


def _newer(db: sqlite3.Connection, kind: str, old: int) -> int | None:
    row = db.execute("SELECT new FROM renamed WHERE kind = ? AND old = ?", (kind, old)).fetchone()
    return int(row["new"]) if row else None


def _streams(db: sqlite3.Connection, message_id: int) -> bool:
    sql = "SELECT 1 FROM messages WHERE id = ? AND status = 'streaming'"
    return db.execute(sql, (message_id,)).fetchone() is not None


def _note(db: sqlite3.Connection, kind: str, old: int, new: int) -> None:
    db.execute("UPDATE renamed SET new = ? WHERE kind = ? AND new = ?", (new, kind, old))
    db.execute("INSERT OR REPLACE INTO renamed VALUES (?, ?, ?)", (kind, old, new))


# -- another number
def move(db: sqlite3.Connection, old: int) -> int:
    """Give a conversation of this machine another number, here and in all acts. Returns that."""
    new = conversation_id(db)
    db.execute("PRAGMA defer_foreign_keys = ON")
    unindex(db, old, WHOLE_CONVERSATION)
    for table, column in (
        ("conversations", "id"),
        ("messages", "conversation_id"),
        ("spending", "conversation_id"),
        ("acts", "conversation_id"),
    ):
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))
    index(db, new, WHOLE_CONVERSATION)
    db.execute("DELETE FROM kept WHERE conversation_id = ?", (old,))
    draft_owners.move(db, old, new)
    for row in db.execute("SELECT seq, kind, facts FROM acts WHERE conversation_id = ?", (new,)).fetchall():
        facts = _moved(Kind(row["kind"]), json.loads(row["facts"]), new)
        db.execute("UPDATE acts SET facts = ? WHERE seq = ?", (packed(facts), row["seq"]))
    _note(db, _CONVERSATION, old, new)
    return new


def _moved(kind: Kind, facts: dict[str, Any], new: int) -> Mapping[str, Any]:
    """The facts of an act with another conversation."""
    match kind:
        case Kind.CREATE:
            return {"columns": facts["columns"] | {"id": new}}
        case Kind.CHANGE | Kind.TRASH | Kind.RESTORE:
            return facts | {"id": new}
        case Kind.ADD | Kind.FINISH:
            return facts | {"conversation_id": new}
        case Kind.WHOLE:
            rows = [row | {"conversation_id": new} for row in facts["messages"]]
            return {"conversation": facts["conversation"] | {"id": new}, "messages": rows}
        case _:  # they name messages, or nothing
            return facts


def renumber(db: sqlite3.Connection, old: int) -> int | None:
    """Give a message of this machine another id, here and in all acts. Returns its conversation.

    There is none where the message is not here any more.
    """
    found = db.execute("SELECT conversation_id FROM messages WHERE id = ?", (old,)).fetchone()
    if found is None:
        return None
    (place,) = found
    new = message_id(db, place)
    db.execute("PRAGMA defer_foreign_keys = ON")
    unindex(db, old)
    for table, column in (
        ("messages", "id"),
        ("messages", "parent"),
        ("pieces", "message_id"),
        ("conversations", "leaf"),
        ("spending", "message_id"),
    ):
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))
    index(db, new)
    named = {name: _renamed(name, written, old, new) for name, written in _naming(db, place).items()}
    update(db, "conversations", place, named)
    for row in db.execute("SELECT seq, facts FROM acts WHERE instr(facts, ?)", (str(old),)).fetchall():
        facts = _renumbered(json.loads(row["facts"]), old, new)
        db.execute("UPDATE acts SET facts = ? WHERE seq = ?", (packed(facts), row["seq"]))
    _note(db, _MESSAGE, old, new)
    return int(place)


def _naming(db: sqlite3.Connection, conversation_id: int) -> dict[str, Any]:
    """What names messages of a conversation, as JSON."""
    [row] = rows_of(db, "SELECT pins, labels FROM conversations WHERE id = ?", [conversation_id])
    return row


def _renamed(name: str, written: str, old: int, new: int) -> str:
    """Pins or labels as JSON, with the other id."""
    kept = kept_json(written)
    if name == "labels" and isinstance(kept, dict):
        return pack({str(new) if key == str(old) else key: label for key, label in kept.items()})
    return pack(_renumbered(kept, old, new))


def _renumbered(value: Any, old: int, new: int) -> Any:
    if isinstance(value, dict):
        return {
            name: _renamed(name, one, old, new)
            if name in ("pins", "labels") and isinstance(one, str)
            else _renumbered(one, old, new)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_renumbered(one, old, new) for one in value]
    return new if type(value) is int and value == old else value
