"""Claude's data export: a list of conversations with ``chat_messages``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id

KIND = "Claude"
_ROLES = {"human": Role.USER, "user": Role.USER, "assistant": Role.ASSISTANT}


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file."""
    for entry in entries:
        builder = Builder(
            f"claude:{entry.text('uuid')}",
            entry.optional_text("name"),
            entry.time("created_at"),
            model=model_id(entry.optional_text("model"), "anthropic"),
        )
        for message in entry.items("chat_messages"):
            _take(builder, message)
        bundle = builder.bundle(entry.optional_text("current_leaf_message_uuid"))
        if bundle is not None:
            yield bundle


def _take(builder: Builder, message: Checked) -> None:
    role = _ROLES.get(message.text("sender"))
    if role is None:
        message.fail("sender", "human or assistant")
    parent = message.optional_text("parent_message_uuid") or builder.last
    key = message.text("uuid")
    text, reasoning = _text(message)
    if not text.strip() and not reasoning:
        builder.skip(key, parent)
        return
    builder.add(key, parent, role, text, message.time("created_at"), reasoning=reasoning)


def _text(message: Checked) -> tuple[str, str]:
    """The text with what was attached to it, and the thinking."""
    texts, thoughts = [], []
    for block in message.items("content"):
        match block.text("type", ""):
            case "text":
                texts.append(block.text("text", ""))
            case "thinking":
                thoughts.append(block.text("thinking", ""))
    said = "\n\n".join(filter(None, texts)) or message.text("text", "")
    attached = [_attachment(one) for one in message.items("attachments")]
    attached += [f"[{one.text('file_name', 'file')}]" for one in message.items("files")]
    return "\n\n".join(filter(None, [said, *attached])), "\n\n".join(filter(None, thoughts))


def _attachment(attachment: Checked) -> str:
    name, content = attachment.text("file_name", "file"), attachment.text("extracted_content", "")
    fence = "`" * max(3, max((len(run) for run in _runs(content)), default=0) + 1)
    return f"[{name}]\n\n{fence}\n{content}\n{fence}" if content else f"[{name}]"


def _runs(text: str) -> Iterator[str]:
    """The runs of backticks in ``text``: a fence round it must be longer."""
    run = ""
    for char in text:
        if char == "`":
            run += char
        elif run:
            yield run
            run = ""
    if run:
        yield run
