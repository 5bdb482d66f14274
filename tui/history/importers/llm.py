"""The logs of llm: conversations with responses; since 2026, threads with turns over a tree of messages."""

from __future__ import annotations

from collections.abc import Iterator

from tui.chat.chunks import Usage
from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.chat.parts import Reasoning, Text, text_of
from tui.checked import whole
from tui.history.importers.builder import Builder, role_in
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "llm"
COLUMNS = {
    "conversations": {"id", "name", "model"},
    "responses": {"id", "prompt", "response", "conversation_id"},
}
_KINDS: dict[str, type[Text] | type[Reasoning]] = {"text": Text, "reasoning": Reasoning}
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


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
        builder.conversation.system = rows[0].words("system")
    for row in rows:
        key, at = row.required("id", name_of, "text"), row.time("datetime_utc")
        prompt = row.words("prompt")
        if prompt.strip():
            builder.add((key, "prompt"), builder.last, Role.USER, prompt, at)
        response, reasoning = row.words("response"), row.words("reasoning")
        if response.strip() or reasoning:
            model = model_id(row.optional_text("model"))
            builder.add(
                key,
                builder.last,
                Role.ASSISTANT,
                response,
                at,
                model=model,
                reasoning=reasoning,
                usage=_usage(row),
            )
    return builder.bundle()


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
    said = list(_content(tables, key))
    text = text_of(said)
    if message.text("role") == Role.SYSTEM:
        builder.conversation.system = builder.conversation.system or text
    if role is None or not any(part.text.strip() for part in said):
        builder.skip(key, parent)
        return
    answer = role is Role.ASSISTANT
    model = model_id(turn.optional_text("model")) if answer else None
    last = key == turn.optional_text("tip_message_hash")
    at = turn.time("datetime_utc")
    usage = _usage(turn) if answer and last else None
    builder.add(key, parent, role, said, at, model=model, usage=usage)


def _content(tables: Tables, key: str) -> Iterator[Text | Reasoning]:
    """What a message says and thinks, with the fragments that it names."""
    for part in tables.rows("SELECT * FROM parts WHERE message_hash = ? ORDER BY position", "parts", key):
        kind = _KINDS.get(part.text("type") or "text")
        if kind is not None and (text := part.words("text") or _by_reference(tables, part)):
            yield kind(text)


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
