"""Which parameters a model takes: what its wire format sends of them, and what was refused before.

Nothing is listed for each format: a request is made with each parameter and without it, as it would be sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from tui.chat.model import ModelInfo
from tui.parameters import PARAMETERS, Value
from tui.providers.refusals import without

_PROBES: Mapping[str, tuple[Value, Value]] = {
    "temperature": (0.71, 0.72),
    "top_p": (0.71, 0.72),
    "max_tokens": (17, 18),
    "seed": (17, 18),
    "reasoning_effort": ("high", "low"),
    "stop": ("//", "##"),
}
"""Two values of each that no request has by itself."""
_ASKED = [{"role": "user", "content": "Hello"}]
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
"""Reasoning efforts, in their order; not every model knows each."""
_WARMEST = {"anthropic": 1.0}
"""The highest temperature by wire format, where it is not two."""


class Knob(Struct, frozen=True):
    """A parameter as one model takes it."""

    name: str
    least: float | None = None
    most: float | None = None
    """Where its range is known."""
    choices: tuple[str, ...] = ()
    """What it mostly is, where it is a word."""
    usual: Value | None = None
    """What the config sets for every request; None where the model has its own way."""
    refused: str = ""
    """Why it is not sent; nothing where it is."""

    @property
    def kind(self) -> type[Value]:
        """How it is written."""
        return PARAMETERS[self.name]

    @property
    def range(self) -> str:
        """What it can be: ``0 to 2``."""
        if self.choices:
            return f"{self.choices[0]} to {self.choices[-1]}"
        words = {float: "a number", int: "a whole number", str: "a text"}[self.kind]
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:,g}"
        return f"{words} from {self.least:g} on" if self.least is not None else words

    def wrong(self, value: Value) -> str:
        """Why a value is out of its range; nothing where it is in it."""
        if isinstance(value, str):
            return ""
        low = self.least is not None and value < self.least
        high = self.most is not None and value > self.most
        return f"{self.name} is {self.range} here, not {value:,g}" if low or high else ""


def knobs_of(
    provider: object,
    model: str,
    info: ModelInfo | None,
    refused: Collection[str],
    options: Mapping[str, Any],
) -> tuple[Knob, ...]:
    """Every parameter, as a model takes it.

    Args:
        provider: Its class.
        model: The provider's own name of the model.
        info: What is known of it.
        refused: What it is known to refuse.
        options: What the config sets for it.
    """
    return tuple(
        Knob(
            name,
            *_range(name, getattr(provider, "format", ""), info),
            choices=EFFORTS if name == "reasoning_effort" else (),
            usual=options.get(name) if isinstance(options.get(name), str | int | float) else None,
            refused=_refused(provider, model, name, info, refused),
        )
        for name in PARAMETERS
    )


def _range(name: str, form: str, info: ModelInfo | None) -> tuple[float | None, float | None]:
    match name:
        case "temperature":
            return 0, _WARMEST.get(form, 2)
        case "top_p":
            return 0, 1
        case "max_tokens":
            return 1, info.max_output if info else None
        case _:
            return None, None


def _refused(
    provider: object, model: str, name: str, info: ModelInfo | None, refused: Collection[str]
) -> str:
    if name == "reasoning_effort" and info is not None and info.reasoning is False:
        return "does not reason"
    body = getattr(provider, "request_body", None)
    if body is None:  # a provider of somebody else: what it does not know, it ignores
        return ""
    asked, other, bare = (
        body(model, _ASKED, given) for given in (*({name: value} for value in _PROBES[name]), {})
    )
    if asked == bare:
        return "has no such parameter"
    left, other_left, bare_left = (without(one, refused) for one in (asked, other, bare))
    if left == bare_left or (left == other_left and asked != other):
        return "refused it before"
    return ""
