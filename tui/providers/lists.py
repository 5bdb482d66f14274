"""The lists of models that servers gave, kept on the disk between two runs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from tui.chat.model import ModelInfo
from tui.paths import write_whole
from tui.text import one_line

_VERSION = 1
_UNUSABLE = "The stored lists of models were not usable and are made anew"
_NOTHING: Mapping[str, ModelInfo] = {}


class Lists:
    """What each server listed. A damaged file is as good as none: it is only a cache.

    Attributes:
        notice: Why the file could not be read; empty where it could, or is not there.
    """

    def __init__(self, file: Path) -> None:
        self.notice = ""
        self._file = file
        self._asked: dict[str, float] = {}
        self._models: dict[str, dict[str, ModelInfo]] = {}
        try:
            self._load()
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self._asked, self._models = {}, {}
            self.notice = f"{_UNUSABLE}: {type(error).__name__}"

    def of(self, provider: str) -> Mapping[str, ModelInfo]:
        """A provider's models by their bare names; empty where it was never asked."""
        return self._models.get(provider, _NOTHING)

    def younger_than(self, seconds: float) -> set[str]:
        """The providers whose list is at most so old."""
        now = time.time()
        return {name for name, asked in self._asked.items() if 0 <= now - asked <= seconds}

    def put(self, provider: str, models: Sequence[ModelInfo]) -> None:
        """Keep a new list."""
        self._asked[provider] = time.time()
        self._models[provider] = {model.id: model for model in models}

    def drop(self, provider: str) -> None:
        """Forget a list."""
        self._asked.pop(provider, None)
        self._models.pop(provider, None)

    def save(self) -> None:
        """Write the file; a reader sees the old or the new one, never a part.

        Raises:
            OSError: It can't be written.
        """
        providers = {
            name: {"asked": self._asked[name], "models": [_packed(m) for m in models.values()]}
            for name, models in self._models.items()
        }
        document = {"version": _VERSION, "providers": providers}
        write_whole(self._file, json.dumps(document, separators=(",", ":")))

    def _load(self) -> None:
        content = json.loads(self._file.read_bytes())
        if content["version"] != _VERSION:
            return
        for name, row in content["providers"].items():
            models = [ModelInfo.of(model) for model in row["models"]]
            self._models[name] = {model.id: model for model in models if model}
            self._asked[name] = float(row["asked"])
            if None in models:
                self._asked[name] = 0.0  # it is asked for again
                self.notice = f"{_UNUSABLE}: {one_line(name, 40)}"


def _packed(model: ModelInfo) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(model).items() if value is not None}
    return {name: value for name, value in facts.items() if name not in ("available", "reason")}
