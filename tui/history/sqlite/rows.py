"""Between rows of the database and the types of ``chat``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation, Summary
from tui.chat.message import Message, automatic_title
from tui.checked import Fields, amount, string, unpacked, whole, words
from tui.history.facts import (
    attachments_of,
    failure_of,
    hues_of,
    images_of,
    kept_usage,
    parameters_of,
    role_of,
    sources_of,
    status_of,
    usage_of,
)
from tui.history.sqlite.folding import key, spaced
from tui.history.sqlite.stamps import from_stamp, to_stamp
from tui.text import normalise


def pack(value: Any) -> str:
    """``value`` as JSON whose texts may be stored."""
    return json.dumps(_normalised(value), ensure_ascii=False, separators=(",", ":"))


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, Mapping):
        return {normalise(str(name)): _normalised(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(inner) for inner in value]
    return value


def tag_key(tags: Sequence[str]) -> str:
    """One folded tag a line, each between line feeds: ``instr`` finds a whole tag."""
    return "".join(f"\n{key(tag)}" for tag in tags) + "\n" if tags else ""


def _packed(row: sqlite3.Row, *names: str) -> Fields:
    """The columns of a row that hold JSON, with texts as they would be stored now."""
    return Fields({name: _normalised(unpacked(row[name])) for name in names})


def _kept(stored: object) -> str:
    """The text in a column, as it would be stored now."""
    return normalise(words(stored))


def conversation_of(row: sqlite3.Row) -> Conversation:
    """A conversation, without its nodes."""
    packed = _packed(row, "parameters", "hues", "tags", "pins", "attachments")
    return Conversation(
        id=row["id"],
        origin=_kept(row["origin"]),
        title=_kept(row["title"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        leaf=whole(row["leaf"]),
        model=string(row["model"]),
        system=_kept(row["system"]),
        parameters=parameters_of(packed),
        hues=hues_of(packed),
        draft=_kept(row["draft"]),
        attachments=tuple(attachments_of(packed)),
        tags=tuple(packed.texts("tags")),
        pins=tuple(packed.wholes("pins")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        deleted=row["deleted_at"] is not None,
        titled=bool(row["titled"]),
    )


def summary_of(row: sqlite3.Row) -> Summary:
    """One row of the list."""
    return Summary(
        id=row["id"],
        title=_kept(row["title"]) or automatic_title(_kept(row["draft"])),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        messages=row["messages"],
        model=string(row["model"]),
        tags=tuple(_packed(row, "tags").texts("tags")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
    )


def message_of(row: sqlite3.Row) -> Message:
    """A message; of a streaming one ``text`` and ``reasoning`` are what was there before its pieces."""
    packed = _packed(row, "usage", "failure", "sources", "images", "notices", "attachments")
    role = role_of(row["role"])
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent=whole(row["parent"]),
        role=role,
        text=_kept(row["text"]),
        reasoning=_kept(row["reasoning"]),
        model=string(row["model"]),
        status=status_of(row["status"], role),
        usage=usage_of(packed),
        failure=failure_of(packed),
        sources=tuple(sources_of(packed)),
        images=tuple(images_of(packed)),
        notices=tuple(packed.texts("notices")),
        attachments=tuple(attachments_of(packed)),
        created_at=from_stamp(row["created_at"]),
        finished_at=from_stamp(row["finished_at"]) if row["finished_at"] is not None else None,
        reasoning_seconds=amount(row["reasoning_seconds"]),
    )


def message_columns(message: Message) -> dict[str, Any]:
    """What the columns of ``message`` hold, but for its id, place in the tree, and owner."""
    said = normalise(message.text)
    return {
        "role": message.role.value,
        "status": message.status.value,
        "model": _text_or_none(message.model),
        "created_at": to_stamp(message.created_at),
        "finished_at": _stamp_or_none(message.finished_at),
        "reasoning_seconds": amount(message.reasoning_seconds),
        "usage": pack(asdict(kept_usage(message.usage))) if message.usage else None,
        "failure": pack(asdict(message.failure)) if message.failure else None,
        "sources": pack([asdict(source) for source in message.sources]) if message.sources else None,
        "images": pack([asdict(image) for image in message.images]) if message.images else None,
        "notices": pack(message.notices) if message.notices else None,
        "attachments": pack_attachments(message.attachments),
        "text": said,
        "reasoning": normalise(message.reasoning),
        "spaced": spaced(said),
    }


def pack_attachments(attachments: Sequence[Attachment]) -> str | None:
    """Attachments without their contents, as JSON; None for none."""
    return pack([_facts(attachment) for attachment in attachments]) if attachments else None


def _facts(attachment: Attachment) -> dict[str, Any]:
    return {
        field.name: getattr(attachment, field.name) for field in fields(attachment) if field.name != "data"
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
