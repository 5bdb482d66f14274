"""Which model answers when nobody has chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.chat.model import ModelInfo, split_id
from tui.config import alike
from tui.engine.preferences import Preferences
from tui.errors import UsageError
from tui.nearest import nearest
from tui.text import one_line

if TYPE_CHECKING:
    from tui.config import Config
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import ProviderEntry, Registry

LISTED = 3.0
"""Seconds that servers have to list their models, where one is named that is not known."""
_SUGGESTED = 5
_READ = 20
"""Tokens that are read for each one of a title."""


async def choose_model(
    config: Config, preferences: Preferences, registry: Registry, catalogue: Catalogue
) -> str | None:
    """The configured model, else the one used last, else the first that can be used.

    A provider whose key the person has set comes before one whose models are downloaded, which are a demo.
    One of gpt4free is never chosen for the person: they must have seen who will read the text.

    Returns:
        ``PROVIDER/MODEL``, or None where no provider can be used.
    """
    return await _wanted(config, preferences, registry) or _first(registry, catalogue)


async def look_first(
    config: Config, preferences: Preferences, registry: Registry, catalogue: Catalogue
) -> bool:
    """Whether the servers should be asked for their models before one is chosen.

    Without that nobody would answer, or a model that is downloaded, though a server of the person's has one.
    """
    if await _wanted(config, preferences, registry):
        return False
    model = _first(registry, catalogue)
    return model is None or registry.entry(split_id(model)[0]).downloads


async def _wanted(config: Config, preferences: Preferences, registry: Registry) -> str:
    """The model that the person has named or used; nothing if there is none."""
    if config.model:
        entry, name = _owner(config.model, registry)
        return f"{entry.name}/{name}" if entry is not None and name else config.model
    last = await preferences.last_model()
    usable = {entry.name for entry in registry.providers() if entry.available}
    return last if last and split_id(last)[0] in usable else ""


def _first(registry: Registry, catalogue: Catalogue) -> str | None:
    """The first model that can be used; of those that are downloaded only where there is no other."""
    usable = [entry for entry in registry.providers() if entry.available and entry.kind != "g4f"]
    for entry in sorted(usable, key=lambda entry: entry.downloads):
        if entry.default_model:
            return f"{entry.name}/{entry.default_model}"
        known = [model.id for model in catalogue.models() if model.provider == entry.name]
        if known:
            return known[0]
    return None


def _owner(model_id: str, registry: Registry) -> tuple[ProviderEntry | None, str]:
    """The provider that a model names, in whatever case, and what it calls the model."""
    entries = {entry.name: entry for entry in registry.providers()}
    provider, name = split_id(model_id)
    return entries.get(alike(provider, entries)), name


def why_unusable(model_id: str, registry: Registry) -> str:
    """Why a model can't answer now; nothing where it can, as far as is known without asking."""
    entry, _ = _owner(model_id, registry)
    if entry is None:
        return f"no provider is called {one_line(split_id(model_id)[0], 40)}"
    return "" if entry.available else one_line(entry.reason or "unavailable", 120)


def nearest_usable(model_id: str, registry: Registry, catalogue: Catalogue) -> str | None:
    """The model most like one that can't answer now: the same of another provider, or one named alike.

    What is downloaded first, and who is reached through gpt4free, is never chosen for the person.
    """
    entries = {entry.name: entry for entry in registry.providers() if entry.available and entry.kind != "g4f"}
    usable = [
        model
        for model in catalogue.models()
        if model.available and model.provider in entries and not entries[model.provider].downloads
    ]
    wanted = _bare(model_id)
    same = next((model.id for model in usable if _bare(model.id) == wanted), None)
    if same is not None:
        return same
    names = {_bare(model.id): model.id for model in reversed(usable)}
    near = nearest(wanted, names)
    return names[near[0]] if near else next((model.id for model in usable), None)


def _bare(model_id: str) -> str:
    """The name of a model, whoever has it."""
    return model_id.rpartition("/")[2].partition(":")[0].casefold()


def title_model(wanted: bool | str, model_id: str, catalogue: Catalogue) -> str | None:
    """The model that names a conversation, where the person wants that.

    Args:
        wanted: The setting: whether, or by which.
        model_id: The model that answers there. What is written goes to nobody else unless one is named, so it
            is the cheapest of the same provider, as far as prices are known.
        catalogue: The models.
    """
    if not wanted or isinstance(wanted, str):
        return wanted or None
    own = catalogue.info(model_id)
    if own is None or (most := _title_price(own)) is None:
        return model_id
    able = (each for each in catalogue.models() if each.available and each.pictures != "only")
    rivals = [each for each in able if each.provider == own.provider]
    priced = [(cost, each.id) for each in rivals if (cost := _title_price(each)) is not None and cost < most]
    return min(priced)[1] if priced else model_id


def _title_price(model: ModelInfo) -> float | None:
    """What a title costs by a model, in units of its own: much is read, little is written."""
    if model.input_price is None or model.output_price is None:
        return None
    return _READ * model.input_price + model.output_price


async def look_for_models(
    words: Sequence[str], registry: Registry, catalogue: Catalogue, looks: Callable[[], None]
) -> list[str | UsageError]:
    """Each as by ``find_model``; where one is not known, servers whose lists are missing or old are asked.

    They are asked once for all, at the same time.

    Args:
        words: What the person calls each.
        registry: Who can answer.
        catalogue: The models.
        looks: Called before anybody is asked: it may take a while.

    Returns:
        The model that each means, or why it means none.
    """
    found = [_found(each, registry, catalogue) for each in words]
    if all(isinstance(each, str) for each in found) or not (stale := catalogue.stale()):
        return found
    looks()
    usable = [entry.name for entry in registry.providers() if entry.available]
    await catalogue.refresh(stale, LISTED)
    silent = [name for name in catalogue.stale() if name in usable]
    return [_found(each, registry, catalogue, silent) for each in words]


def _found(
    words: str, registry: Registry, catalogue: Catalogue, silent: Sequence[str] = ()
) -> str | UsageError:
    try:
        return find_model(words, registry, catalogue)
    except UsageError as error:
        return UsageError(error.message, f"{error.hint} {_not_listed(silent)}") if silent else error


def _not_listed(silent: Sequence[str]) -> str:
    """What to do about servers that have not said what they have."""
    names = one_line(", ".join(silent), 80)
    return f"Not listed by {names}: a model there is named {one_line(silent[0], 40)}/MODEL."


def find_model(words: str, registry: Registry, catalogue: Catalogue) -> str:
    """The model that a person means: an id, a provider, or the name or a part of the name of one model.

    Of several providers that have a model of this name, the first that can be used counts.

    Raises:
        UsageError: None is meant, or several may be.
    """
    entry, name = _owner(words, registry)
    if entry is not None:
        own = f"{entry.name}/{name}" if "/" in words else entry.name
        return own if name or not entry.default_model else f"{entry.name}/{entry.default_model}"
    usable = [model for model in catalogue.models() if model.available]
    exact = [model.id for model in usable if model.name.lower() == words.lower()]
    if exact:
        return exact[0]
    holding = [model.id for model in usable if words.lower() in model.id.lower()]
    if len(holding) == 1:
        return holding[0]
    names = {model.name: model.id for model in reversed(usable)} | {model.id: model.id for model in usable}
    near = holding or list(dict.fromkeys(names[name] for name in nearest(words, names, most=_SUGGESTED)))
    hint = f"Did you mean {', '.join(near[:_SUGGESTED])}?" if near else "segue models lists them."
    raise UsageError(f"There is no model {one_line(words, 80)}", hint)
