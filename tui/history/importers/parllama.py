"""parllama's chats: one JSON file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from tui.chat.conversation import Bundle
from tui.chat.message import Role
from tui.chat.parts import Part, Text, ToolResult, of_kind, plain_parts
from tui.history.importers.builder import Builder, role_in
from tui.history.importers.calls import call_of, open_call
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
        said = list(_parts(message, place))
        if message.words("role") == "tool":
            builder.hold(place, builder.last, _result(message, place, builder.held(builder.last)))
            continue
        role = role_in(_ROLES, message, "role")
        if role is Role.ASSISTANT:
            builder.hold(place, builder.last, said, model=model)
        elif role is not None and any(part.text.strip() for part in of_kind(said, Text)):
            builder.add(place, builder.last, role, said)
    return builder.bundle()


def _parts(message: Checked, place: int) -> Iterator[Part]:
    """What a message thinks, says and asks for, and that pictures went along."""
    yield from plain_parts(message.words("content"), message.words("thinking"))
    if "images" in message:
        yield from (Text("[picture]") for _ in message.plain("images"))
    if "tool_calls" in message:
        for number, call in enumerate(message.items("tool_calls")):
            called = call.inner("function") if "function" in call else call
            own = call.optional_text("id") or f"{place}:{number}"
            yield call_of(own, called.text("name"), called.raw("arguments"))


def _result(message: Checked, place: int, came: Sequence[Part]) -> Iterator[Part]:
    """What a tool gave back, behind its call."""
    name = message.text("name")
    call = message.optional_text("tool_call_id") or open_call(came, name)
    if not call:
        call = str(place)
        yield call_of(call, name or "tool", {})
    yield ToolResult(call, message.words("content"))


def _model(entry: Checked) -> str | None:
    if "llm_model_name" in entry:  # the older form, which knew only Ollama
        return model_id(entry.optional_text("llm_model_name"), "ollama")
    config = entry.inner("llm_config")
    return model_id(config.optional_text("model_name"), config.optional_text("provider"))
