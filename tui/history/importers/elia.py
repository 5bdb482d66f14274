"""elia's database: tables ``chat`` and ``message``."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.checked import whole
from tui.history.importers.builder import Builder, parents_first, role_in
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "elia"
COLUMNS = {"chat": {"id", "model", "title", "started_at"}, "message": {"id", "chat_id", "role", "content"}}
_ROLES = {"user": Role.USER, "human": Role.USER, "assistant": Role.ASSISTANT, "ai": Role.ASSISTANT}


def bundles(tables: Tables) -> Iterator[Bundle]:
    """The chats of the database."""
    for chat in tables.rows("SELECT * FROM chat ORDER BY id", "chat"):
        own = chat.required("id", whole, "a whole number")
        rows = list(tables.rows("SELECT * FROM message WHERE chat_id = ? ORDER BY id", "message", own))
        bundle = _bundle(own, chat, rows)
        if bundle is not None:
            yield bundle


def _bundle(own: int, chat: Checked, rows: list[Checked]) -> Bundle | None:
    model = _model(chat.optional_text("model"))
    begun = chat.time("started_at")
    builder = Builder(
        # Ids are counted anew in each database: the time tells two of them apart.
        f"elia:{own}@{begun.isoformat() if begun else ''}",
        chat.optional_text("title"),
        begun,
        model=model,
        system="\n\n".join(row.words("content") for row in rows if row.words("role") == "system"),
        archived=chat.flag("archived"),
    )
    keys = list(_keys(rows))
    for place in parents_first(keys):
        (key, parent), row = keys[place], rows[place]
        role = role_in(_ROLES, row, "role")
        text = row.words("content")
        if role is None or not text.strip():
            builder.skip(key, parent)
            continue
        answered_by = _model(row.optional_text("model")) or model if role is Role.ASSISTANT else None
        builder.add(key, parent, role, text, row.time("timestamp"), model=answered_by)
    return builder.bundle()


def _keys(rows: list[Checked]) -> Iterator[tuple[Hashable, Hashable | None]]:
    """Each message's key and its parent's: the one before it, unless it names another."""
    before: Hashable | None = None
    for place, row in enumerate(rows):
        key = row.read("id", whole, "a whole number") or ("row", place)
        yield key, row.read("parent_id", whole, "a whole number") or before
        before = key


def _model(name: str | None) -> str | None:
    return model_id(name.removeprefix("elia-")) if name else None
