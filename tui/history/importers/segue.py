"""Segue's own JSON, as ``chat.export`` writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Set

from msgspec.structs import replace

from tui.chat.attachment import MEDIA_TYPES, Attachment, attachment_of
from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.export import FORM
from tui.chat.message import Message, Role, Status
from tui.chat.parts import (
    File,
    Notice,
    Part,
    Sources,
    calls_ended,
    files_of,
    from_json,
    is_words,
    plain_parts,
    reasoning_of,
    text_of,
    with_files,
)
from tui.checked import string, text, whole
from tui.errors import UsageError
from tui.history.facts import (
    failure_of,
    hues_of,
    images_of,
    labels_of,
    parameters_of,
    sources_of,
    status_of,
    usage_of,
)
from tui.history.importers.checked import Checked
from tui.text import one_line

KIND = "Segue"
_ROLES = {role.value: role for role in Role}


def wrote(names: Set[str]) -> bool:
    """Whether an entry with these names is a conversation of ours."""
    return "segue" in names


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """The conversations of the file: one, or a list of them."""
    for entry in entries:
        form = entry.read("segue", whole, "a whole number")
        if form is None or form > FORM:
            entry.fail("segue", f"a form up to {FORM} (a newer Segue wrote it)")
        if "conversations" in entry:
            yield from map(_bundle, entry.objects("conversations"))
        else:
            yield _bundle(entry)


def _bundle(entry: Checked) -> Bundle:
    conversation = Conversation(
        id=entry.count("id") or 0,
        title=entry.text("title"),
        origin=entry.text("origin"),
        model=entry.optional_text("model"),
        system=entry.words("system"),
        draft=entry.words("draft"),
        attachments=tuple(map(_attachment, entry.objects("attachments"))),
        pinned=entry.flag("pinned"),
        archived=entry.flag("archived"),
        titled=entry.flag("titled"),
        tags=tuple(entry.texts("tags")),
        tools=tuple(entry.texts("tools")),
        begun_by=entry.text("begun_by"),
        project=entry.text("project"),
        hues=hues_of(entry),
        parameters=parameters_of(entry),
    )
    conversation.created_at = entry.time("created_at") or conversation.created_at
    conversation.updated_at = entry.time("updated_at") or conversation.created_at
    messages = [_message(conversation, message) for message in entry.objects("messages")]
    conversation.pins = tuple(pin for pin in entry.wholes("pins") if pin in conversation.nodes)
    conversation.labels = {i: label for i, label in labels_of(entry).items() if i in conversation.nodes}
    if "leaf" in entry:
        conversation.leaf = entry.required("leaf", whole, "the id of a message")
        if conversation.leaf not in conversation.nodes:
            entry.fail("leaf", "the id of a message")
    conversation.find_leaf()
    return Bundle(conversation, messages)


def _message(conversation: Conversation, entry: Checked) -> Message:
    number = entry.required("id", whole, "a whole number")
    if number <= max(conversation.nodes, default=0):
        entry.fail("id", "a number above those before it")
    parent = entry.required("parent", whole, "the id of a message before it") if "parent" in entry else None
    if parent is not None and parent not in conversation.nodes:
        entry.fail("parent", "the id of a message before it")
    role = entry.required("role", lambda raw: _ROLES.get(text(raw)), f"one of {', '.join(Role)}")
    message = Message(
        id=number,
        conversation_id=conversation.id,
        parent=parent,
        role=role,
        parts=_parts(entry),
        model=entry.optional_text("model"),
        status=status_of(entry.optional_text("status"), role),
        usage=usage_of(entry),
        failure=failure_of(entry),
        finished_at=entry.time("finished_at"),
        first_at=entry.time("first_at"),
        prefix=entry.text("prefix"),
    )
    message.created_at = entry.time("created_at") or conversation.created_at
    if message.live:  # the program that streamed it is not here
        message.status = Status.INTERRUPTED
        message.parts = calls_ended(message.parts)
    conversation.add([Node(message.id, message.parent, message.role, message.model, entry.flag("hidden"))])
    return message


def _parts(entry: Checked) -> tuple[Part, ...]:
    """What a message says. The first form had a field for each kind, which still tell what is said."""
    text, reasoning = entry.words("text"), entry.words("reasoning")
    seconds = entry.amount("reasoning_seconds")
    files = [(one.text("sha256"), _attachment(one)) for one in entry.objects("attachments")]
    if "parts" not in entry:
        pages = tuple(sources_of(entry))
        return (
            *plain_parts(text, reasoning, seconds),
            *(File(file) for _, file in files),
            *images_of(entry),
            *((Sources(pages),) if pages else ()),
            *map(Notice, entry.texts("notices")),
        )
    parts = with_files(_listed(entry), lambda file: _with_content(file, files))
    if (text_of(parts), reasoning_of(parts)) != (text, reasoning):
        others = [part for part in parts if not is_words(part)]
        parts = (*plain_parts(text, reasoning, seconds), *others)
    named = {file.sha256 for file in files_of(parts)}
    return (*parts, *(File(file) for _, file in files if file.data and file.sha256 not in named))


def _listed(entry: Checked) -> Iterator[Part]:
    for place, raw in enumerate(entry.plain("parts")):
        if (part := from_json(raw)) is None:
            entry.odd(f"parts[{place}]", "a part of a message", raw)
        else:
            yield part


def _with_content(file: Attachment, files: Iterable[tuple[str, Attachment]]) -> Attachment:
    """A file of a part, with the content that the list of files has for it."""
    told = (other for sha256, other in files if sha256 == file.sha256 and other.data)
    return next((replace(other, name=file.name) for other in told), file)


def _attachment(entry: Checked) -> Attachment:
    """A file, told anew by its content; one whose content was lost keeps its name."""
    name = entry.required("name", string, "text")
    if "data" not in entry:
        if entry.text("media_type") not in MEDIA_TYPES:
            entry.fail("media_type", f"one of {', '.join(MEDIA_TYPES)}")
        return Attachment(one_line(name), entry.text("media_type"), entry.count("size") or 0, "", 0)
    try:
        return attachment_of(name, base64.b64decode(entry.required("data", string, "text"), validate=True))
    except ValueError:
        entry.fail("data", "a content in base64")
    except UsageError:
        entry.fail("data", "an image, a PDF or a text")
