"""Segue's own JSON, as ``chat.export`` writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from tui.chat.attachment import MEDIA_TYPES, Attachment, attachment_of
from tui.chat.bundle import Bundle
from tui.chat.chunks import Image, Source, Usage
from tui.chat.conversation import Conversation, Node
from tui.chat.export import FORM
from tui.chat.message import Failure, Message, Role, Status
from tui.errors import UsageError
from tui.history.importers.checked import Checked
from tui.text import one_line

KIND = "Segue"
Choice = TypeVar("Choice", Role, Status)


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file: one, or a list of them."""
    for entry in entries:
        form = entry.whole("segue")
        if form is None or form > FORM:
            entry.fail("segue", f"a form up to {FORM} (a newer Segue wrote it)")
        if "conversations" in entry:
            yield from map(_bundle, entry.items("conversations"))
        else:
            yield _bundle(entry)


def _bundle(entry: Checked) -> Bundle:
    conversation = Conversation(
        id=entry.whole("id") or 0,
        title=entry.text("title", ""),
        origin=entry.text("origin", ""),
        model=entry.optional_text("model"),
        system=entry.text("system", ""),
        draft=entry.text("draft", ""),
        attachments=tuple(map(_attachment, entry.items("attachments"))),
        pinned=entry.flag("pinned"),
        archived=entry.flag("archived"),
        titled=entry.flag("titled"),
        tags=tuple(_texts(entry, "tags")),
        hues=dict(_pairs(entry, "hues", str)),
        parameters=dict(_pairs(entry, "parameters", (str, int, float))),
    )
    conversation.created_at = entry.time("created_at") or conversation.created_at
    conversation.updated_at = entry.time("updated_at") or conversation.created_at
    messages = [_message(conversation, message) for message in entry.items("messages")]
    conversation.pins = tuple(pin for pin in entry.plain("pins") if pin in conversation.nodes)
    conversation.leaf = entry.whole("leaf")
    if conversation.leaf is not None and conversation.leaf not in conversation.nodes:
        entry.fail("leaf", "the id of a message")
    if conversation.leaf is None:
        conversation.hide([])  # nothing: but it finds the end of the newest path
    return Bundle(conversation, messages)


def _message(conversation: Conversation, entry: Checked) -> Message:
    number, parent = entry.whole("id"), entry.whole("parent")
    if number is None or number <= max(conversation.nodes, default=0):
        entry.fail("id", "a number above those before it")
    if parent is not None and parent not in conversation.nodes:
        entry.fail("parent", "the id of a message before it")
    message = Message(
        id=number,
        conversation_id=conversation.id,
        parent=parent,
        role=_one_of(Role, entry, "role"),
        text=entry.text("text", ""),
        reasoning=entry.text("reasoning", ""),
        model=entry.optional_text("model"),
        status=_one_of(Status, entry, "status"),
        usage=_usage(entry.inner("usage")) if "usage" in entry else None,
        failure=_failure(entry.inner("failure")) if "failure" in entry else None,
        sources=tuple(Source(one.text("url"), one.text("title", "")) for one in entry.items("sources")),
        images=tuple(Image(one.text("url"), one.text("alt", "")) for one in entry.items("images")),
        notices=tuple(_texts(entry, "notices")),
        attachments=tuple(map(_attachment, entry.items("attachments"))),
        finished_at=entry.time("finished_at"),
        reasoning_seconds=entry.number("reasoning_seconds"),
    )
    message.created_at = entry.time("created_at") or conversation.created_at
    if message.live:  # the program that streamed it is not here
        message.status = Status.INTERRUPTED
    conversation.add([Node(message.id, message.parent, message.role, message.model, entry.flag("hidden"))])
    return message


def _attachment(entry: Checked) -> Attachment:
    """A file, told anew by its content; one whose content was lost keeps its name."""
    name = entry.text("name")
    if "data" not in entry:
        media_type = entry.text("media_type")
        if media_type not in MEDIA_TYPES:
            entry.fail("media_type", f"one of {', '.join(MEDIA_TYPES)}")
        return Attachment(one_line(name), media_type, entry.whole("size") or 0, "", 0)
    try:
        return attachment_of(name, base64.b64decode(entry.text("data"), validate=True))
    except ValueError:
        entry.fail("data", "a content in base64")
    except UsageError:
        entry.fail("data", "an image, a PDF or a text")


def _one_of(kind: type[Choice], entry: Checked, name: str) -> Choice:
    try:
        return kind(entry.text(name))
    except ValueError:
        entry.fail(name, f"one of {', '.join(kind)}")


def _usage(entry: Checked) -> Usage:
    return Usage(
        entry.whole("input_tokens"),
        entry.whole("output_tokens"),
        entry.whole("reasoning_tokens"),
        entry.whole("cached_tokens"),
        entry.number("cost"),
        entry.number("tokens_per_second"),
    )


def _failure(entry: Checked) -> Failure:
    return Failure(
        entry.text("kind"), entry.text("message"), entry.text("hint", ""), entry.whole("status_code")
    )


def _texts(entry: Checked, name: str) -> Iterator[str]:
    for text in entry.plain(name):
        if not isinstance(text, str):
            entry.fail(name, "a list of texts")
        yield text


def _pairs(entry: Checked, name: str, kinds: Any) -> Iterator[tuple[str, Any]]:
    raw = entry.plain_object(name)
    for key, value in raw.items():
        if not isinstance(value, kinds) or isinstance(value, bool):
            entry.fail(name, "an object of texts and numbers")
        yield key, value
