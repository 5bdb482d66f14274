"""Between rows of the database and the types of ``chat``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.chat.conversation import Conversation, Summary
from tui.chat.message import Message, automatic_title
from tui.checked import Fields, string, whole, words
from tui.dates import EARLIEST, EPOCH, LATEST
from tui.history.facts import (
    attachments_of,
    failure_of,
    hues_of,
    kept_usage,
    parameters_of,
    role_of,
    status_of,
    usage_of,
)
from tui.history.sqlite.part_columns import kept_json, kept_text, pack, part_columns, parts_in
from tui.text import comparable, normalise

_STEP = timedelta(microseconds=1)


def to_stamp(moment: datetime) -> int:
    """The number for ``moment``; one without a zone is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // _STEP


_FIRST, _LAST = to_stamp(EARLIEST), to_stamp(LATEST)


def from_stamp(stamp: object) -> datetime:
    """The moment of a number, or the nearest that there is; 1970 for what is no number."""
    return EPOCH + max(_FIRST, min(whole(stamp) or 0, _LAST)) * _STEP


def now_stamp() -> int:
    """This moment's number."""
    return to_stamp(datetime.now(UTC))


def tag_key(tags: Sequence[str]) -> str:
    """One folded tag a line, each between line feeds: ``instr`` finds a whole tag."""
    return "".join(f"\n{comparable(tag)}" for tag in tags) + "\n" if tags else ""


def _packed(row: sqlite3.Row, *names: str) -> Fields:
    """The columns of a row that hold JSON."""
    return Fields({name: kept_json(row[name]) for name in names})


def conversation_of(row: sqlite3.Row) -> Conversation:
    """A conversation, without its nodes."""
    packed = _packed(row, "parameters", "hues", "tags", "pins", "tools", "attachments")
    return Conversation(
        id=row["id"],
        origin=kept_text(row["origin"]),
        title=kept_text(row["title"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        leaf=whole(row["leaf"]),
        model=string(row["model"]),
        system=kept_text(row["system"]),
        parameters=parameters_of(packed),
        hues=hues_of(packed),
        draft=kept_text(row["draft"]),
        attachments=tuple(attachments_of(packed)),
        tags=tuple(packed.texts("tags")),
        pins=tuple(packed.wholes("pins")),
        tools=tuple(packed.texts("tools")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        deleted=row["deleted_at"] is not None,
        titled=bool(row["titled"]),
        begun_by=kept_text(row["begun_by"]),
    )


def summary_of(row: sqlite3.Row) -> Summary:
    """One row of the list."""
    return Summary(
        id=row["id"],
        title=kept_text(row["title"]) or automatic_title(kept_text(row["draft"])),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        messages=row["messages"],
        model=string(row["model"]),
        tags=tuple(_packed(row, "tags").texts("tags")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        begun_by=kept_text(row["begun_by"]),
    )


def message_of(row: sqlite3.Row) -> Message:
    """A message; of a streaming one the parts that were there before its pieces."""
    packed = _packed(row, "usage", "failure")
    role = role_of(row["role"])
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent=whole(row["parent"]),
        role=role,
        parts=parts_in(row),
        model=string(row["model"]),
        status=status_of(row["status"], role),
        usage=usage_of(packed),
        failure=failure_of(packed),
        created_at=from_stamp(row["created_at"]),
        finished_at=from_stamp(row["finished_at"]) if row["finished_at"] is not None else None,
        first_at=from_stamp(row["first_at"]) if row["first_at"] is not None else None,
        prefix=words(row["prefix"]),
    )


def message_columns(message: Message) -> dict[str, Any]:
    """What the columns of ``message`` hold, but for its id, place in the tree, and owner."""
    return {
        "role": message.role.value,
        "status": message.status.value,
        "model": _text_or_none(message.model),
        "created_at": to_stamp(message.created_at),
        "finished_at": _stamp_or_none(message.finished_at),
        "first_at": _stamp_or_none(message.first_at),
        "usage": pack(asdict(kept_usage(message.usage))) if message.usage else None,
        "failure": pack(asdict(message.failure)) if message.failure else None,
        "prefix": normalise(message.prefix),
        **part_columns(message.parts),
    }


def _text_or_none(value: str | None) -> str | None:
    return None if value is None else normalise(value)


def _stamp_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_stamp(moment)


def insert(connection: sqlite3.Connection, table: str, columns: Mapping[str, Any]) -> int:
    """Insert one row, and return its id."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
    return cursor.lastrowid or 0


def update(connection: sqlite3.Connection, table: str, row_id: int, columns: Mapping[str, Any]) -> bool:
    """Change one row, and return whether there is one."""
    pairs = ", ".join(f"{name} = ?" for name in columns)
    cursor = connection.execute(f"UPDATE {table} SET {pairs} WHERE id = ?", (*columns.values(), row_id))
    return cursor.rowcount > 0
