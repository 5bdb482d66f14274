"""Between the parts of a message and the columns that hold them.

``text`` and ``reasoning`` hold all that is said and all that is thought, where search and salvage see them.
``parts`` tells their order and what stands between: of a text only how long it is. It is NULL for what most
messages are, one thought and then one text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, assert_never

from msgspec.structs import fields, replace

from tui.chat.attachment import Attachment
from tui.chat.parts import (
    BETWEEN,
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    files_of,
    from_json,
    is_words,
    of_kind,
    parts_texts,
    plain_parts,
    reasoning_of,
    text_of,
    to_json,
    with_files,
)
from tui.checked import Fields, amount, unpacked, words
from tui.history.facts import attachments_of
from tui.text import normalise


class Row(Protocol):
    """One row of a database, whichever it is."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""
        ...


def pack(value: Any) -> str:
    """``value`` as JSON whose texts may be stored."""
    return json.dumps(_normalised(value), ensure_ascii=False, separators=(",", ":"))


def pack_attachments(attachments: Sequence[Attachment]) -> str | None:
    """Attachments without their contents, as JSON; None for none."""
    return pack([_facts(attachment) for attachment in attachments]) if attachments else None


def storable(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts as they are read again: their texts exact, the contents of files elsewhere."""
    return with_files(map(_normal, parts), lambda file: replace(file, data=None))


def part_columns(parts: Sequence[Part]) -> dict[str, Any]:
    """What the columns of a message hold of its parts."""
    kept = storable(parts)
    said, thought = text_of(kept), reasoning_of(kept)
    seconds = [part.seconds for part in of_kind(kept, Reasoning) if part.seconds is not None]
    took = amount(sum(seconds)) if seconds else None
    plain = kept == plain_parts(said, thought, took)
    return {
        "text": said,
        "reasoning": thought,
        "reasoning_seconds": took,
        "parts": None if plain else pack([_by_length(part) for part in kept]),
        "attachments": pack_attachments(files_of(kept)),
    }


def kept_text(stored: object) -> str:
    """The text in a column, as it would be stored now."""
    return normalise(words(stored))


def kept_json(stored: object) -> Any:
    """What a column of JSON says, with texts as they would be stored now."""
    return _normalised(unpacked(stored))


def parts_in(row: Row) -> tuple[Part, ...]:
    """The parts of a message. No damage beside its texts costs a word or a file."""
    said, thought = kept_text(row["text"]), kept_text(row["reasoning"])
    listed = kept_json(row["parts"])
    parts: tuple[Part, ...] | None = None
    if isinstance(listed, list):
        parts = _with_texts(listed, said, thought)
    if parts is None:
        rest = map(from_json, listed if isinstance(listed, list) else ())
        others = [part for part in rest if part is not None and not is_words(part)]
        parts = (*plain_parts(said, thought, amount(row["reasoning_seconds"])), *others)
    if row["attachments"] is None:
        return parts
    named = {file.sha256 for file in files_of(parts)}
    files = attachments_of(Fields({"attachments": kept_json(row["attachments"])}))
    return (*parts, *(File(file) for file in files if file.sha256 not in named))


def pack_part(part: Part) -> str:
    """One part as JSON, whole."""
    return pack(to_json(part))


def unpack_part(stored: object) -> Part | None:
    """The part that ``pack_part`` wrote; None where it is unreadable."""
    return from_json(kept_json(stored))


def _normal(part: Part) -> Part:
    if is_words(part) and part.native is None:
        return replace(part, text=normalise(part.text))
    return from_json(_normalised(to_json(part))) or part


def _by_length(part: Part) -> dict[str, Any]:
    stored = to_json(part)
    if is_words(part):
        del stored["text"]
        stored["length"] = len(part.text)
    return stored


def _with_texts(listed: Iterable[Any], said: str, thought: str) -> tuple[Part, ...] | None:
    """The parts with their texts; None where the lengths are not those of the texts that are there."""
    texts, thoughts = _Joined(said), _Joined(thought)
    found: list[Part] = []
    parted = False
    for entry in listed:
        part = from_json(entry)
        match part:
            case None:
                continue
            case Text():
                part = replace(part, text=texts.next(entry.get("length"), apart=parted))
                parted = parted and not part.text
            case Reasoning():
                part = replace(part, text=thoughts.next(entry.get("length"), apart=True))
            case Image() | File() | ToolCall() | ToolResult() | Sources() | Notice():
                pass
            case _:
                assert_never(part)
        parted = parted or parts_texts(part)
        found.append(part)
    return tuple(found) if texts.used_up and thoughts.used_up else None


class _Joined:
    """The texts that ``text_of`` and ``reasoning_of`` have joined, by their lengths."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._fits = True

    @property
    def used_up(self) -> bool:
        """Whether the lengths were those of the texts, and of no more and no less."""
        return self._fits and self._at == len(self._text)

    def next(self, length: object, *, apart: bool) -> str:
        """The next text, which was joined as one ``apart`` from that before it."""
        if not isinstance(length, int) or length < 0:
            self._fits = False
            return ""
        if length and self._at and apart:
            self._fits = self._fits and self._text.startswith(BETWEEN, self._at)
            self._at += len(BETWEEN)
        self._at += length
        return self._text[self._at - length : self._at]


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, Mapping):
        return {normalise(str(name)): _normalised(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(inner) for inner in value]
    return value


def _facts(attachment: Attachment) -> dict[str, Any]:
    return {
        field.name: getattr(attachment, field.name) for field in fields(attachment) if field.name != "data"
    }
