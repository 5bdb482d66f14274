"""The models known now: what the config names, what each server listed, what the shipped facts add.

``models`` and ``info`` answer at once from memory and the disk cache; ``refresh`` asks the servers.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from tui.chat.model import ModelInfo, split_id
from tui.errors import ProviderError, SegueError
from tui.paths import private_dir
from tui.providers.registry import ProviderEntry, Registry

STALE_SECONDS = 24 * 60 * 60
"""A list older than this is asked for again in the background."""
_VERSION = 1
_FACTS = tuple(f.name for f in fields(ModelInfo) if f.name not in ("id", "available", "reason"))


class Catalogue:
    """Every model of every provider, as far as is known without waiting."""

    def __init__(self, registry: Registry, cache_dir: Path) -> None:
        self.problems: dict[str, SegueError] = {}
        """Why a provider's list could not be had, by provider."""
        self._registry = registry
        self._file = cache_dir / "models.json"
        self._listed: dict[str, tuple[float, list[ModelInfo]]] | None = None
        self._listeners: list[Callable[[], None]] = []

    def models(self) -> list[ModelInfo]:
        """All models, in the order of providers; those of unavailable providers carry the reason."""
        return [model for entry in self._registry.providers() for model in self._of(entry)]

    def info(self, model_id: str) -> ModelInfo | None:
        """What is known of one model; None where its provider is unknown."""
        provider, name = split_id(model_id)
        try:
            entry = self._registry.entry(provider)
        except ProviderError:
            return None
        name = name or entry.default_model
        return next((m for m in self._of(entry) if m.name == name), None) or self._merged(
            entry, ModelInfo(id=name)
        )

    def stale(self) -> list[str]:
        """Providers whose list is missing or older than a day."""
        now = time.time()
        return [
            entry.name
            for entry in self._registry.providers()
            if now - self._lists().get(entry.name, (0.0, []))[0] > STALE_SECONDS
        ]

    async def refresh(self, names: Iterable[str] | None = None) -> None:
        """Ask the servers of ``names``, or of all that can be asked, at the same time. Never raises."""
        entries = self._registry.providers()
        chosen = [e for e in entries if (names is None and _may_be_asked(e)) or (names and e.name in names)]
        await asyncio.gather(*(self._ask(entry.name) for entry in chosen))
        self._save()
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
            self._lists()[name] = (time.time(), models)

    def _of(self, entry: ProviderEntry) -> list[ModelInfo]:
        _, listed = self._lists().get(entry.name, (0.0, []))
        fixed = self._registry.models(entry.name)
        by_name = {model.id: model for model in listed}
        names = fixed if fixed and not listed else tuple(dict.fromkeys((*by_name,)))
        return [self._merged(entry, by_name.get(name) or ModelInfo(id=name)) for name in names]

    def _merged(self, entry: ProviderEntry, model: ModelInfo) -> ModelInfo:
        return replace(model, id=f"{entry.name}/{model.id}", available=entry.available, reason=entry.reason)

    def _lists(self) -> dict[str, tuple[float, list[ModelInfo]]]:
        if self._listed is None:
            self._listed = _read(self._file)
        return self._listed

    def _save(self) -> None:
        providers = {
            name: {"asked": asked, "models": [_short(m) for m in models]}
            for name, (asked, models) in self._lists().items()
        }
        private_dir(self._file.parent)
        descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=".models-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, "providers": providers}, file)
        os.replace(name, self._file)


def _may_be_asked(entry: ProviderEntry) -> bool:
    return entry.available or (not entry.needs_key and entry.kind == "built-in")


def _short(model: ModelInfo) -> dict[str, Any]:
    return {key: value for key, value in asdict(model).items() if value is not None and key != "available"}


def _read(path: Path) -> dict[str, tuple[float, list[ModelInfo]]]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if content.get("version") != _VERSION:
        return {}
    return {
        name: (row["asked"], [ModelInfo(**model) for model in row["models"]])
        for name, row in content["providers"].items()
    }
