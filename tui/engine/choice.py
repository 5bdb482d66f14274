"""Which model answers when nobody has chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.chat.model import split_id
from tui.history.store import HistoryStore

if TYPE_CHECKING:
    from tui.config import Config
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry

LAST_MODEL = "last_model"
"""Key of the history's state where the model chosen last is kept."""
LOCAL = "local"


async def choose_model(
    config: Config, store: HistoryStore, registry: Registry, catalogue: Catalogue
) -> str | None:
    """The configured model, else the one used last, else the first that can be used.

    A provider whose key the person has set comes before the model on this machine, which is only a demo. One
    of gpt4free is never chosen for the person: they must have seen who will read the text.

    Returns:
        ``PROVIDER/MODEL``, or None where no provider can be used.
    """
    if config.model:
        return config.model
    entries = registry.providers()
    usable = {entry.name: entry for entry in entries if entry.available and entry.kind != "g4f"}
    last = await store.get_state(LAST_MODEL)
    if last and any(entry.available and entry.name == split_id(last)[0] for entry in entries):
        return last
    for name, entry in sorted(usable.items(), key=lambda item: item[0] == LOCAL):
        if entry.default_model:
            return f"{name}/{entry.default_model}"
        known = [model.id for model in catalogue.models() if model.provider == name]
        if known:
            return known[0]
    return None
