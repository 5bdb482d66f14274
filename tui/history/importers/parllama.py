"""parllama's chats: one JSON file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder, role_in
from tui.history.importers.checked import Checked, name_of
from tui.history.importers.models import model_id

KIND = "parllama"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
_OWN = frozenset({"last_updated", "llm_config", "llm_model_name"})


def wrote(names: Set[str]) -> bool:
    """Whether an entry with these names is a chat of parllama."""
    return "messages" in names and not names.isdisjoint(_OWN)


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """One conversation for each file."""
    for entry in entries:
        bundle = _bundle(entry)
        if bundle is not None:
            yield bundle


def _bundle(entry: Checked) -> Bundle | None:
    own = entry.required(
        "session_id" if "session_id" in entry and "id" not in entry else "id", name_of, "text"
    )
    title = entry.optional_text("name") or entry.optional_text("session_name")
    model = _model(entry)
    messages = list(entry.objects("messages"))
    system = "\n\n".join(m.words("content") for m in messages if m.words("role") == "system")
    builder = Builder(f"parllama:{own}", title, entry.time("last_updated"), model=model, system=system)
    for place, message in enumerate(messages):
        role = role_in(_ROLES, message, "role")
        text, thinking = message.words("content"), message.words("thinking")
        if role is None or not (text.strip() or thinking):
            continue
        answered_by = model if role is Role.ASSISTANT else None
        builder.add(place, builder.last, role, text, model=answered_by, reasoning=thinking)
    return builder.bundle()


def _model(entry: Checked) -> str | None:
    if "llm_model_name" in entry:  # the older form, which knew only Ollama
        return model_id(entry.optional_text("llm_model_name"), "ollama")
    config = entry.inner("llm_config")
    return model_id(config.optional_text("model_name"), config.optional_text("provider"))
