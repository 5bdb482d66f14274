"""oterm's database: tables ``chat`` and ``message``, without times."""

from __future__ import annotations

from collections.abc import Iterator

from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.checked import unpacked, whole
from tui.history.importers.builder import Builder, role_in
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
    model = model_id(chat.optional_text("model"), chat.text("provider") or "ollama")
    own = chat.required("id", whole, "a whole number")
    rows = list(tables.rows("SELECT * FROM message WHERE chat_id = ? ORDER BY rowid", "message", own))
    first = rows[0].words("text") if rows else ""
    builder = Builder(
        # Ids are counted anew in each database: how the chat begins tells two of them apart.
        f"oterm:{own}@{tables.digest(first)}",
        chat.optional_text("name"),
        tables.changed,
        model=model,
        system=chat.words("system"),
    )
    for place, row in enumerate(rows):
        role = role_in(_ROLES, row, "author")
        pictures = ["[picture]" for _ in row.read("images", _listed, "a list in JSON") or ()]
        text = "\n\n".join(filter(str.strip, (row.words("text"), *pictures)))
        if role is not None and text:
            answered_by = model if role is Role.ASSISTANT else None
            builder.add(place, builder.last, role, text, model=answered_by)
    return builder.bundle()


def _listed(stored: object) -> list[object] | None:
    found = unpacked(stored)
    return found if isinstance(found, list) else None
