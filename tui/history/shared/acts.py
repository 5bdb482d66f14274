"""What a person or a reply does to a history, as facts that can be kept, and done again elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.chat.message import Message
from tui.chat.parts import Part
from tui.checked import Fields, unpacked
from tui.history.facts import attachments_of
from tui.history.part_columns import pack_attachments, pack_part
from tui.history.pieces import piece_rows, pieces_in
from tui.history.preferences import Kept
from tui.history.rows import from_stamp, message_columns, message_of, to_stamp
from tui.text import normalise


class Kind(StrEnum):
    """What was done."""

    CREATE = "create"
    CHANGE = "change"
    TRASH = "trash"
    RESTORE = "restore"
    ADD = "add"
    APPEND = "append"
    REWRITE = "rewrite"
    FINISH = "finish"
    HIDE = "hide"
    WHOLE = "whole"
    """A whole conversation, as it was then."""
    PROMPT = "prompt"
    STATE = "state"
    SPENT = "spent"
    NOTHING = "nothing"
    """What another act has taken over."""


class Act(Struct, frozen=True):
    """One act."""

    kind: Kind
    facts: Mapping[str, Any]
    conversation_id: int | None = None
    origin: str | None = None
    """Of that conversation: another one may have its number where the act is done."""
    seq: int = 0
    """Its place in the row of all acts of this machine."""
    mark: str = ""
    """Which no other act has."""


ADDING = (Kind.ADD.value, Kind.APPEND.value, Kind.REWRITE.value, Kind.FINISH.value)
"""Acts by which something is written that a person or a model said."""


def packed(facts: Mapping[str, Any]) -> str:
    """Facts as they are kept."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def message_facts(message: Message, owner: str | None = None) -> dict[str, Any]:
    """A message, without the contents of its files."""
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "parent": message.parent,
        "owner": owner,
        **message_columns(message),
    }


def message_in(facts: Mapping[str, Any]) -> Message:
    """The message of ``message_facts``."""
    return message_of(facts)


def piece_facts(message_id: int, owner: str, pieces: Iterable[str | Part]) -> dict[str, Any]:
    """Pieces of a reply."""
    rows = [[thought, said, part and pack_part(part)] for thought, said, part in piece_rows(pieces)]
    return {"id": message_id, "owner": owner, "rows": rows}


def pieces_of(facts: Mapping[str, Any]) -> list[str | Part]:
    """The pieces of ``piece_facts``."""
    return list(
        pieces_in(dict(zip(("reasoning", "text", "part"), row, strict=True)) for row in facts["rows"])
    )


def draft_in(facts: Mapping[str, Any]) -> dict[str, bool]:
    """What a change says of a draft: whether there are words, and files."""
    said = {"words": bool(facts["columns"]["draft"])} if "draft" in facts["columns"] else {}
    return said if facts["files"] is None else said | {"files": bool(files_in(facts["files"]))}


def state_facts(name: str, kept: Kept) -> dict[str, Any]:
    """A small value."""
    return {"key": normalise(name), "value": normalise(kept.value), "set_at": to_stamp(kept.set_at)}


def state_in(facts: Mapping[str, Any]) -> dict[str, Kept]:
    """The small value of ``state_facts``."""
    return {facts["key"]: Kept(facts["value"], from_stamp(facts["set_at"]))}


def file_facts(files: Sequence[Attachment]) -> str:
    """Files, without their contents."""
    return pack_attachments(files) or "[]"


def files_in(packed_files: str) -> list[Attachment]:
    """The files of ``file_facts``."""
    return list(attachments_of(Fields({"attachments": unpacked(packed_files)})))
