"""The parameters of a request that a person can set for a conversation."""

from __future__ import annotations

from collections.abc import Mapping

from tui.errors import UsageError
from tui.text import one_line

Value = str | int | float

PARAMETERS: dict[str, type[Value]] = {
    "temperature": float,
    "top_p": float,
    "max_tokens": int,
    "seed": int,
    "reasoning_effort": str,
    "stop": str,
}
"""What ``/set`` knows, and how it is written."""


def changed(parameters: Mapping[str, Value], name: str, value: str) -> dict[str, Value]:
    """``parameters`` with another value of one; an empty one takes it away.

    Raises:
        UsageError: There is no such parameter, or it can't have this value.
    """
    if name not in PARAMETERS:
        raise UsageError(f"There is no parameter {one_line(name)}", f"There are {', '.join(PARAMETERS)}.")
    others = {key: kept for key, kept in parameters.items() if key != name}
    return {**others, name: _read(name, value)} if value else others


def in_words(parameters: Mapping[str, Value]) -> str:
    """``temperature = 0.2, seed = 7``: what is set."""
    return ", ".join(f"{name} = {value}" for name, value in parameters.items())


def _read(name: str, text: str) -> Value:
    try:
        return PARAMETERS[name](text)
    except ValueError:
        kind = "a whole number" if PARAMETERS[name] is int else "a number"
        raise UsageError(f"{name} must be {kind}, not {one_line(text)}") from None
