"""ChatGPT's data export: a list of conversations, each a tree in ``mapping``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.checked import number, words
from tui.history.importers.builder import Builder, parents_first, role_in
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id

KIND = "ChatGPT"
_TEXTS = frozenset({"text", "multimodal_text"})
_PICTURE = "[picture]"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def wrote(names: Set[str]) -> bool:
    """Whether an entry with these names is a conversation of ChatGPT."""
    return "mapping" in names


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file."""
    for entry in entries:
        bundle = _bundle(entry)
        if bundle is not None:
            yield bundle


def _bundle(entry: Checked) -> Bundle | None:
    own = entry.required("conversation_id" if "conversation_id" in entry else "id", name_of, "text")
    builder = Builder(
        f"chatgpt:{own}",
        entry.optional_text("title"),
        entry.time("create_time"),
        model=model_id(entry.optional_text("default_model_slug"), "openai"),
        archived=entry.flag("is_archived"),
    )
    nodes = list(entry.within("mapping").items())
    keys = [(key, node.optional_text("parent")) for key, node in nodes]
    thoughts: dict[str, str] = {}  # what the model thought before the message with this key or those below
    for place in parents_first(keys):
        _take(builder, *keys[place], nodes[place][1], thoughts)
    return builder.bundle(entry.optional_text("current_node"))


def _take(builder: Builder, key: str, parent: str | None, node: Checked, thoughts: dict[str, str]) -> None:
    thought = thoughts.get(parent or "", "")
    message = node.inner("message")
    content = message.inner("content")
    role = role_in(_ROLES, message.inner("author"), "role") if "message" in node else None
    if role is Role.ASSISTANT and content.text("content_type") == "thoughts":
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
    weight = message.read("weight", number, "a number")
    return not hidden and weight != 0 and (message.text("recipient") or "all") == "all"


def _text(content: Checked) -> str:
    kind = content.text("content_type") or "text"
    if kind == "code":
        return f"```\n{content.words('text')}\n```"
    if kind not in _TEXTS:
        return ""
    return "\n\n".join(filter(None, _parts(content)))


def _parts(content: Checked) -> Iterator[str]:
    for place, part in enumerate(content.plain("parts")):
        if not isinstance(part, Mapping):
            yield words(part)
        elif part.get("text") is not None:
            yield words(part["text"])
        elif "image" in words(part.get("content_type")):
            yield _PICTURE
        else:
            content.odd(f"parts[{place}]", "a text or a picture", part)


def _thoughts(content: Checked) -> Iterator[str]:
    for thought in content.items("thoughts"):
        yield "\n".join(filter(None, (thought.words("summary"), thought.words("content"))))
