"""What a copy of a conversation has, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from datetime import datetime
from itertools import count

from msgspec.structs import replace

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, Status
from tui.chat.parts import calls_ended
from tui.history.missing import no_message

# What a file says of ids leaves room for all that come after them.
LARGEST_CONVERSATION = 10**9
LARGEST_MESSAGE = 2**62

_NUMBER = re.compile(r" \(\d+\)$")


def stem_of(title: str) -> str:
    """What the titles of all copies begin with."""
    return _NUMBER.sub("", title)


def next_title(title: str, taken: Container[str]) -> str:
    """``title`` with the first number that no other title has with it, so that a list tells both apart."""
    stem = stem_of(title)
    if not stem:
        return title
    return next(name for number in count(2) if (name := f"{stem} ({number})") not in taken)


def kept_in_copy(original: Conversation, leaf: int | None) -> list[int]:
    """The messages that a copy has: all, or those of the path down to ``leaf``.

    Raises:
        NotFoundError: ``leaf`` is not of this conversation.
    """
    if leaf is None:
        return list(original.nodes)
    if leaf not in original.nodes:
        raise no_message(leaf)
    return original.path(leaf)


def copied(original: Conversation, messages: Sequence[Message], leaf: int | None, title: str) -> Bundle:
    """The copy of ``original`` that has these messages of it."""
    kept = [_as_a_copy(original, message) for message in messages]
    twin = Conversation(
        id=0,
        title=title,
        titled=original.titled,
        model=original.model,
        system=original.system,
        parameters=original.parameters,
        hues=original.hues,
        tags=original.tags,
        pins=original.pins,
        labels=original.labels,
        tools=original.tools,
        project=original.project,
        leaf=original.leaf,
    )
    if leaf is None:
        twin.add(original.nodes.values())
    else:
        kept = _chained(kept)
        twin.add(Node.of(message) for message in kept)
        twin.leaf = kept[-1].id if kept else None
    return Bundle(twin, kept)


def mark_of(message: Message) -> tuple[Role, datetime]:
    """What a message is known by in another copy of its conversation, whatever id it has there."""
    return message.role, message.created_at


def _as_a_copy(original: Conversation, message: Message) -> Message:
    """A message where it stands in the tree; what is still streamed into it does not come into its copy."""
    parent = original.nodes[message.id].parent
    if not message.live:
        return replace(message, parent=parent)
    return replace(message, parent=parent, status=Status.INTERRUPTED, parts=calls_ended(message.parts))


def _chained(path: Sequence[Message]) -> list[Message]:
    """A path without the hidden messages between: each one's parent is the one before it."""
    parents = [None, *(message.id for message in path)]
    return [replace(message, parent=parent) for parent, message in zip(parents, path, strict=False)]
