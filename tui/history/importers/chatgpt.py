"""ChatGPT's data export: a list of conversations, each a tree in ``mapping``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id

KIND = "ChatGPT"
_TEXTS = frozenset({"text", "multimodal_text"})
_PICTURE = "[picture]"


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file."""
    for entry in entries:
        bundle = _bundle(entry)
        if bundle is not None:
            yield bundle


def _bundle(entry: Checked) -> Bundle | None:
    number = entry.text("conversation_id") if "conversation_id" in entry else entry.text("id")
    builder = Builder(
        f"chatgpt:{number}",
        entry.optional_text("title"),
        entry.time("create_time"),
        model=model_id(entry.optional_text("default_model_slug"), "openai"),
        archived=entry.flag("is_archived"),
    )
    nodes = dict(entry.entries("mapping"))
    thoughts: dict[str, str] = {}  # what the model thought before the message with this key or those below
    for key in _parents_first(nodes):
        _take(builder, key, nodes[key], thoughts)
    return builder.bundle(entry.optional_text("current_node"))


def _parents_first(nodes: dict[str, Checked]) -> Iterator[str]:
    """The keys, each after its parent's."""
    below: dict[str | None, list[str]] = {}
    for key, node in nodes.items():
        parent = node.optional_text("parent")
        below.setdefault(parent if parent in nodes else None, []).append(key)
    waiting = below.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        yield key
        waiting += below.get(key, [])[::-1]


def _take(builder: Builder, key: str, node: Checked, thoughts: dict[str, str]) -> None:
    parent = node.optional_text("parent")
    thought = thoughts.get(parent or "", "")
    message = node.inner("message")
    content = message.inner("content")
    role = {"user": Role.USER, "assistant": Role.ASSISTANT}.get(
        message.inner("author").text("role", "") if "author" in message else ""
    )
    if role is Role.ASSISTANT and content.text("content_type", "") == "thoughts":
        thought = "\n\n".join(filter(None, [thought, *_thoughts(content)]))
    text = _text(content) if role and _meant_for_the_person(message) else ""
    if role is None or not text.strip():
        builder.skip(key, parent)
        thoughts[key] = thought
        return
    slug = message.inner("metadata").optional_text("model_slug")
    builder.add(
        key,
        parent,
        role,
        text,
        message.time("create_time"),
        model=model_id(slug, "openai") if role is Role.ASSISTANT else None,
        reasoning=thought if role is Role.ASSISTANT else "",
    )


def _meant_for_the_person(message: Checked) -> bool:
    hidden = message.inner("metadata").flag("is_visually_hidden_from_conversation")
    return not hidden and message.number("weight") != 0 and message.text("recipient", "all") == "all"


def _text(content: Checked) -> str:
    kind = content.text("content_type", "text")
    if kind == "code":
        return f"```\n{content.text('text', '')}\n```"
    if kind not in _TEXTS:
        return ""
    return "\n\n".join(filter(None, (_part(part, content) for part in content.plain("parts"))))


def _part(part: object, content: Checked) -> str:
    if isinstance(part, str):
        return part
    inner = Checked(part, content.where, f"{content.path}.parts")
    if "text" in inner:
        return inner.text("text")
    return _PICTURE if "image" in inner.text("content_type", "") else ""


def _thoughts(content: Checked) -> Iterator[str]:
    for thought in content.items("thoughts"):
        yield "\n".join(filter(None, (thought.text("summary", ""), thought.text("content", ""))))
