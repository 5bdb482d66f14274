"""ChatGPT's data export: a list of conversations, each a tree in ``mapping``.

A reply is several of its messages: thoughts, calls of tools, what those gave back, answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.chat.parts import Notice, Part, Reasoning, Source, Sources, Text, ToolResult
from tui.checked import number, words
from tui.history.importers.builder import Builder, parents_first, role_in
from tui.history.importers.calls import as_it_stands, call_of, open_call
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id
from tui.text import fenced

KIND = "ChatGPT"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
_WORDS = {
    "code": ("text",),
    "execution_output": ("text",),
    "citable_code_output": ("output_str",),
    "system_error": ("name", "text"),
    "tether_browsing_display": ("summary", "result"),
    "tether_quote": ("title", "url", "text"),
    "sonic_webpage": ("title", "url", "snippet", "text"),
    "computer_output": ("text",),
    "reasoning_recap": ("content",),
    "user_editable_context": ("user_profile", "user_instructions"),
    "model_editable_context": ("model_set_context",),
}
"""Which fields have the words of a message that has no ``parts``."""


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
    for place in parents_first(keys):
        _take(builder, *keys[place], nodes[place][1])
    return builder.bundle(entry.optional_text("current_node"))


def _take(builder: Builder, key: str, parent: str | None, node: Checked) -> None:
    message = node.inner("message")
    author, at = message.inner("author"), message.time("create_time")
    if author.words("role") == "tool":
        builder.hold(key, parent, _results(builder, key, parent, message), at)
        return
    role = role_in(_ROLES, author, "role") if "message" in node else None
    if role is Role.ASSISTANT:
        model = model_id(message.inner("metadata").optional_text("model_slug"), "openai")
        builder.hold(key, parent, _answer(builder, key, parent, message), at, model=model)
        return
    said = list(_said(message)) if role and _meant_for_the_person(message) else []
    if role and any(isinstance(part, Text) and part.text.strip() for part in said):
        builder.add(key, parent, role, said, at)
    else:
        builder.skip(key, parent)


def _answer(builder: Builder, key: str, parent: str | None, message: Checked) -> Iterator[Part]:
    """What a model's message adds to its reply."""
    content = message.inner("content")
    recipient = message.text("recipient") or "all"
    match content.text("content_type"):
        case "thoughts":
            yield from _thoughts(content)
        case "reasoning_recap":
            seconds = message.inner("metadata").amount("finished_duration_sec")
            yield Notice(content.words("content")) if seconds is None else Reasoning("", seconds)
        case _ if recipient != "all":
            yield call_of(key, recipient, "\n\n".join(_texts(content)))
        case _ if _meant_for_the_person(message):
            yield from _said(message)
        case _:
            pass


def _results(builder: Builder, key: str, parent: str | None, message: Checked) -> Iterator[Part]:
    """What a tool gave back, behind its call; a call is made for one that has none."""
    name = message.inner("author").text("name")
    call = open_call(builder.held(parent), name)
    if not call:
        call = key
        yield call_of(key, name or "tool", {})
    failed = message.inner("content").text("content_type") == "system_error"
    yield ToolResult(call, "\n\n".join(_texts(message.inner("content"))), failed)
    yield from _sources(message)


def _meant_for_the_person(message: Checked) -> bool:
    hidden = message.inner("metadata").flag("is_visually_hidden_from_conversation")
    weight = message.read("weight", number, "a number")
    return not hidden and weight != 0 and (message.text("recipient") or "all") == "all"


def _said(message: Checked) -> Iterator[Part]:
    """What is said, with the names of files that went along and the pages that are cited."""
    content = message.inner("content")
    for text in _texts(content):
        yield Text(fenced(text) if content.text("content_type") == "code" else text)
    for file in message.inner("metadata").items("attachments"):
        if not file.text("mime_type").startswith("image/") and not file.text("mimeType").startswith("image/"):
            yield Text(f"[{file.text('name') or 'file'}]")
    yield from _sources(message)


def _texts(content: Checked) -> Iterator[str]:
    """The words of a message; those of a kind that is new to us as they stand."""
    kind = content.text("content_type") or "text"
    if "parts" in content or kind in ("text", "multimodal_text"):
        yield from filter(None, _parts(content))
    elif kind in _WORDS:
        yield from filter(None, map(content.words, _WORDS[kind]))
    elif "text" in content:
        yield content.words("text")
    else:
        content.odd("content_type", "a kind of content that is known", kind)
        yield as_it_stands(content.everything()).text


def _parts(content: Checked) -> Iterator[str]:
    for place, part in enumerate(content.plain("parts")):
        if not isinstance(part, Mapping):
            yield words(part)
        elif part.get("text") is not None:
            yield words(part["text"])
        elif kind := _MEDIA.get(words(part.get("content_type"))):
            yield _picture(part) if kind == "picture" else f"[{kind}]"
        else:
            content.odd(f"parts[{place}]", "a text or a picture", part)
            yield as_it_stands(part).text


_MEDIA = {
    "image_asset_pointer": "picture",
    "image_url": "picture",
    "audio_asset_pointer": "audio",
    "video_container_asset_pointer": "video",
    "real_time_user_audio_video_asset_pointer": "audio and video",
}


def _picture(part: Mapping[str, object]) -> str:
    """A picture by what it was asked for, where one was made; the export does not have it."""
    facts = part.get("metadata")
    made = facts.get("dalle") if isinstance(facts, Mapping) else None
    prompt = words(made.get("prompt")).strip() if isinstance(made, Mapping) else ""
    return f"[picture: {prompt}]" if prompt else "[picture]"


def _thoughts(content: Checked) -> Iterator[Reasoning]:
    for thought in content.items("thoughts"):
        if text := "\n".join(filter(None, (thought.words("summary"), thought.words("content")))):
            yield Reasoning(text)


def _sources(message: Checked) -> Iterator[Sources]:
    """The pages that a message cites or has found."""
    metadata = message.inner("metadata")
    listed = [
        *(one.inner("metadata") for one in metadata.items("citations")),
        *metadata.inner("_cite_metadata").items("metadata_list"),
        *metadata.items("content_references"),
        *(item for one in metadata.items("content_references") for item in one.items("items")),
        *(item for one in metadata.items("search_result_groups") for item in one.items("entries")),
    ]
    pages = [Source(one.words("url"), one.words("title")) for one in listed if one.words("url")]
    if pages:
        yield Sources(tuple(dict.fromkeys(pages)))
