"""parllama's chats: one JSON file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.chat.bundle import Bundle
from tui.chat.message import Role
from tui.history.importers.builder import Builder
from tui.history.importers.checked import Checked
from tui.history.importers.models import model_id

KIND = "parllama"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


def bundles(entries: Iterable[Checked]) -> Iterator[Bundle]:
    """One conversation for each file."""
    for entry in entries:
        bundle = _bundle(entry)
        if bundle is not None:
            yield bundle


def _bundle(entry: Checked) -> Bundle | None:
    number = next((entry.text(name) for name in ("id", "session_id") if name in entry), None)
    if number is None:
        entry.fail("id", "text")
    title = next((entry.text(name) for name in ("name", "session_name") if name in entry), None)
    model = _model(entry)
    messages = list(entry.items("messages"))
    system = "\n\n".join(m.text("content", "") for m in messages if m.text("role") == "system")
    builder = Builder(f"parllama:{number}", title, entry.time("last_updated"), model=model, system=system)
    for place, message in enumerate(messages):
        role = _ROLES.get(message.text("role"))
        text, thinking = message.text("content", ""), message.text("thinking", "")
        if role is None or not (text.strip() or thinking):
            continue
        answered_by = model if role is Role.ASSISTANT else None
        builder.add(place, builder.last, role, text, model=answered_by, reasoning=thinking)
    return builder.bundle()


def _model(entry: Checked) -> str | None:
    if "llm_model_name" in entry:  # the older form, which knew only Ollama
        return model_id(entry.text("llm_model_name"), "ollama")
    config = entry.inner("llm_config")
    return model_id(config.optional_text("model_name"), config.optional_text("provider"))
