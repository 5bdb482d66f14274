"""oterm's database: tables ``chat`` and ``message``, without times."""

from __future__ import annotations

from collections.abc import Iterator

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id
from tui.history.importers.tables import Tables

KIND = "oterm"
COLUMNS = {"chat": {"id", "name", "model", "system"}, "message": {"chat_id", "author", "text"}}
_ROLES = {"user": Role.USER, "me": Role.USER, "assistant": Role.ASSISTANT, "ollama": Role.ASSISTANT}


def bundles(tables: Tables) -> Iterator[Bundle]:
    """The chats of the database."""
    for chat in tables.rows("SELECT * FROM chat ORDER BY id", "chat"):
        bundle = _bundle(tables, chat)
        if bundle is not None:
            yield bundle


def _bundle(tables: Tables, chat: Checked) -> Bundle | None:
    model = model_id(chat.text("model"), chat.text("provider", "ollama"))
    rows = list(
        tables.rows("SELECT * FROM message WHERE chat_id = ? ORDER BY rowid", "message", chat.whole("id"))
    )
    first = rows[0].text("text", "") if rows else ""
    builder = Builder(
        # Ids are counted anew in each database: how the chat begins tells two of them apart.
        f"oterm:{chat.name('id')}@{tables.digest(first)}",
        chat.optional_text("name"),
        tables.changed,
        model=model,
        system=chat.text("system", ""),
    )
    for place, row in enumerate(rows):
        role = _ROLES.get(row.text("author"))
        text = row.text("text", "")
        if role is not None and text.strip():
            answered_by = model if role is Role.ASSISTANT else None
            builder.add(place, builder.last, role, text, model=answered_by)
    return builder.bundle()
