"""The parameters of a request that a person can set: a closed list, and none concerns the way to a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.checked import number, string, whole
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

_KINDS: Mapping[type[Value], str] = {float: "a number", int: "a whole number", str: "a text"}


class Range(NamedTuple):
    """What a parameter can be, as far as that is known."""

    least: float | None = None
    most: float | None = None

    def words(self, name: str) -> str:
        """``0 to 2``, or ``a whole number from 1 on``."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:,g}"
        kind = _KINDS[PARAMETERS[name]]
        return f"{kind} from {self.least:g} on" if self.least is not None else kind

    def holds(self, value: Value) -> bool:
        """Whether a value is in it; a text always is."""
        if isinstance(value, str):
            return True
        low = self.least is not None and value < self.least
        high = self.most is not None and value > self.most
        return not (low or high)


RANGES: Mapping[str, Range] = {"temperature": Range(0), "top_p": Range(0, 1)}
"""What no model takes more of, wherever it runs: a share is at most all."""
FREE = Range()

_READERS = {float: number, int: whole, str: string}


def changed(parameters: Mapping[str, Value], name: str, value: str) -> dict[str, Value]:
    """``parameters`` with another value of one; ``-`` takes it away, nothing leaves it.

    Raises:
        UsageError: There is no such parameter, or it can't have this value.
    """
    _check(name)
    others = {key: kept for key, kept in parameters.items() if key != name}
    if not value:
        return dict(parameters)
    return others if value == "-" else {**others, name: read(name, value)}


def known(name: str, value: object) -> Value | None:
    """A parameter's value from elsewhere; None where there is no such parameter, or it can't have it."""
    return _READERS[PARAMETERS[name]](value) if name in PARAMETERS else None


def _check(name: str) -> None:
    if name not in PARAMETERS:
        raise UsageError(f"There is no parameter {one_line(name)}", f"There are {', '.join(PARAMETERS)}.")


def read(name: str, written: str) -> Value:
    """A parameter's value, as a person writes it.

    Raises:
        UsageError: There is no such parameter, or it can't have this value.
    """
    _check(name)
    kind = PARAMETERS[name]
    try:
        value = known(name, kind(written))
    except ValueError:
        value = None
    if value is None:
        words = "a whole number" if kind is int else "a number"
        raise UsageError(f"{name} must be {words}, not {one_line(written)}")
    span = RANGES.get(name, FREE)
    if not span.holds(value):
        raise UsageError(f"{name} must be {span.words(name)}, not {one_line(written)}")
    return value


def in_words(parameters: Mapping[str, Value]) -> str:
    """``temperature = 0.2, seed = 7``: what is set."""
    return ", ".join(f"{name} = {value}" for name, value in parameters.items())
