"""What JSON that is not ours holds: read as what it should be, or as unknown. Nothing here raises.

Answers of servers, files of other programs, and what a history has kept of both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar

from tui.dates import moment_of

T = TypeVar("T")
_LARGEST = 2**63 - 1  # what a database can hold
_DIGITS = len(str(_LARGEST))
_MOST = 10**15
"""More of anything (tokens, dollars, bytes) is no count but a mistake."""
_COUNT = re.compile(r"[0-9]{1,16}")
_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")


def unpacked(stored: object) -> Any:
    """What a text of JSON says; None where it is no JSON."""
    try:
        return json.loads(stored) if isinstance(stored, str) else None
    except (ValueError, RecursionError):
        return None


def whole(value: object) -> int | None:
    """A whole number, also one that is written ``5.0``."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
    return value if fits else None  # type: ignore[return-value]


def numbered(written: str) -> int | None:
    """The number of something, as it was written down; None where that is no number above 0."""
    return whole(int(written)) or None if written.isdecimal() and len(written) < _DIGITS else None


def count(value: object) -> int | None:
    """A whole number from 0 on, also one in quotes."""
    quoted = isinstance(value, str) and _COUNT.fullmatch(value.strip())
    found = whole(int(quoted[0]) if quoted else value)
    return found if found is not None and 0 <= found <= _MOST else None


def number(value: object) -> int | float | None:
    """A finite number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return whole(value)


def amount(value: object) -> float | None:
    """How much there is of something: a number from 0 on, also one in quotes."""
    quoted = isinstance(value, str) and _AMOUNT.fullmatch(value.strip())
    found = number(float(quoted[0]) if quoted else value)
    return float(found) if found is not None and 0 <= found <= _MOST else None


def string(value: object) -> str | None:
    """A text."""
    return value if isinstance(value, str) else None


def text(value: object) -> str:
    """A text; an empty one in place of anything else."""
    return value if isinstance(value, str) else ""


def words(value: object) -> str:
    """What a person has said or read: a text as it is, of anything else what JSON would write."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return str(value)


class Fields:
    """The fields of an object: each as it should be, or unknown."""

    def __init__(self, raw: object, path: str = "") -> None:
        """Take ``raw``, which stands at ``path``; what is no object has no fields."""
        self.path = path
        if raw is not None and not isinstance(raw, Mapping):
            self.odd("", "an object", raw)
        self._raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}

    def odd(self, name: str, expected: str, found: object) -> None:
        """Told of a value that is left out; here no one needs to hear of it."""

    def __contains__(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def read(self, name: str, reader: Callable[[Any], T | None], expected: str) -> T | None:
        """What ``reader`` makes of a field."""
        raw = self._raw.get(name)
        found = None if raw is None else reader(raw)
        if raw is not None and found is None:
            self.odd(name, expected, raw)
        return found

    def text(self, name: str) -> str:
        """A text; an empty one where it is unknown."""
        return self.optional_text(name) or ""

    def optional_text(self, name: str) -> str | None:
        """A text, or None."""
        return self.read(name, string, "text")

    def words(self, name: str) -> str:
        """What was said: nothing of it is left out, whatever it is."""
        return words(self._raw.get(name))

    def count(self, name: str) -> int | None:
        """A whole number from 0 on."""
        return self.read(name, count, "a whole number from 0 on")

    def amount(self, name: str) -> float | None:
        """A number from 0 on."""
        return self.read(name, amount, "a number from 0 on")

    def flag(self, name: str) -> bool:
        """Yes or no; no where it is unknown."""
        return bool(self.read(name, _flag, "true or false"))

    def time(self, name: str) -> datetime | None:
        """A moment."""
        return self.read(name, moment_of, "a time") if self._raw.get(name) != "" else None

    def inner(self, name: str) -> Self:
        """An object inside; one without fields where it is unknown."""
        return self._below(self._raw.get(name), name)

    def optional(self, name: str) -> Self | None:
        """An object inside, or None."""
        found = self.read(name, _mapping, "an object")
        return None if found is None else self._below(found, name)

    def items(self, name: str) -> Iterator[Self]:
        """The objects of a list."""
        for place, raw in enumerate(self.plain(name)):
            if isinstance(raw, Mapping):
                yield self._below(raw, f"{name}[{place}]")
            else:
                self.odd(f"{name}[{place}]", "an object", raw)

    def texts(self, name: str) -> Iterator[str]:
        """The texts of a list."""
        return self._each(name, string, "text")

    def wholes(self, name: str) -> Iterator[int]:
        """The whole numbers of a list."""
        return self._each(name, whole, "a whole number")

    def plain(self, name: str) -> list[Any]:
        """A list as it is."""
        return self.read(name, _list, "a list") or []

    def raw(self, name: str) -> Any:
        """Whatever JSON stands there."""
        return self._raw.get(name)

    def everything(self) -> Mapping[str, Any]:
        """All fields as they are."""
        return self._raw

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object as it is; an empty one where there is none."""
        return self.read(name, _mapping, "an object") or {}

    def known_entries(
        self, name: str, reader: Callable[[str, Any], T | None], expected: str
    ) -> Iterator[tuple[str, T]]:
        """The fields of an object inside, by their names: those of which ``reader`` makes something."""
        for key, raw in self.mapping(name).items():
            found = reader(key, raw)
            if found is None:
                self.odd(f"{name}.{key}", expected, raw)
            else:
                yield key, found

    def at(self, name: str) -> str:
        """Where a field stands."""
        return f"{self.path}.{name}".strip(".")

    def _each(self, name: str, reader: Callable[[Any], T | None], expected: str) -> Iterator[T]:
        for place, raw in enumerate(self.plain(name)):
            found = reader(raw)
            if found is None:
                self.odd(f"{name}[{place}]", expected, raw)
            else:
                yield found

    def _below(self, raw: object, name: str) -> Self:
        return type(self)(raw, self.at(name))


def _flag(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool) or value in (0, 1) else None


def _list(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None
