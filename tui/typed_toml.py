"""TOML into frozen structs; every problem is kept with its place in the file, none is raised."""

from __future__ import annotations

import math
import re
import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from tui.errors import ConfigError
from tui.nearest import nearest
from tui.secret import Secret

T = TypeVar("T", bound=Struct)
At = tuple[str, ...]


class Internal:
    """Of a field that no file sets."""


class Gone(Enum):
    """In the place of a value: the setting is taken out, so its default counts again."""

    GONE = "gone"


GONE = Gone.GONE
Changes = Mapping[At, Any]
"""What is to be set, by where it stands."""

_HEADER = re.compile(r"\s*+\[\[?\s*+([^\]]++)\]")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_SYNTAX = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$")
_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table"}


class _Wrong(ValueError):
    """A value that does not fit its field; the text says what was expected."""


def near(name: str, known: Iterable[str]) -> str:
    """``did you mean …?`` with the nearest known name, or a list of all when none is near."""
    names = sorted(known)
    close = nearest(name, names)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(names)}"


class Document:
    """One TOML file: its values, where each is, and what is wrong with them."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.problems: list[ConfigError] = []
        self.values: dict[str, Any] = {}
        self.broken = False
        """Whether it is no TOML at all."""
        self.places = _places(source)
        try:
            self.values = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            self._syntax(str(error), source)
        except RecursionError:
            self._syntax("lists or tables stand in each other too deep", source)

    def problem(self, at: At, text: str, hint: str = "") -> ConfigError:
        """A problem with the key ``at``, with its place; it is kept in :attr:`problems`."""
        place = self.places.get(at) or self.places.get(at[:-1]) or (1, 1)
        error = self._add(place, f"{'.'.join(at)}: {text}", hint)
        error.at = at
        return error

    def read(self, kind: type[T], table: Mapping[str, Any], at: At = ()) -> T:
        """``table`` as a ``kind``; what does not fit becomes a problem and keeps its default."""
        hints = get_type_hints(kind, include_extras=True)
        names = [name for name in kind.__struct_fields__ if Internal not in notes(hints[name])]
        good: dict[str, Any] = {}
        for key, value in table.items():
            if key not in names:
                self.problem((*at, key), f"no such setting; {near(key, names)}")
                continue
            try:
                good[key] = self._convert(hints[key], value, (*at, key))
            except _Wrong as wrong:
                self.problem((*at, key), str(wrong))
        return kind(**good)

    def _convert(self, hint: Any, value: Any, at: At) -> Any:
        origin = get_origin(hint)
        if origin is Annotated:
            return self._convert(get_args(hint)[0], value, at)
        if hint is Any:
            _expect(_is_json(value), "a text, a number, true, false, a list or a table", value)
            return value
        if origin in (Union, types.UnionType):
            return self._one_of([each for each in get_args(hint) if each is not types.NoneType], value, at)
        if origin is Literal:
            if value not in get_args(hint):
                raise _Wrong(f"{value!r} is not possible; {near(str(value), get_args(hint))}")
            return value
        if origin is tuple:
            _expect(isinstance(value, list), "a list", value)
            return tuple(self._convert(get_args(hint)[0], item, at) for item in value)
        if origin is Mapping:
            _expect(isinstance(value, dict), "a table", value)
            return self._mapping(get_args(hint)[1], value, at)
        if issubclass(hint, Struct):
            _expect(isinstance(value, dict), "a table", value)
            return self.read(hint, value, at)
        if hint is Secret:
            return Secret(self._convert(str, value, at))
        if hint is float and type(value) is int:
            return float(value)
        _expect(type(value) is hint, _NAMES[hint], value)
        return value

    def _one_of(self, hints: Sequence[Any], value: Any, at: At) -> Any:
        """``value`` as the first of several types that it fits."""
        said = []
        for hint in hints:
            try:
                return self._convert(hint, value, at)
            except _Wrong as wrong:
                said.append(wrong)
        if len(said) == 1:
            raise said[0]
        raise _Wrong(f"must be {' or '.join(map(_named, hints))}, not {_got(value)}")

    def _mapping(self, hint: Any, table: dict[str, Any], at: At) -> dict[str, Any]:
        good = {}
        for key, value in table.items():
            try:
                good[key] = self._convert(hint, value, (*at, key))
            except _Wrong as wrong:
                self.problem((*at, key), str(wrong))
        return good

    def _syntax(self, text: str, source: str) -> None:
        self.broken = True
        lines = source.split("\n")
        place = (len(lines), len(lines[-1]) + 1)
        if match := _SYNTAX.match(text):
            text = match[1]
            place = (int(match[2]), int(match[3])) if match[2] else place
        self._add(place, f"not valid TOML: {text}", "Nothing of this file is used until it is mended.")

    def _add(self, place: tuple[int, int], text: str, hint: str) -> ConfigError:
        error = ConfigError(f"{self.path}:{place[0]}:{place[1]}: {text}", hint)
        self.problems.append(error)
        return error


def notes(hint: Any) -> tuple[Any, ...]:
    """What ``Annotated`` says of a field besides its type."""
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _expect(fits: bool, name: str, value: Any) -> None:
    if not fits:
        raise _Wrong(f"must be {name}, not {_got(value)}")


def _named(hint: Any) -> str:
    """A type in words: one of several texts by these."""
    if get_origin(hint) is Literal:
        return " or ".join(f'"{each}"' for each in get_args(hint))
    return _NAMES[hint]


def _got(value: Any) -> str:
    return _NAMES.get(type(value), "a list" if isinstance(value, list) else type(value).__name__)


def _is_json(value: Any) -> bool:
    """Whether JSON has such a value: it has no dates, and no numbers without end."""
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _places(source: str) -> dict[At, tuple[int, int]]:
    """Line and column of every key, by a plain scan: tomllib keeps none."""
    places: dict[At, tuple[int, int]] = {}
    table: At = ()
    inside = ""  # the quotes of a text over several lines that we are in
    for number, line in enumerate(source.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if match := _HEADER.match(line):
            table = _split(match[1])
            places.setdefault(table, (number, match.start(1) + 1))
        elif match := _KEY.match(line):
            places.setdefault((*table, *_split(match[1])), (number, match.start(1) + 1))
            rest = line[match.end() :]
            inside = next((q for q in ('"""', "'''") if rest.count(q) == 1), "")
    return places


def headers(source: str) -> Iterator[int]:
    """Where lines begin that look like the header of a table."""
    place = 0
    for line in source.splitlines(keepends=True):
        if _HEADER.match(line):
            yield place
        place += len(line)


def keys_in(table: Mapping[str, Any]) -> At:
    """The names that a table has in itself, where each has but one: those of its header."""
    names = []
    inner: Any = table
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        names.append(name)
    return tuple(names)


def _split(dotted: str) -> At:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
