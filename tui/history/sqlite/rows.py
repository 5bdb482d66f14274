"""Between rows of the database and the types of ``chat``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from tui.chat.attachment import Attachment
from tui.chat.chunks import Image, Source, Usage
from tui.chat.conversation import Conversation, Summary
from tui.chat.message import Failure, Message, Role, Status, automatic_title
from tui.history.sqlite.folding import key, spaced
from tui.history.sqlite.stamps import from_stamp, to_stamp
from tui.text import normalise

T = TypeVar("T")


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


def conversation_of(row: sqlite3.Row) -> Conversation:
    """A conversation, without its nodes."""
    return Conversation(
        id=row["id"],
        origin=row["origin"],
        title=row["title"],
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        leaf=row["leaf"],
        model=row["model"],
        system=row["system"],
        parameters=json.loads(row["parameters"]),
        hues=json.loads(row["hues"]),
        draft=row["draft"],
        attachments=attachments_of(row["attachments"]),
        tags=tuple(json.loads(row["tags"])),
        pins=tuple(json.loads(row["pins"])),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        deleted=row["deleted_at"] is not None,
        titled=bool(row["titled"]),
    )


def summary_of(row: sqlite3.Row) -> Summary:
    """One row of the list."""
    return Summary(
        id=row["id"],
        title=row["title"] or automatic_title(row["draft"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        messages=row["messages"],
        model=row["model"],
        tags=tuple(json.loads(row["tags"])),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
    )


def message_of(row: sqlite3.Row) -> Message:
    """A message; of a streaming one ``text`` and ``reasoning`` are what was there before its pieces."""
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent=row["parent"],
        role=Role(row["role"]),
        text=row["text"],
        reasoning=row["reasoning"],
        model=row["model"],
        status=Status(row["status"]),
        usage=_optional(row["usage"], lambda value: _build(Usage, value)),
        failure=_optional(row["failure"], lambda value: _build(Failure, value)),
        sources=tuple(_build(Source, value) for value in json.loads(row["sources"] or "[]")),
        images=tuple(_build(Image, value) for value in json.loads(row["images"] or "[]")),
        notices=tuple(json.loads(row["notices"] or "[]")),
        attachments=attachments_of(row["attachments"]),
        created_at=from_stamp(row["created_at"]),
        finished_at=from_stamp(row["finished_at"]) if row["finished_at"] is not None else None,
        reasoning_seconds=row["reasoning_seconds"],
    )


def message_columns(message: Message) -> dict[str, Any]:
    """What the columns of ``message`` hold, but for its id, place in the tree, and owner."""
    text = normalise(message.text)
    return {
        "role": message.role.value,
        "status": message.status.value,
        "model": _text_or_none(message.model),
        "created_at": to_stamp(message.created_at),
        "finished_at": _stamp_or_none(message.finished_at),
        "reasoning_seconds": message.reasoning_seconds,
        "usage": pack(asdict(message.usage)) if message.usage else None,
        "failure": pack(asdict(message.failure)) if message.failure else None,
        "sources": pack([asdict(source) for source in message.sources]) if message.sources else None,
        "images": pack([asdict(image) for image in message.images]) if message.images else None,
        "notices": pack(message.notices) if message.notices else None,
        "attachments": pack_attachments(message.attachments),
        "text": text,
        "reasoning": normalise(message.reasoning),
        "spaced": spaced(text),
    }


def attachments_of(stored: str | None) -> tuple[Attachment, ...]:
    """Attachments without their contents, which ``contents`` has."""
    return tuple(_build(Attachment, value) for value in json.loads(stored)) if stored else ()


def pack_attachments(attachments: Sequence[Attachment]) -> str | None:
    """Attachments without their contents, as JSON; None for none."""
    return pack([_facts(attachment) for attachment in attachments]) if attachments else None


def _facts(attachment: Attachment) -> dict[str, Any]:
    return {
        field.name: getattr(attachment, field.name) for field in fields(attachment) if field.name != "data"
    }


def _build(kind: type[T], value: dict[str, Any]) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: inner for name, inner in value.items() if name in known})


def _optional(stored: str | None, build: Callable[[Any], T]) -> T | None:
    return None if stored is None else build(json.loads(stored))


def _text_or_none(text: str | None) -> str | None:
    return None if text is None else normalise(text)


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
