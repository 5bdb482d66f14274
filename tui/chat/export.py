"""A conversation as a file for people (Markdown, HTML) or for programs (JSON, which imports back equal)."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, assert_never

from msgspec.structs import asdict

from tui.chat.attachment import Attachment, size_words
from tui.chat.conversation import Bundle
from tui.chat.message import Message, Role, Status
from tui.chat.parts import (
    CallState,
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    arguments_line,
    below,
    body,
    files_of,
    tool_name,
)
from tui.chat.parts import to_json as part_json
from tui.dates import minute
from tui.text import clean, fenced, one_line

_JOINERS = "\u200c\u200d"
"""They stand inside words of many scripts."""
_LONGEST_NAME = 60
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|conin|conout|(?:com|lpt)[0-9¹²³]")
"""Names that Windows keeps for devices, whatever their ending."""
FORM = 3
"""The form of the JSON. A file with a higher one was written by a newer Segue."""
CALL_ENDS = {
    CallState.ASKED: "not run",
    CallState.RUNNING: "running",
    CallState.DONE: "",
    CallState.FAILED: "failed",
    CallState.DENIED: "declined",
    CallState.STOPPED: "stopped",
}
"""What became of a call, in a word; nothing where it was done."""


def speaker(message: Message) -> str:
    """Who speaks, for a heading."""
    model = one_line(message.model or "")
    if message.role is Role.ASSISTANT:
        return model or "Model"
    return f"Summary by {model}" if message.role is Role.SYSTEM else "You"


# -- JSON
def to_json(bundle: Bundle) -> str:
    """One conversation with its whole tree."""
    return _dump({"segue": FORM, **_conversation(bundle)})


def all_to_json(bundles: Iterable[Bundle]) -> str:
    """Several conversations."""
    return _dump({"segue": FORM, "conversations": [_conversation(bundle) for bundle in bundles]})


def _conversation(bundle: Bundle) -> dict[str, Any]:
    it = bundle.conversation
    return {
        "id": it.id,
        "title": it.title,
        "titled": it.titled,
        "begun_by": it.begun_by,
        "project": it.project,
        "created_at": _iso(it.created_at),
        "updated_at": _iso(it.updated_at),
        "model": it.model,
        "system": it.system,
        "parameters": it.parameters,
        "hues": it.hues,
        "tags": list(it.tags),
        "pins": [pin for pin in it.pins if pin in it.nodes],
        "labels": {str(i): label for i, label in it.labels.items() if i in it.nodes},
        "tools": list(it.tools),
        "pinned": it.pinned,
        "archived": it.archived,
        "draft": it.draft,
        "attachments": [_attachment(attachment) for attachment in it.attachments],
        "origin": it.origin,
        "leaf": it.leaf,
        "messages": [_message(message, it.nodes[message.id].deleted) for message in bundle.messages],
    }


def _message(message: Message, hidden: bool) -> dict[str, Any]:
    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role.value,
        "text": message.text,
        "reasoning": message.reasoning,
        "model": message.model,
        "status": message.status.value,
        "usage": asdict(message.usage) if message.usage else None,
        "created_at": _iso(message.created_at),
        "finished_at": _iso(message.finished_at),
        "first_at": _iso(message.first_at),
        "reasoning_seconds": message.reasoning_seconds,
        "failure": asdict(message.failure) if message.failure else None,
        "sources": [asdict(source) for source in message.sources],
        "images": [{"url": image.url, "alt": image.alt} for image in message.images],
        "notices": list(message.notices),
        "attachments": [_attachment(attachment) for attachment in files_of(message.parts)],
        "parts": list(map(part_json, message.parts)),
        "prefix": message.prefix,
        "hidden": hidden,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    """A file with its content; without it where the history has lost it."""
    data = attachment.data
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "data": None if data is None else base64.b64encode(data).decode("ascii"),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


class _Escapes(dict[int, str]):
    """What may not stand in a terminal is written as JSON writes it: the file is exact, and safe to print."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        safe = char == "\n" or clean(char) == char
        self[point] = char if safe else json.dumps(char)[1:-1]
        return self[point]


_ESCAPES = _Escapes()


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2).translate(_ESCAPES) + "\n"


# -- Markdown
def to_markdown(bundle: Bundle) -> str:
    """The active path with front matter: safe to print, readable as it is."""
    it = bundle.conversation
    facts = {
        "title": one_line(it.title),
        "created": _iso(it.created_at),
        "updated": _iso(it.updated_at),
        "model": it.model and one_line(it.model),
        "tags": [one_line(tag) for tag in it.tags],
        "system": clean(it.system) or None,
    }
    head = "".join(f"{name}: {_yaml(value)}\n" for name, value in facts.items() if value)
    parts = [f"---\n{head}---\n\n# {one_line(it.title) or 'Conversation'}\n"]
    parts += [_section(message) for message in bundle.path()]
    return "\n".join(parts)


def _yaml(value: Any) -> str:
    """A value in YAML, of which JSON is a part."""
    return json.dumps(value, ensure_ascii=False)


def _section(message: Message) -> str:
    lines = [f"## {speaker(message)}\n\n*{when(message)}{ending(message)}*\n"]
    for part in (*body(message.parts), *below(message.parts)):
        lines += _block(part)
    return "\n".join(lines)


def _block(part: Part) -> Iterator[str]:
    """A part as Markdown."""
    match part:
        case Text(text):
            if text.strip():
                yield f"{_ended(text)}\n"
        case Reasoning(text):
            if text.strip():
                yield folded("Reasoning", _ended(text))
        case File(attachment):
            yield _file(attachment)
        case Image(url, alt):
            yield f"![{one_line(alt)}](<{one_line(url)}>)\n"
        case ToolCall():
            yield f"▸ **{escaped(tool_name(part))}** {escaped(arguments_line(part))}{call_ending(part)}\n"
        case ToolResult():
            yield folded("Error" if part.is_error else "Result", fenced(clean(part.text).rstrip()))
            yield from map(_file, part.files)
        case Sources(items):
            pages = (f"<{one_line(source.url)}> {one_line(source.title)}" for source in items)
            listed = "".join(f"{number}. {page}\n" for number, page in enumerate(pages, 1))
            yield f"Sources:\n\n{listed}"
        case Notice(text):
            yield f"*{escaped(text)}*\n"
        case _:
            assert_never(part)


def _ended(text: str) -> str:
    """A text that takes in nothing of what follows it."""
    from tui.markdown.closing import closed  # brings the parser, which no start needs

    return closed(clean(text).strip())


def folded(summary: str, text: str) -> str:
    """Markdown that is shown when its summary is opened."""
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>\n"


def _file(attachment: Attachment) -> str:
    """A file by its name; a text whole, in a fence that nothing in it ends."""
    head = f"**{escaped(attachment.name)}** ({about(attachment)})\n"
    text = clean(attachment.text).rstrip()
    return f"{head}\n{fenced(text)}\n" if text else head


def escaped(name: str) -> str:
    """A name in which nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]<>&])", r"\\\1", one_line(name))


def about(attachment: Attachment) -> str:
    """What a file is, for reading."""
    return f"{attachment.kind}, {size_words(attachment.size)}"


def when(message: Message) -> str:
    """The time of a message, for reading."""
    return f"{minute(message.created_at)} UTC"


def ending(message: Message) -> str:
    """How a message ended, unless it ended well."""
    if message.status is Status.COMPLETE:
        return ""
    why = f": {one_line(message.failure.message)}" if message.failure else ""
    return f" · {message.status.value}{why}"


def call_ending(call: ToolCall) -> str:
    """What became of a tool call, unless it was done."""
    return f" · {CALL_ENDS[call.state]}" if CALL_ENDS[call.state] else ""


def file_name(title: str, end: str) -> str:
    """A file name for a conversation: no folder, nothing hidden, nothing that a system forbids."""
    words = "".join(
        char if _is_letter(char) else "-" for char in unicodedata.normalize("NFC", one_line(title).lower())
    )
    name = "-".join(filter(None, (word.strip(_JOINERS) for word in words.split("-"))))
    name = _cut(name, _LONGEST_NAME).strip("-") or "conversation"
    return f"{name}-chat.{end}" if _RESERVED.fullmatch(name) else f"{name}.{end}"


def _is_letter(char: str) -> bool:
    """Whether a character stands in a word: letters with their marks, digits, and what joins them."""
    return char.isalnum() or char in _JOINERS or unicodedata.category(char).startswith("M")


def _cut(name: str, limit: int) -> str:
    """The beginning of a name, that parts no letter from its marks."""
    while limit < len(name) and (
        unicodedata.category(name[limit]).startswith("M") or name[limit] in _JOINERS
    ):
        limit -= 1
    return name[:limit]
