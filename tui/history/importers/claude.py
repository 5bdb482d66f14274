"""Claude's data export: a list of conversations with ``chat_messages``."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Set

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.chat.parts import Reasoning, Text
from tui.history.importers.builder import Builder, parents_first, role_in
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id
from tui.text import fenced

KIND = "Claude"
_ROLES = {"human": Role.USER, "user": Role.USER, "assistant": Role.ASSISTANT}


def wrote(names: Set[str]) -> bool:
    """Whether an entry with these names is a conversation of Claude."""
    return "chat_messages" in names


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file."""
    for entry in entries:
        builder = Builder(
            f"claude:{entry.required('uuid', name_of, 'text')}",
            entry.optional_text("name"),
            entry.time("created_at"),
            model=model_id(entry.optional_text("model"), "anthropic"),
        )
        messages = list(entry.objects("chat_messages"))
        keys = list(_keys(messages))
        for place in parents_first(keys):
            _take(builder, *keys[place], messages[place])
        bundle = builder.bundle(entry.optional_text("current_leaf_message_uuid"))
        if bundle is not None:
            yield bundle


def _keys(messages: list[Checked]) -> Iterator[tuple[Hashable, Hashable | None]]:
    """Each message's key and its parent's: the one before it, unless it names another."""
    before: Hashable | None = None
    for place, message in enumerate(messages):
        key = message.optional_text("uuid") or place
        yield key, message.optional_text("parent_message_uuid") or before
        before = key


def _take(builder: Builder, key: Hashable, parent: Hashable | None, message: Checked) -> None:
    role = role_in(_ROLES, message, "sender")
    said = list(_parts(message))
    if role is None or not any(part.text.strip() for part in said):
        builder.skip(key, parent)
        return
    builder.add(key, parent, role, said, message.time("created_at"))


def _parts(message: Checked) -> Iterator[Text | Reasoning]:
    """What was said and thought, in its order, then what was attached to it."""
    blocks = [block for block in message.items("content") if block.text("type") in ("text", "thinking")]
    if not any(block.words("text") for block in blocks if block.text("type") == "text"):
        blocks.append(message)
    for block in blocks:
        if block.text("type") == "thinking":
            if thought := block.words("thinking"):
                yield Reasoning(thought)
        elif said := block.words("text"):
            yield Text(said)
    for one in message.items("attachments"):
        yield Text(_attachment(one))
    for one in message.items("files"):
        yield Text(f"[{one.text('file_name') or 'file'}]")


def _attachment(attachment: Checked) -> str:
    name, content = attachment.text("file_name") or "file", attachment.words("extracted_content")
    return f"[{name}]\n\n{fenced(content)}" if content else f"[{name}]"
