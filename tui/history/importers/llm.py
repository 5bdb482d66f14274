"""The logs of llm: conversations with responses; since 2026, threads with turns over a tree of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tui.chat.attachment import attachment_of
from tui.chat.chunks import Usage
from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.chat.parts import File, Part, Text, ToolResult, is_words, plain_parts, text_of
from tui.checked import whole
from tui.errors import UsageError
from tui.history.importers.builder import Builder, role_in
from tui.history.importers.calls import as_it_stands, call_of, open_call
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "llm"
COLUMNS = {
    "conversations": {"id", "name", "model"},
    "responses": {"id", "prompt", "response", "conversation_id"},
}
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
"""Others say what tools gave back, and what the system is told."""


def bundles(tables: Tables) -> Iterator[Bundle]:
    """The conversations of the database, of both forms; none twice."""
    threads = set()
    if {"threads", "turns", "messages", "parts"} <= tables.names:
        for thread in tables.rows("SELECT * FROM threads ORDER BY id", "threads"):
            threads.add(thread.required("id", name_of, "text"))
            bundle = _thread(tables, thread)
            if bundle is not None:
                yield bundle
    for conversation in tables.rows("SELECT * FROM conversations ORDER BY id", "conversations"):
        if conversation.required("id", name_of, "text") not in threads:
            bundle = _conversation(tables, conversation)
            if bundle is not None:
                yield bundle


def _conversation(tables: Tables, conversation: Checked) -> Bundle | None:
    own = conversation.required("id", name_of, "text")
    rows = list(
        tables.rows("SELECT * FROM responses WHERE conversation_id = ? ORDER BY id", "responses", own)
    )
    builder = _builder(conversation, rows)
    if rows:
        told = _fragments(tables, "system_fragments", rows[0].required("id", name_of, "text"))
        builder.conversation.system = _together(*told, rows[0].words("system"))
    for row in rows:
        key, at = row.required("id", name_of, "text"), row.time("datetime_utc")
        builder.hold((key, "results"), builder.last, _results(tables, key, builder.held(builder.last)), at)
        asked = _together(*_fragments(tables, "prompt_fragments", key), row.words("prompt"))
        prompt = (*plain_parts(asked), *_files(tables, key))
        if prompt:
            builder.add((key, "prompt"), builder.last, Role.USER, prompt, at)
        model = model_id(row.optional_text("model"))
        builder.hold(key, builder.last, _response(tables, key, row), at, model=model, usage=_usage(row))
    return builder.bundle()


def _response(tables: Tables, key: str, row: Checked) -> Iterator[Part]:
    """What a model thought and said, then the tools that it asked for."""
    yield from plain_parts(row.words("response"), row.words("reasoning"))
    for call in _rows_of(tables, "tool_calls", key):
        own = call.optional_text("tool_call_id") or f"{key}:{call.words('id')}"
        yield call_of(own, call.text("name"), call.raw("arguments"))


def _results(tables: Tables, key: str, came: Sequence[Part]) -> Iterator[Part]:
    """What tools gave back, which llm keeps with the response that was made of it."""
    answered: list[Part] = []
    for result in _rows_of(tables, "tool_results", key):
        own = result.optional_text("tool_call_id") or open_call((*came, *answered), result.text("name"))
        if not own:
            own = f"{key}:{result.words('id')}"
            answered.append(call_of(own, result.text("name") or "tool", {}))
        failure = result.words("exception")
        answered.append(ToolResult(own, result.words("output") or failure, bool(failure)))
    yield from answered


def _rows_of(tables: Tables, table: str, response: str) -> Iterator[Checked]:
    """The rows of a table that belong to a response; none where this database is too old for it."""
    if "response_id" in tables.columns.get(table, ()):
        yield from tables.rows(f"SELECT * FROM {table} WHERE response_id = ? ORDER BY rowid", table, response)


def _together(*texts: str) -> str:
    return "\n\n".join(filter(str.strip, texts))


def _fragments(tables: Tables, table: str, response: str) -> Iterator[str]:
    """The texts that stand before what was asked, or before what the system was told."""
    for one in _rows_of(tables, table, response):
        query = "SELECT content FROM fragments WHERE id = ?"
        number = one.read("fragment_id", whole, "a whole number")
        yield from (found.words("content") for found in tables.rows(query, "fragments", number))


def _files(tables: Tables, response: str) -> Iterator[Part]:
    """The files that went along."""
    for one in _rows_of(tables, "prompt_attachments", response):
        yield from _file(tables, one.optional_text("attachment_id"))


def _file(tables: Tables, own: str | None) -> Iterator[Part]:
    """A file with its content, where llm has kept it and it is of a kind that can be; else its name."""
    if "attachments" not in tables.names:
        return
    for file in tables.rows("SELECT * FROM attachments WHERE id = ?", "attachments", own):
        place = file.words("path") or file.words("url") or file.words("type") or "file"
        data = file.raw("content")
        try:
            kept = attachment_of(PurePath(place).name, data) if isinstance(data, bytes) else None
        except UsageError:
            kept = None
        yield File(kept) if kept else Text(f"[{place}]")


def _thread(tables: Tables, thread: Checked) -> Bundle | None:
    turns = list(
        tables.rows("SELECT * FROM turns WHERE thread_id = ? ORDER BY id", "turns", thread.words("id"))
    )
    builder = _builder(thread, turns)
    seen: set[str] = set()
    for turn in turns:
        for key, message in _chain(tables, turn.optional_text("tip_message_hash"), seen):
            _take(tables, builder, key, message, turn)
    return builder.bundle(thread.optional_text("tip_message_hash"))


def _builder(conversation: Checked, rows: list[Checked]) -> Builder:
    return Builder(
        f"llm:{conversation.words('id')}",
        conversation.optional_text("name"),
        rows[0].time("datetime_utc") if rows else None,
        model=model_id(rows[-1].optional_text("model")) if rows else None,
    )


def _chain(tables: Tables, tip: str | None, seen: set[str]) -> list[tuple[str, Checked]]:
    """The messages down to ``tip`` that are new, the first one first; a chain that goes in a circle ends."""
    chain = []
    while tip is not None and tip not in seen:
        seen.add(tip)
        message = next(tables.rows("SELECT * FROM messages WHERE hash = ?", "messages", tip), None)
        if message is None:
            break
        chain.append((tip, message))
        tip = message.optional_text("parent_hash")
    return chain[::-1]


def _take(tables: Tables, builder: Builder, key: str, message: Checked, turn: Checked) -> None:
    parent = message.optional_text("parent_hash")
    role = role_in(_ROLES, message, "role")
    at = turn.time("datetime_utc")
    said = list(_content(tables, key, builder.held(parent)))
    if message.text("role") == Role.SYSTEM:
        builder.conversation.system = builder.conversation.system or text_of(said)
    if role is Role.ASSISTANT or any(isinstance(part, ToolResult) for part in said):
        last = key == turn.optional_text("tip_message_hash")
        model, usage = model_id(turn.optional_text("model")), _usage(turn) if last else None
        builder.hold(key, parent, said, at, model=model, usage=usage)
    elif role is None or not any(not is_words(part) or part.text.strip() for part in said):
        builder.skip(key, parent)
    else:
        builder.add(key, parent, role, said, at)


def _content(tables: Tables, key: str, before: Sequence[Part]) -> Iterator[Part]:
    """What a message says, thinks and does, with the fragments that it names."""
    came = list(before)
    for part in tables.rows("SELECT * FROM parts WHERE message_hash = ? ORDER BY position", "parts", key):
        for made in _part(tables, part, f"{key}:{part.words('position')}", came):
            came.append(made)
            yield made


def _part(tables: Tables, part: Checked, own: str, came: Sequence[Part]) -> Iterator[Part]:
    text = part.words("text") or _by_reference(tables, part)
    facts = part.packed("payload") if "payload" in part else part.inner("payload")
    name = part.text("tool_name") or facts.text("name")
    match kind := part.text("type") or "text":
        case "text":
            yield from plain_parts(text)
        case "reasoning":
            yield from plain_parts("", text)
        case "tool_call":
            given = facts.raw("arguments") if "arguments" in facts else text or facts.everything()
            yield call_of(facts.optional_text("tool_call_id") or own, name, given)
        case "tool_result":
            call = facts.optional_text("tool_call_id") or open_call(came, name)
            if not call:
                call = own
                yield call_of(own, name or "tool", {})
            failure = facts.words("exception")
            yield ToolResult(call, text or facts.words("output") or failure, bool(failure))
            for file in facts.items("attachments"):
                yield from _file(tables, file.optional_text("id"))
        case "attachment":
            yield from _file(tables, facts.inner("attachment").optional_text("id"))
        case _:
            part.odd("type", "a kind of part that is known", kind)
            yield Text(text) if text else as_it_stands(facts.everything())


def _by_reference(tables: Tables, part: Checked) -> str:
    """A text that is put together from stored fragments and what stands between them."""
    if "payload" not in part:
        return ""
    pieces = []
    for piece in part.packed("payload").items("text_ref"):
        if "literal" in piece:
            pieces.append(piece.words("literal"))
        else:
            query = "SELECT content FROM fragments WHERE id = ?"
            number = piece.read("fragment", whole, "a whole number")
            pieces += [one.words("content") for one in tables.rows(query, "fragments", number)]
    return "".join(pieces)


def _usage(row: Checked) -> Usage | None:
    given, made = row.count("input_tokens"), row.count("output_tokens")
    return Usage(given, made) if given is not None or made is not None else None
