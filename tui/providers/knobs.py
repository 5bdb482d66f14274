"""Which parameters a model takes: what its wire format sends of them, and what was refused before.

Nothing is listed for each format: a request is made with each parameter and without it, as it would be sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from tui.chat.model import ModelInfo
from tui.parameters import FREE, PARAMETERS, RANGES, Range, Value
from tui.providers.address import is_private
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
_WARMEST = {"anthropic": 1.0, "openai": 2.0, "openai-responses": 2.0, "gemini": 2.0}
"""The highest temperature by wire format, as the reference of its vendor says; Ollama's names none."""


class Knob(Struct, frozen=True):
    """A parameter as one model takes it."""

    name: str
    span: Range = FREE
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
        return self.span.words(self.name)

    def wrong(self, value: Value) -> str:
        """Why a value is out of its range; nothing where it is in it."""
        return "" if self.span.holds(value) else f"{self.name} is {self.range} here, not {value:,g}"


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
            _range(name, provider, info),
            choices=EFFORTS if name == "reasoning_effort" else (),
            usual=options.get(name) if isinstance(options.get(name), str | int | float) else None,
            refused=_refused(provider, model, name, info, refused),
        )
        for name in PARAMETERS
    )


def wrong_in(provider: object, model: str, options: Mapping[str, Any], refused: Collection[str]) -> str:
    """Which parameter of a request is outside its range, in words; nothing where none is that would be sent.

    Args:
        provider: Its class.
        model: The provider's own name of the model.
        options: What is to be sent, parameters among it.
            Of more tokens than a model writes, fewer are asked for anyway.
        refused: What it is known to refuse.
    """
    given = [name for name in _PROBES if isinstance(options.get(name), int | float)]
    knobs = (Knob(name, _range(name, provider, None)) for name in given)
    wrong = {knob.name: words for knob in knobs if (words := knob.wrong(options[knob.name]))}
    sent = (name for name in wrong if not _refused(provider, model, name, None, refused))
    return next((wrong[name] for name in sent), "")


def _range(name: str, provider: object, info: ModelInfo | None) -> Range:
    span = RANGES.get(name, FREE)
    if _is_own(provider):
        return span
    if name == "temperature":
        return span._replace(most=_WARMEST.get(getattr(provider, "format", "")))
    if name == "max_tokens":
        return Range(1, None if info is None else info.max_output)
    return span


def _is_own(provider: object) -> bool:
    """Whether it is the person's own server: that may take more than a vendor, as -1 tokens for no end."""
    return getattr(provider, "url_given", False) or is_private(getattr(provider, "url", ""))


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
