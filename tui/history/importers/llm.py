"""The logs of llm: conversations with responses; since 2026, threads with turns over a tree of messages."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tui.chat.bundle import Bundle
from tui.chat.chunks import Usage
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "llm"
COLUMNS = {
    "conversations": {"id", "name", "model"},
    "responses": {"id", "prompt", "response", "conversation_id"},
}
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def bundles(tables: Tables) -> Iterator[Bundle]:
    """The conversations of the database, of both forms; none twice."""
    threads = set()
    if {"threads", "turns", "messages", "parts"} <= tables.names:
        for thread in tables.rows("SELECT * FROM threads ORDER BY id", "threads"):
            threads.add(thread.text("id"))
            bundle = _thread(tables, thread)
            if bundle is not None:
                yield bundle
    for conversation in tables.rows("SELECT * FROM conversations ORDER BY id", "conversations"):
        if conversation.text("id") not in threads:
            bundle = _conversation(tables, conversation)
            if bundle is not None:
                yield bundle


def _conversation(tables: Tables, conversation: Checked) -> Bundle | None:
    number = conversation.text("id")
    rows = list(
        tables.rows("SELECT * FROM responses WHERE conversation_id = ? ORDER BY id", "responses", number)
    )
    builder = _builder(conversation, rows)
    if rows:
        builder.conversation.system = rows[0].text("system", "")
    for row in rows:
        key, at = row.text("id"), row.time("datetime_utc")
        prompt = row.text("prompt", "")
        if prompt.strip():
            builder.add((key, "prompt"), builder.last, Role.USER, prompt, at)
        response, reasoning = row.text("response", ""), row.text("reasoning", "")
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
        tables.rows("SELECT * FROM turns WHERE thread_id = ? ORDER BY id", "turns", thread.text("id"))
    )
    builder = _builder(thread, turns)
    for turn in turns:
        for message in _chain(tables, turn.optional_text("tip_message_hash")):
            _take(tables, builder, message, turn)
    return builder.bundle(thread.optional_text("tip_message_hash"))


def _builder(conversation: Checked, rows: list[Checked]) -> Builder:
    return Builder(
        f"llm:{conversation.text('id')}",
        conversation.optional_text("name"),
        rows[0].time("datetime_utc") if rows else None,
        model=model_id(rows[-1].optional_text("model")) if rows else None,
    )


def _chain(tables: Tables, tip: str | None) -> list[Checked]:
    """The messages from the first to ``tip``."""
    query = """
        WITH RECURSIVE chain (hash, parent_hash, role, depth) AS (
            SELECT hash, parent_hash, role, 0 FROM messages WHERE hash = ?
            UNION ALL
            SELECT m.hash, m.parent_hash, m.role, depth + 1
            FROM messages m JOIN chain ON m.hash = chain.parent_hash WHERE depth < 100000
        ) SELECT * FROM chain ORDER BY depth DESC
    """
    return list(tables.rows(query, "messages", tip))


def _take(tables: Tables, builder: Builder, message: Checked, turn: Checked) -> None:
    key, parent = message.text("hash"), message.optional_text("parent_hash")
    if key in builder:
        return
    role = _ROLES.get(message.text("role", ""))
    text, reasoning = _content(tables, key)
    if message.text("role", "") == "system":
        builder.conversation.system = builder.conversation.system or text
    if role is None or not (text.strip() or reasoning):
        builder.skip(key, parent)
        return
    answer = role is Role.ASSISTANT
    model = model_id(turn.optional_text("model")) if answer else None
    last = key == turn.optional_text("tip_message_hash")
    at = turn.time("datetime_utc")
    usage = _usage(turn) if answer and last else None
    builder.add(key, parent, role, text, at, model=model, reasoning=reasoning, usage=usage)


def _content(tables: Tables, key: str) -> tuple[str, str]:
    """The text of a message, with the fragments that it names, and its reasoning."""
    said: dict[str, list[str]] = {"text": [], "reasoning": []}
    for part in tables.rows("SELECT * FROM parts WHERE message_hash = ? ORDER BY position", "parts", key):
        kind = part.text("type", "text")
        if kind in said:
            said[kind].append(part.text("text", "") or _by_reference(tables, part))
    return "\n\n".join(filter(None, said["text"])), "\n\n".join(filter(None, said["reasoning"]))


def _by_reference(tables: Tables, part: Checked) -> str:
    """A text that is put together from stored fragments and what stands between them."""
    try:
        payload = Checked(json.loads(part.text("payload", "{}")), part.where, "payload")
    except json.JSONDecodeError:
        part.fail("payload", "JSON")
    pieces = []
    for piece in payload.items("text_ref"):
        if "literal" in piece:
            pieces.append(piece.text("literal"))
        else:
            fragments = tables.rows(
                "SELECT content FROM fragments WHERE id = ?", "fragments", piece.whole("fragment")
            )
            pieces += [fragment.text("content", "") for fragment in fragments]
    return "".join(pieces)


def _usage(row: Checked) -> Usage | None:
    given, made = row.whole("input_tokens"), row.whole("output_tokens")
    return Usage(given, made) if given is not None or made is not None else None
