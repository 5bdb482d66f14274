"""elia's database: tables ``chat`` and ``message``."""

from __future__ import annotations

from collections.abc import Iterator

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "elia"
COLUMNS = {"chat": {"id", "model", "title", "started_at"}, "message": {"id", "chat_id", "role", "content"}}
_ROLES = {"user": Role.USER, "human": Role.USER, "assistant": Role.ASSISTANT, "ai": Role.ASSISTANT}


def bundles(tables: Tables) -> Iterator[Bundle]:
    """The chats of the database."""
    for chat in tables.rows("SELECT * FROM chat ORDER BY id", "chat"):
        rows = list(
            tables.rows("SELECT * FROM message WHERE chat_id = ? ORDER BY id", "message", chat.whole("id"))
        )
        bundle = _bundle(chat, rows)
        if bundle is not None:
            yield bundle


def _bundle(chat: Checked, rows: list[Checked]) -> Bundle | None:
    model = _model(chat.optional_text("model"))
    begun = chat.time("started_at")
    builder = Builder(
        # Ids are counted anew in each database: the time tells two of them apart.
        f"elia:{chat.name('id')}@{begun.isoformat() if begun else ''}",
        chat.optional_text("title"),
        begun,
        model=model,
        system="\n\n".join(row.text("content", "") for row in rows if row.text("role") == "system"),
        archived=chat.flag("archived"),
    )
    for row in rows:
        role = _ROLES.get(row.text("role"))
        key, parent = row.whole("id"), row.whole("parent_id") or builder.last
        text = row.text("content", "")
        if role is None or not text.strip():
            builder.skip(key, parent)
            continue
        answered_by = _model(row.optional_text("model")) or model if role is Role.ASSISTANT else None
        builder.add(key, parent, role, text, row.time("timestamp"), model=answered_by)
    return builder.bundle()


def _model(name: str | None) -> str | None:
    return model_id(name.removeprefix("elia-")) if name else None
