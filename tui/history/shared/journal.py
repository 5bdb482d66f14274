"""The acts of this machine in their order, in the file of what they did, and how far the server has them.

An act is noted in the transaction that does it here. It is kept for some days after the server has it: a
server that is put back to an older copy of itself gets it again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from tui.digest import new_name
from tui.history.rows import now_stamp
from tui.history.shared.acts import ADDING, Act, Kind, draft_in, packed
from tui.history.sqlite.journal_tables import make_journal

SLOTS = 255
"""Machines that the server tells apart; the last slot is of those that it has not seen yet."""
BLOCK = 32
"""Numbers of conversations that a machine is given at once."""
_KEPT = 7 * 86_400_000_000  # microseconds for which acts stay that the server has


class State(Struct, frozen=True):
    """How far the server has the acts."""

    machine: str
    slot: int
    pushed: int
    last: int
    """The newest act."""
    first: int
    """The oldest that is kept."""
    spare: int
    """Numbers for new conversations that are left."""
    ahead: int
    seen_at: int | None
    total: int
    uid: str
    """Of the history that the acts are of; empty before that was seen."""


class Standing(Struct, frozen=True):
    """What the server knows of a machine."""

    slot: int
    seq: int
    mark: str
    ahead: int
    """Microseconds that its clock is before this machine's."""
    total: int
    """Conversations that are there."""
    uid: str
    """Which tells the history from every other."""


def prepare(db: sqlite3.Connection, machine: str) -> None:
    """Make the tables where there are none."""
    make_journal(db)
    db.execute("INSERT OR IGNORE INTO journal VALUES (1, ?, ?, 0, 1, 0, 0, NULL, 0, '')", (machine, SLOTS))


def state(db: sqlite3.Connection) -> State:
    """How far the server has the acts."""
    row = db.execute("SELECT * FROM journal").fetchone()
    first, last = db.execute("SELECT min(seq), max(seq) FROM acts").fetchone()
    spare = row["last_conversation"] - row["next_conversation"] + 1
    return State(
        row["machine"],
        row["slot"],
        row["pushed"],
        max(last or 0, row["pushed"]),
        first or row["pushed"] + 1,
        max(spare, 0),
        row["ahead"],
        row["seen_at"],
        row["total"],
        row["uid"],
    )


def note(
    db: sqlite3.Connection, kind: Kind, facts: dict[str, Any], conversation_id: int | None = None
) -> int:
    """Add an act to the row."""
    cursor = db.execute(
        "INSERT INTO acts (mark, kind, conversation_id, facts, made_at) VALUES (?, ?, ?, ?, ?)",
        (new_name(8), kind.value, conversation_id, packed(facts), now_stamp()),
    )
    return cursor.lastrowid or 0


def waiting(db: sqlite3.Connection, after: int, most: int) -> list[Act]:
    """The acts after ``after``, in their order; those that the server does not take do nothing."""
    rows = db.execute(
        """
        SELECT a.*, c.origin FROM acts a LEFT JOIN conversations c ON c.id = a.conversation_id
        WHERE a.seq > ? ORDER BY a.seq LIMIT ?
        """,
        (after, most),
    )
    return [_act(row) for row in rows]


def mark_of(db: sqlite3.Connection, seq: int) -> str | None:
    """The mark of an act, if it is still here."""
    row = db.execute("SELECT mark FROM acts WHERE seq = ?", (seq,)).fetchone()
    return row["mark"] if row else None


def pushed(db: sqlite3.Connection, seq: int) -> None:
    """The server has all up to ``seq``; what it has for long is forgotten."""
    db.execute("UPDATE journal SET pushed = ?", (seq,))
    db.execute("DELETE FROM acts WHERE seq < ? AND made_at < ? AND aside IS NULL", (seq, now_stamp() - _KEPT))


def newest_of(db: sqlite3.Connection, conversation_id: int) -> int:
    """The newest act in a conversation."""
    (seq,) = db.execute("SELECT max(seq) FROM acts WHERE conversation_id = ?", (conversation_id,)).fetchone()
    return seq or 0


def has_alone(db: sqlite3.Connection, conversation_id: int) -> bool:
    """Whether something was written in a conversation that the server does not take."""
    kinds = (*ADDING, Kind.WHOLE.value)
    row = db.execute(
        f"SELECT 1 FROM acts WHERE conversation_id = ? AND aside IS NOT NULL AND kind IN ({_marks(kinds)})",
        (conversation_id, *kinds),
    ).fetchone()
    return row is not None


def settle(db: sqlite3.Connection, machine: str, seq: int, standing: Standing) -> None:
    """What the server says of this machine."""
    db.execute(
        "UPDATE journal SET machine = ?, slot = ?, pushed = ?, ahead = ?, total = ?, seen_at = ?, uid = ?",
        (machine, standing.slot, seq, standing.ahead, standing.total, now_stamp(), standing.uid),
    )


def give(db: sqlite3.Connection, first: int) -> None:
    """Have the numbers from ``first`` on for new conversations."""
    db.execute("UPDATE journal SET next_conversation = ?, last_conversation = ?", (first, first + BLOCK - 1))


def put_aside(db: sqlite3.Connection, seq: int, why: str) -> None:
    """The server does not take an act; it stays here, and the others go on."""
    db.execute("UPDATE acts SET aside = ? WHERE seq = ?", (why, seq))


def count_aside(db: sqlite3.Connection) -> int:
    """How many acts the server does not take."""
    (count,) = db.execute("SELECT count(*) FROM acts WHERE aside IS NOT NULL").fetchone()
    return int(count)


def writes_later(db: sqlite3.Connection, act: Act) -> bool:
    """Whether in ``act``, or after it in the same conversation, something is written that may not be lost."""
    rows = db.execute(
        "SELECT kind, facts FROM acts WHERE seq >= ? AND conversation_id = ? ORDER BY seq",
        (act.seq, act.conversation_id),
    ).fetchall()
    if any(row["kind"] in ADDING for row in rows):
        return True
    draft: dict[str, bool] = {}
    for row in rows:
        if row["kind"] == Kind.CHANGE.value:
            draft |= draft_in(json.loads(row["facts"]))
    return any(draft.values())


def take_over(db: sqlite3.Connection, act: Act, facts: dict[str, Any]) -> None:
    """Let ``act`` be the whole conversation as it is here; what is done later to it is in that already."""
    db.execute(
        "UPDATE acts SET kind = ?, facts = ? WHERE seq = ?", (Kind.WHOLE.value, packed(facts), act.seq)
    )
    db.execute(
        "UPDATE acts SET kind = ? WHERE seq > ? AND conversation_id = ?",
        (Kind.NOTHING.value, act.seq, act.conversation_id),
    )


def _act(row: sqlite3.Row) -> Act:
    kind = Kind.NOTHING if row["aside"] else Kind(row["kind"])
    facts = json.loads(row["facts"])
    return Act(kind, facts, row["conversation_id"], row["origin"], row["seq"], row["mark"])


def rows_of(db: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query, each as a dictionary."""
    return [dict(row) for row in db.execute(sql, tuple(values))]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
