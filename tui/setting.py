"""What can be set: a row for each setting, made from the types and docstrings of ``config``.

The screen of settings, ``segue config`` and the README's table are made of these rows.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import os
import re
import textwrap
import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from tui.config import Config, Elsewhere, Lines, has_password, names_server
from tui.errors import UsageError
from tui.parameters import PARAMETERS
from tui.secret import Secret, without_password
from tui.text import one_line
from tui.typed_toml import At, Internal, keys_in, notes

MASK = "•••"
"""Stands in what is shown for what is secret."""
_TITLE = re.compile(r"^``\[[^`]*``:? *")
_CODE = re.compile(r"``(.+?)``")
_ON, _OFF = ("true", "on", "yes", "1"), ("false", "off", "no", "0")
_GENERAL = "General"
_TABLES: Mapping[str, str] = {"parameters": "Parameters of every request", "providers": "Provider"}
_NOWHERE = Elsewhere()
_NONE: Mapping[str, Any] = types.MappingProxyType({})
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Kind(StrEnum):
    """What a setting is; the value says it to the person."""

    SWITCH = "true or false"
    CHOICE = "one of some words"
    WHOLE = "a whole number"
    NUMBER = "a number"
    TEXT = "a text"
    LINES = "a text of lines"
    LIST = "a list"
    TABLE = "names with values"
    SECRET = "a secret"
    KEYS = "keys"


class Setting(Struct, frozen=True):
    """Something that can be set."""

    at: At
    """Where it stands in the file, a step each."""
    kind: Kind
    words: str
    """What it does."""
    default: Any = None
    choices: tuple[str, ...] = ()
    """Words that it can be; of another kind than a choice it can be these too."""
    group: str = _GENERAL
    elsewhere: Elsewhere = _NOWHERE

    @property
    def name(self) -> str:
        """``providers.lab.url``: as it is named everywhere."""
        return dotted(self.at)

    @property
    def type(self) -> str:
        """What it can be, for the person."""
        if self.choices and self.kind is not Kind.CHOICE:
            return f"{', '.join(self.choices)} or {self.kind.value}"
        return f"one of {', '.join(self.choices)}" if self.choices else self.kind.value


class InForce(NamedTuple):
    """The value that counts now, and where it comes from."""

    value: Any
    """As it may be shown: what is secret is masked. None where there is none."""
    source: Literal["default", "file", "environment", "command line"] = "default"
    name: str = ""
    """The variable or option."""

    @property
    def said(self) -> str:
        """Where it comes from, as it is shown."""
        return self.name or self.source


def dotted(at: Iterable[str]) -> str:
    """A place as it is written in TOML."""
    return ".".join(step if _BARE.fullmatch(step) else json.dumps(step) for step in at)


def place_of(name: str) -> At:
    """The place that a name means, as in ``providers."my lab".url``.

    Raises:
        UsageError: It can't be one.
    """
    try:
        at = keys_in(tomllib.loads(f"{name} = 0"))
    except tomllib.TOMLDecodeError:
        at = ()
    if not at:
        raise UsageError(f"{one_line(name)} is no name of a setting", "segue config list has all.")
    return at


# -- which there are
def settings(config: Config, more: Iterable[At] = ()) -> list[Setting]:
    """All settings but the keys, which the app knows.

    Args:
        config: Which tables there are, as ``providers.lab``.
        more: Tables that there are not, but could be.
    """
    return list(_rows(Config, (), _GENERAL, config, tuple(more)))


def _rows(
    kind: type, at: At, group: str, values: Any, more: Sequence[At], stands: bool = True
) -> Iterator[Setting]:
    hints, words = get_type_hints(kind, include_extras=True), described(kind)
    for each in fields(kind):
        noted = notes(hints[each.name])
        if Internal in noted:
            continue
        here, hint = (*at, each.name), _without_none(hints[each.name])
        value = getattr(values, each.name, None)
        if _is_table(hint):
            yield from _rows(hint, here, _heading(hint), value, more)
        elif get_origin(hint) is Mapping and _is_table(get_args(hint)[1]):
            names = [*(value or {}), *(place[-1] for place in more if place[:-1] == here)]
            for name in dict.fromkeys(names):
                title = f"{_TABLES.get(each.name, each.name.capitalize())} {name}"
                yield from _rows(get_args(hint)[1], (*here, name), title, (value or {}).get(name), more)
        elif here == ("keys",):
            continue
        elif each.name == "parameters":
            yield from _parameters(here, words[each.name], group if at else _TABLES["parameters"])
        else:
            yield _row(each, here, hint, noted, words.get(each.name, ""), group)


def _row(each: FieldInfo, at: At, hint: Any, noted: tuple[Any, ...], words: str, group: str) -> Setting:
    default = each.default if each.default is not NODEFAULT else None
    if default is None and each.default_factory is not NODEFAULT:
        default = each.default_factory()
    choices, hint = _choices(hint)
    kind = Kind.LINES if Lines in noted else _kind(hint)
    default = list(default) if isinstance(default, tuple) else default
    elsewhere = next((note for note in noted if isinstance(note, Elsewhere)), _NOWHERE)
    return Setting(at, kind, words, default, choices, group, elsewhere)


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _choices(hint: Any) -> tuple[tuple[str, ...], Any]:
    """The words that a setting can be, and the type of what else it can be."""
    hints = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    words: list[str] = []
    others = []
    for each in hints:
        if get_origin(each) is Literal:
            words += map(str, get_args(each))
        elif each is bool and len(hints) > 1:
            words += ("true", "false")
        else:
            others.append(each)
    return tuple(words), others[0] if others else hints[0]


def _parameters(at: At, words: str, group: str) -> Iterator[Setting]:
    kinds = {float: Kind.NUMBER, int: Kind.WHOLE, str: Kind.TEXT}
    for name, kind in PARAMETERS.items():
        yield Setting((*at, name), kinds[kind], words, group=group)


def _kind(hint: Any) -> Kind:
    origin = get_origin(hint)
    if origin is Literal:
        return Kind.CHOICE
    if origin is tuple:
        return Kind.LIST
    if origin is Mapping:
        return Kind.TABLE
    kinds = {bool: Kind.SWITCH, int: Kind.WHOLE, float: Kind.NUMBER, str: Kind.TEXT, Secret: Kind.SECRET}
    return kinds.get(hint, Kind.TEXT)


def _without_none(hint: Any) -> Any:
    hint = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    some = [each for each in get_args(hint) if each is not types.NoneType]
    return some[0] if len(some) == 1 else hint


@cache
def described(kind: type) -> Mapping[str, str]:
    """What the docstring below each field of a class says, on one line."""
    try:
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, SyntaxError, ValueError):  # the program came without its source
        return {}
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for each, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[each.target.id] = one_line(_CODE.sub(r"`\1`", inspect.cleandoc(text)), 1000)
                case _:
                    pass
    return found


def _heading(kind: type) -> str:
    first = one_line(_TITLE.sub("", (kind.__doc__ or "").partition("\n")[0])).rstrip(".")
    return f"{first[:1].upper()}{first[1:]}" or kind.__name__


# -- what they are now
def in_force(setting: Setting, config: Config, given: Mapping[str, Any] = _NONE) -> InForce:
    """The value that counts now, with what is secret masked, and where it comes from.

    Args:
        setting: Which one.
        config: The settings of the file.
        given: Options of the command line with their values.
    """
    return all_in_force([setting], config, given)[0]


def all_in_force(
    settings: Iterable[Setting], config: Config, given: Mapping[str, Any] = _NONE
) -> list[InForce]:
    """The values that count now, one for each setting; see ``in_force``."""
    values = config.shown()
    return [_in_force(setting, values, config, given) for setting in settings]


def _in_force(
    setting: Setting, values: Mapping[str, Any], config: Config, given: Mapping[str, Any]
) -> InForce:
    elsewhere = setting.elsewhere
    if given.get(elsewhere.option) is not None:
        return InForce(given[elsewhere.option], "command line", elsewhere.option)
    value = _found(values, setting.at)
    written = setting.at in config.lines or value not in (None, setting.default)
    if not written or value is False:
        for name in elsewhere.variables:
            if held := os.environ.get(name, "").strip():
                found = _on(held) if setting.kind is Kind.SWITCH else without_password(held)
                if found:
                    return InForce(found, "environment", name)
    return InForce(setting.default if value is None else value, "file" if written else "default")


def _on(held: str) -> bool:
    return held.lower() not in ("", *_OFF)


def _found(values: Any, at: At) -> Any:
    for step in at:
        if not isinstance(values, Mapping) or step not in values:
            return None
        values = values[step]
    return values


# -- written by a person
def shown(value: Any) -> str:
    """A value on one line; nothing where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ", ".join(map(shown, value))
        case Mapping():
            return ", ".join(f"{name} = {shown(each)}" for name, each in value.items())
        case _:
            return one_line(str(value), 1000)


def written(setting: Setting, value: Any) -> str:
    """A value as a person writes it: an item or a name a line where there are several."""
    match value:
        case Mapping():
            return "\n".join(f"{dotted([name])} = {_toml(each)}" for name, each in value.items())
        case list() | tuple():
            return "\n".join(map(str, value))
        case str():
            return value
        case _:
            return shown(value)


def _toml(value: Any) -> str:
    import tomlkit

    return str(tomlkit.item(value).as_string())


def read(setting: Setting, text: str) -> Any:
    """The value that a person wrote.

    Raises:
        UsageError: It can't be one of this setting.
    """
    text = text if setting.kind is Kind.LINES else text.strip()
    if setting.kind is not Kind.CHOICE and text in setting.choices:
        return text in _ON if text in (_ON[0], _OFF[0]) else text
    match setting.kind:
        case Kind.SWITCH:
            return _switch(setting, text)
        case Kind.WHOLE | Kind.NUMBER:
            return _number(setting, text)
        case Kind.CHOICE if text not in setting.choices:
            raise UsageError(f"{setting.name}: {one_line(text)} is not possible", f"It is {setting.type}.")
        case Kind.LIST:
            return _items(setting, text)
        case Kind.TABLE:
            return _names(setting, text)
        case Kind.SECRET if names_server(text):
            return _without_password(setting, text)
        case Kind.SECRET if setting.name == "history":
            raise UsageError(
                "history names no server", "As in postgresql://USER@HOST/DATABASE or service=NAME."
            )
        case Kind.SECRET:
            raise UsageError(
                f"{setting.name}: a secret is not written here", "segue keys set keeps it in a private file."
            )
        case _:
            return text


def _without_password(setting: Setting, address: str) -> str:
    if has_password(address):
        raise UsageError(
            f"{setting.name}: a password is not written here",
            "It belongs into ~/.pgpass, or history_password_command prints it.",
        )
    return address


def _switch(setting: Setting, text: str) -> bool:
    if text.lower() not in (*_ON, *_OFF):
        raise UsageError(f"{setting.name} is true or false, not {one_line(text) or 'nothing'}")
    return text.lower() in _ON


def _number(setting: Setting, text: str) -> int | float:
    try:
        number = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        number = None
    whole = isinstance(number, int) and not isinstance(number, bool)
    if whole or (setting.kind is Kind.NUMBER and isinstance(number, float) and math.isfinite(number)):
        assert isinstance(number, int | float)
        return number
    raise UsageError(f"{setting.name} must be {setting.kind.value}, not {one_line(text) or 'nothing'}")


def _items(setting: Setting, text: str) -> list[Any]:
    if text.startswith("["):
        try:
            items: list[Any] = tomllib.loads(f"x = {text}")["x"]
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{setting.name}: {one_line(str(error))}", 'As in ["one", "two"].') from None
        return items
    return [line.strip() for line in text.splitlines() if line.strip()]


def _names(setting: Setting, text: str) -> dict[str, Any]:
    lines = text.strip()
    try:
        if lines.startswith("{"):
            return dict(tomllib.loads(f"x = {lines}")["x"])
        return tomllib.loads(lines)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{setting.name}: {one_line(str(error))}", 'As in name = "value".') from None
