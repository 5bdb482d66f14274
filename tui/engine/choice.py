"""Which model answers when nobody has chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.chat.model import split_id
from tui.engine.preferences import Preferences
from tui.errors import UsageError
from tui.nearest import nearest
from tui.text import one_line

if TYPE_CHECKING:
    from tui.config import Config
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry

_SUGGESTED = 5


async def choose_model(
    config: Config, preferences: Preferences, registry: Registry, catalogue: Catalogue
) -> str | None:
    """The configured model, else the one used last, else the first that can be used.

    A provider whose key the person has set comes before one whose models are downloaded, which are a demo.
    One of gpt4free is never chosen for the person: they must have seen who will read the text.

    Returns:
        ``PROVIDER/MODEL``, or None where no provider can be used.
    """
    if config.model:
        return config.model
    entries = registry.providers()
    usable = {entry.name: entry for entry in entries if entry.available and entry.kind != "g4f"}
    last = await preferences.last_model()
    if last and any(entry.available and entry.name == split_id(last)[0] for entry in entries):
        return last
    for name, entry in sorted(usable.items(), key=lambda item: item[1].downloads):
        if entry.default_model:
            return f"{name}/{entry.default_model}"
        known = [model.id for model in catalogue.models() if model.provider == name]
        if known:
            return known[0]
    return None


def find_model(words: str, registry: Registry, catalogue: Catalogue) -> str:
    """The model that a person means: an id, a provider, or the name or a part of the name of one model.

    Of several providers that have a model of this name, the first that can be used counts.

    Raises:
        UsageError: None is meant, or several may be.
    """
    provider, name = split_id(words)
    entry = next((entry for entry in registry.providers() if entry.name == provider), None)
    if entry is not None:
        return words if name or not entry.default_model else f"{provider}/{entry.default_model}"
    usable = [model for model in catalogue.models() if model.available]
    exact = [model.id for model in usable if model.name.lower() == words.lower()]
    if exact:
        return exact[0]
    alike = [model.id for model in usable if words.lower() in model.id.lower()]
    if len(alike) == 1:
        return alike[0]
    near = alike or nearest(words, [model.id for model in usable], most=_SUGGESTED, like=0.4)
    hint = f"Did you mean {', '.join(near[:_SUGGESTED])}?" if near else "segue models lists them."
    raise UsageError(f"There is no model {one_line(words, 80)}", hint)
