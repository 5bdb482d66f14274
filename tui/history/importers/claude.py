"""Claude's data export: a list of conversations with ``chat_messages``."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence, Set

from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.chat.parts import Notice, Part, Reasoning, Source, Sources, Text, ToolResult, is_words
from tui.history.importers.builder import Builder, parents_first, role_in
from tui.history.importers.calls import as_it_stands, call_of, open_call
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
    said = list(_parts(message, key))
    if role is None or not any(not is_words(part) or part.text.strip() for part in said):
        builder.skip(key, parent)
        return
    builder.add(key, parent, role, said, message.time("created_at"))


def _parts(message: Checked, key: Hashable) -> Iterator[Part]:
    """What was said, thought and done, in its order, then what was attached to it."""
    blocks = list(message.items("content"))
    came: list[Part] = []
    for place, block in enumerate(blocks):
        came += _block(block, f"{key}:{place}", came)
    if not any(isinstance(part, Text) and part.text for part in came) and message.words("text"):
        came.append(Text(message.words("text")))
    yield from came
    for one in message.items("attachments"):
        yield Text(_attachment(one))
    for one in message.items("files"):
        yield Text(f"[{one.text('file_name') or 'file'}]")


def _block(block: Checked, own: str, came: Sequence[Part]) -> Iterator[Part]:
    """A block of a message that has the parts ``came`` before it."""
    match kind := block.text("type"):
        case "text":
            yield Text(block.words("text"))
            yield from _cited(block)
        case "thinking":
            yield Reasoning(block.words("thinking"), _seconds(block))
        case "redacted_thinking":
            yield Notice("A part of the thinking is not told")
        case "tool_use":
            called = block.optional_text("id") or own
            yield call_of(called, block.text("name"), block.raw("input"), block.text("integration_name"))
        case "tool_result":
            call = block.optional_text("tool_use_id") or open_call(came, block.text("name"))
            if not call:
                call = own
                yield call_of(own, block.text("name") or "tool", {})
            yield ToolResult(call, _result(block), block.flag("is_error"))
        case "voice_note":
            yield Text("\n\n".join(filter(None, (block.words("title"), block.words("text")))))
        case "token_budget":
            pass  # it says nothing
        case _:
            block.odd("type", "a kind of content that is known", kind)
            yield Text(block.words("text")) if "text" in block else as_it_stands(block.everything())


def _result(block: Checked) -> str:
    """What a tool gave back, as one text."""
    if isinstance(block.raw("content"), str):
        return block.words("content")
    return "\n\n".join(filter(None, map(_piece, block.items("content"))))


def _piece(piece: Checked) -> str:
    if piece.text("type") == "image":
        return "[picture]"
    told = [piece.words(name) for name in ("title", "url", "text") if name in piece]
    return "\n".join(told) if told else as_it_stands(piece.everything()).text


def _cited(block: Checked) -> Iterator[Sources]:
    cited = [one.inner("details") if "details" in one else one for one in block.items("citations")]
    pages = [Source(one.words("url"), one.words("title")) for one in cited if one.words("url")]
    if pages:
        yield Sources(tuple(dict.fromkeys(pages)))


def _seconds(block: Checked) -> float | None:
    begun, ended = block.time("start_timestamp"), block.time("stop_timestamp")
    return (ended - begun).total_seconds() if begun and ended and ended >= begun else None


def _attachment(attachment: Checked) -> str:
    name, content = attachment.text("file_name") or "file", attachment.words("extracted_content")
    return f"[{name}]\n\n{fenced(content)}" if content else f"[{name}]"
