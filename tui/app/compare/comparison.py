"""What a comparison of models is: what can be done in it, how it ends, how its models are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from tui.app.messages.name_line import model_name
from tui.chat.message import Message
from tui.text import one_line


class Outcome(StrEnum):
    """How a comparison ends. Every reply stays, as a version of the others."""

    GO_ON = "go on"
    """The conversation goes on with the chosen reply and its model; what still comes is stopped."""
    KEEP = "keep"
    """The chosen reply is shown, what still comes goes on."""
    CLOSE = "close"
    """What was shown before is shown again, what still comes goes on."""


class ComparisonActs(Protocol):
    """What the person can do with a comparison, apart from looking: ``Comparing``."""

    @property
    def opening(self) -> bool:
        """Whether replies are about to begin."""
        ...

    def choose(self, message_id: int) -> None:
        """A reply was chosen."""
        ...

    def stop(self, message_id: int) -> bool:
        """Stop a reply and keep its text. Returns whether it was coming."""
        ...

    def again(self, message_id: int) -> None:
        """Let a new version of a reply come in its place."""
        ...

    def add(self) -> None:
        """Ask for one more model."""
        ...

    def merge(self, replies: Sequence[Message]) -> None:
        """Let a model write one reply from these."""
        ...

    def copy(self, text: str) -> None:
        """Copy, and say how that went."""
        ...


def names_of(models: Sequence[str]) -> list[str]:
    """Names that tell the models apart: with the provider for two of one name, numbered for one twice."""
    ids: dict[str, set[str]] = {}
    for model in models:
        ids.setdefault(model_name(model), set()).add(model)
    seen: Counter[str] = Counter()
    names = []
    for model in models:
        seen[model] += 1
        name = model_name(model)
        name = name if len(ids[name]) == 1 else one_line(model, 60)
        names.append(name if seen[model] == 1 else f"{name} {seen[model]}")
    return names
