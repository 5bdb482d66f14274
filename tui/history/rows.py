"""Between rows of a database and the types of ``chat``. Every history has these columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from tui.chat.conversation import Conversation, Nodes, Summary
from tui.chat.message import Failure, Message, Status, automatic_title
from tui.chat.parts import calls_ended
from tui.checked import Fields, string, whole, words
from tui.dates import EARLIEST, EPOCH, LATEST
from tui.digest import new_name
from tui.errors import ErrorKind
from tui.history.facts import (
    ROLES,
    attachments_of,
    failure_of,
    hues_of,
    kept_usage,
    labels_of,
    parameters_of,
    role_of,
    status_of,
    usage_of,
)
from tui.history.part_columns import Row, kept_json, kept_text, pack, pack_attachments, part_columns, parts_in
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


def _packed(row: Row, *names: str) -> Fields:
    """The columns of a row that hold JSON."""
    return Fields({name: kept_json(row[name]) for name in names})


def conversation_of(row: Row) -> Conversation:
    """A conversation, without its nodes."""
    packed = _packed(row, "parameters", "hues", "tags", "pins", "labels", "tools", "attachments")
    return Conversation(
        id=row["id"],
        origin=kept_text(row["origin"]),
        title=kept_text(row["title"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        leaf=whole(row["leaf"]),
        model=_text_or_none(string(row["model"])),
        system=kept_text(row["system"]),
        parameters=parameters_of(packed),
        hues=hues_of(packed),
        draft=kept_text(row["draft"]),
        attachments=tuple(attachments_of(packed)),
        tags=tuple(packed.texts("tags")),
        pins=tuple(packed.wholes("pins")),
        labels=labels_of(packed),
        tools=tuple(packed.texts("tools")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        deleted=row["deleted_at"] is not None,
        titled=bool(row["titled"]),
        begun_by=kept_text(row["begun_by"]),
        project=kept_text(row["project"]),
    )


def summary_of(row: Row) -> Summary:
    """One row of the list."""
    return Summary(
        id=row["id"],
        title=kept_text(row["title"]) or automatic_title(kept_text(row["draft"])),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        messages=row["messages"],
        model=_text_or_none(string(row["model"])),
        tags=tuple(_packed(row, "tags").texts("tags")),
        pinned=bool(row["pinned"]),
        archived=bool(row["archived"]),
        begun_by=kept_text(row["begun_by"]),
        project=kept_text(row["project"]),
    )


def message_of(row: Row) -> Message:
    """A message; of a streaming one the parts that were there before its pieces."""
    packed = _packed(row, "usage", "failure")
    role = role_of(row["role"])
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent=whole(row["parent"]),
        role=role,
        parts=parts_in(row),
        model=_text_or_none(string(row["model"])),
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


def interrupted_columns(message: Message, finished: int) -> dict[str, Any]:
    """What changes in the columns of a streaming message whose program is gone."""
    failure = Failure(ErrorKind.LOST.value, "Segue ended before this reply did", "Continue it, or ask again.")
    return {
        "status": Status.INTERRUPTED.value,
        "failure": pack({"kind": failure.kind, "message": failure.message, "hint": failure.hint}),
        "finished_at": finished,
        **part_columns(calls_ended(message.parts)),
    }


def _text_or_none(value: str | None) -> str | None:
    return None if value is None else normalise(value)


def _stamp_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_stamp(moment)


def new_origin() -> str:
    """A name for a conversation made here, which no other history has."""
    return f"segue:{new_name(16)}"


def nodes_of(
    ids: Sequence[int],
    parents: Sequence[int | None],
    roles: Sequence[str | None],
    models: Sequence[str | None],
    hidden: Sequence[int],
) -> Nodes:
    """The nodes of a conversation, whose columns stand in the order of their ids."""
    if parents != [None, *ids[:-1]]:  # most conversations are one row
        parents = _found(ids, parents)
    return Nodes(ids, parents, map(ROLES.__getitem__, roles), models, hidden)


def _found(ids: Iterable[int], parents: Iterable[int | None]) -> list[int | None]:
    """A parent before each: without its own, a message goes on from the one before."""
    found: list[int | None] = []
    seen: set[int | None] = {None}
    newest = None
    for message_id, parent in zip(ids, parents, strict=True):
        found.append(parent if parent in seen else newest)
        seen.add(message_id)
        newest = message_id
    return found


def pack_labels(labels: Mapping[int, str]) -> str:
    """Messages and what the person calls them."""
    return pack({str(message_id): label for message_id, label in labels.items()})


def conversation_columns(conversation: Conversation) -> dict[str, Any]:
    """What the columns of ``conversation`` hold, but for its id, and what names ids of messages."""
    title = normalise(conversation.title)
    return {
        "origin": normalise(conversation.origin) or new_origin(),
        "title": title,
        "title_key": comparable(title),
        "titled": conversation.titled,
        "created_at": to_stamp(conversation.created_at),
        "updated_at": to_stamp(conversation.updated_at),
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "model": _text_or_none(conversation.model),
        "tags": pack(conversation.tags),
        "tag_key": tag_key(conversation.tags),
        "tools": pack(conversation.tools),
        "begun_by": normalise(conversation.begun_by),
        "project": normalise(conversation.project),
        "system": normalise(conversation.system),
        "parameters": pack(conversation.parameters),
        "hues": pack(conversation.hues),
        "draft": normalise(conversation.draft),
        "attachments": pack_attachments(conversation.attachments),
    }


_CHANGED: dict[str, Callable[[Any], Mapping[str, Any]]] = {
    "title": lambda value: {"title": normalise(value), "title_key": comparable(value)},
    "titled": lambda value: {"titled": bool(value)},
    "leaf": lambda value: {"leaf": value},
    "model": lambda value: {"model": _text_or_none(value)},
    "system": lambda value: {"system": normalise(value)},
    "parameters": lambda value: {"parameters": pack(value)},
    "hues": lambda value: {"hues": pack(value)},
    "draft": lambda value: {"draft": normalise(value)},
    "attachments": lambda value: {"attachments": pack_attachments(value)},
    "tags": lambda value: {"tags": pack(value), "tag_key": tag_key(value)},
    "pins": lambda value: {"pins": pack(value)},
    "labels": lambda value: {"labels": pack_labels(value)},
    "tools": lambda value: {"tools": pack(value)},
    "pinned": lambda value: {"pinned": bool(value)},
    "archived": lambda value: {"archived": bool(value)},
    "begun_by": lambda value: {"begun_by": normalise(value)},
    "project": lambda value: {"project": normalise(value)},
}


def changed_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns hold of the fields that ``update_conversation`` is given."""
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        columns |= _CHANGED[name](value)
    return columns
