"""The models known now: what the config names, what each server listed, what the shipped facts add.

``models`` and ``info`` answer at once from memory; ``refresh`` asks the servers and keeps what they list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from msgspec.structs import fields, replace

from tui.chat.model import PRICES, ModelInfo, split_id, words_first
from tui.errors import ProviderError, SegueError
from tui.providers.facts import shipped
from tui.providers.provider_specs import FOREIGN
from tui.providers.registry import ProviderEntry, Registry

STALE_SECONDS = 24 * 60 * 60
"""A list older than this is asked for again."""
_FACTS = tuple(f.name for f in fields(ModelInfo) if f.name not in ("id", "available", "reason"))


class Catalogue:
    """Every model of every provider, as far as is known without waiting.

    Attributes:
        problems: Why a provider's list could not be had, by provider.
        notice: What was wrong with the stored lists; empty where nothing was.
    """

    def __init__(self, registry: Registry) -> None:
        self.problems: dict[str, SegueError] = {}
        self._registry = registry
        self._lists = registry.lists
        self._listeners: list[Callable[[], None]] = []
        self.notice = self._lists.notice
        for name in self._lists.younger_than(STALE_SECONDS):
            registry.health.note_success(name)

    def models(self) -> list[ModelInfo]:
        """All models, in the order of providers; those of unavailable providers carry the reason."""
        return [model for entry in self._registry.providers() for model in self._models_of(entry)]

    def info(self, model_id: str) -> ModelInfo | None:
        """What is known of one model; None where its provider is unknown."""
        provider, name = split_id(model_id)
        try:
            entry = self._registry.entry(provider)
        except ProviderError:
            return None
        return self._merged(entry, name or entry.default_model)

    def has_namesake(self, model_id: str) -> bool:
        """Whether another provider that can be used has a model of the same name."""
        provider, name = split_id(model_id)
        others = (entry for entry in self._registry.providers() if entry.name != provider)
        return any(entry.available and name in self._names_of(entry) for entry in others)

    def stale(self) -> list[str]:
        """Providers that can be asked, whose list is missing or older than a day.

        Those from outside count once in every run: only loading them shows whether they still work.
        """
        fresh = self._lists.younger_than(STALE_SECONDS)
        return [e.name for e in self._registry.providers() if e.askable and not self._is_fresh(e, fresh)]

    async def refresh(self, names: Iterable[str] | None = None, patience: float | None = None) -> None:
        """Ask the servers of ``names``, or of all that can be asked, at the same time. Never raises.

        Args:
            names: Who is asked.
            patience: Seconds after which those that have not answered are waited for no more.
        """
        askable = [entry.name for entry in self._registry.providers() if entry.askable]
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await asyncio.gather(*(self._ask(name) for name in (askable if names is None else names)))
        try:
            self._lists.save()
        except OSError as error:
            self.notice = f"The lists of models could not be kept: {error.strerror}"
        self._tell()

    def forget(self, names: Iterable[str]) -> None:
        """These providers are others now: what they listed counts no more."""
        for name in names:
            self.problems.pop(name, None)
            self._lists.drop(name)
        self._tell()

    def note_outcome(self, provider: str, error: ProviderError | None) -> None:
        """A reply of ``provider`` ended well, or with ``error``."""
        if error is None:
            self._registry.health.note_success(provider)
        else:
            self._registry.health.note_failure(provider, error)
        self._tell()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` after every change; the result ends that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def _tell(self) -> None:
        for callback in list(self._listeners):
            callback()

    async def _ask(self, name: str) -> None:
        try:
            models = await self._registry.discover(name)
        except SegueError as error:
            self.problems[name] = error
            if isinstance(error, ProviderError):
                self._registry.health.note_failure(name, error)
        else:
            self.problems.pop(name, None)
            self._registry.health.note_success(name)
            self._lists.put(name, models)

    def _is_fresh(self, entry: ProviderEntry, fresh: set[str]) -> bool:
        return entry.name in fresh and (entry.kind not in FOREIGN or self._registry.loaded(entry.name))

    def _models_of(self, entry: ProviderEntry) -> list[ModelInfo]:
        models = [self._merged(entry, name) for name in self._names_of(entry)]
        return models if entry.models else words_first(models)

    def _names_of(self, entry: ProviderEntry) -> Collection[str]:
        """The models of the config, else those the server listed, else those that are well known."""
        well_known = shipped(entry.name) if entry.available else ()
        return entry.models or self._lists.of(entry.name) or well_known or entry.known_models

    def _merged(self, entry: ProviderEntry, name: str) -> ModelInfo:
        """One model: what its server says goes before the shipped facts. No price is ever guessed."""
        known = ModelInfo(id=f"{entry.name}/{name}", available=entry.available, reason=entry.reason)
        for source in (self._lists.of(entry.name).get(name), shipped(entry.name).get(name)):
            if source:
                missing = {f: getattr(source, f) for f in _FACTS if getattr(known, f) is None}
                if not _same_prices(known, source):
                    missing = {f: value for f, value in missing.items() if f not in PRICES}
                known = replace(known, **missing)
        if told := self._registry.told(entry.name, name):
            known = replace(known, pictures=told)
        if (
            entry.free and known.input_price is None and not name.endswith("cloud")
        ):  # Ollama's name for elsewhere
            known = replace(known, input_price=0.0, output_price=0.0)
        return known


def _same_prices(known: ModelInfo, source: ModelInfo) -> bool:
    """Whether what another list says of prices fits those that are known.

    Half of a new list and half of an old one would be a guess.
    """
    both = (known.input_price, source.input_price), (known.output_price, source.output_price)
    return all(one is None or other is None or one == other for one, other in both)
