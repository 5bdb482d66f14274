"""From a function's hints and docstring to a schema, and from the JSON of a call to its arguments."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from tui.checked import number

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}
_KNOWN = "str, int, float, bool, list, dict, Literal, an Enum, a dataclass, Optional and Annotated of these"
_ARGUMENTS = re.compile(r"^(Args|Arguments|Parameters):\s*$")
_SECTION = re.compile(r"^(Args|Arguments|Parameters|Returns|Yields|Raises|Examples?|Notes?):\s*$")
_ARGUMENT = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_PARAM = re.compile(r"^\s*:param\s+(?:[\w\[\], .|]+\s)?(\w+):\s*(.*)$")
_FIELD = re.compile(r"^\s*:(return|returns|rtype|raises?|type)\b")
_DEEPEST = 8


class SignatureError(TypeError):
    """A function that can't be a tool as it is; says why, and in which line."""

    def __init__(self, reason: str, line: int) -> None:
        self.line = line
        super().__init__(reason)


class Hint(NamedTuple):
    """What a hint says: the schema of a value, and what JSON becomes."""

    schema: dict[str, Any]
    read: Callable[[Any], Any]


class Signature(Struct, frozen=True):
    """What a function takes."""

    description: str
    schema: dict[str, Any]
    readers: Mapping[str, Callable[[Any], Any]]

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call, from its JSON.

        Raises:
            ValueError: One does not fit.
        """
        return {name: self.readers[name](value) for name, value in given.items() if name in self.readers}


def signature_of(function: Callable[..., Any]) -> Signature:
    """What ``function`` takes.

    Raises:
        SignatureError: It takes something that JSON can't give.
    """
    description, words = _docstring(inspect.getdoc(function) or "")
    properties: dict[str, Any] = {}
    required: list[str] = []
    readers: dict[str, Callable[[Any], Any]] = {}
    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:  # whatever stands in a hint
        raise SignatureError(f"its hints can't be read: {error}", _line(function)) from None
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise SignatureError(f"{name} can't be given by its name", _line(function, name))
        if name not in hints:
            raise SignatureError(f"{name} has no hint of its type", _line(function, name))
        try:
            schema, readers[name] = _hint(hints[name])
        except TypeError as error:
            raise SignatureError(f"{name}: {error}", _line(function, name)) from None
        if words.get(name):
            schema = {"description": words[name], **schema}
        if parameter.default is parameter.empty:
            required.append(name)
        elif _is_json(parameter.default):
            schema = {**schema, "default": parameter.default}
        properties[name] = schema
    whole = {"type": "object", "properties": properties, "additionalProperties": False}
    return Signature(description, {**whole, "required": required} if required else whole, readers)


def _hint(hint: Any, depth: int = 0) -> Hint:
    """What a hint says.

    Raises:
        TypeError: JSON has nothing like it.
    """
    if depth > _DEEPEST:
        raise TypeError("it holds itself, or goes too deep")
    if hint is Any or hint is inspect.Parameter.empty:
        return Hint({}, _as_it_is)
    if hint in _PLAIN:
        return Hint({"type": _PLAIN[hint]}, _plain(hint))
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        said = next((word for word in inner[1:] if isinstance(word, str)), "")
        schema, read = _hint(inner[0], depth + 1)
        return Hint({**schema, "description": said} if said else schema, read)
    if origin is Literal:
        return Hint({"enum": list(inner)}, _one_of(inner))
    if origin in (Union, types.UnionType):
        return _union([_hint(one, depth + 1) for one in inner])
    if hint is list or origin is list:
        return _list(_hint(inner[0], depth + 1) if inner else Hint({}, _as_it_is))
    if (hint is dict or origin is dict) and (not inner or inner[0] is str):
        return _dict(_hint(inner[1], depth + 1) if inner else Hint({}, _as_it_is))
    if isinstance(hint, type) and issubclass(hint, Enum):
        values = [member.value for member in hint]
        if not all(isinstance(value, str | int | float) for value in values):
            raise TypeError("the values of an Enum must be texts or numbers")
        return Hint({"enum": values}, hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, depth)
    raise TypeError(f"{getattr(hint, '__name__', hint)} is none of: {_KNOWN}")


def _as_it_is(value: Any) -> Any:
    return value


def _plain(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        found = number(value) if kind in (int, float) else value
        if kind is float and isinstance(found, int):
            return float(found)
        if kind is int and isinstance(found, float) and found.is_integer():
            return int(found)
        if type(found) is not kind:
            raise ValueError(f"{value!r} is no {kind.__name__}")
        return found

    return read


def _one_of(values: tuple[Any, ...]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value not in values:
            raise ValueError(f"{value!r} is none of {', '.join(map(repr, values))}")
        return value

    return read


def _union(hints: list[Hint]) -> Hint:
    def read(value: Any) -> Any:
        for hint in hints:
            try:
                return hint.read(value)
            except (TypeError, ValueError):
                continue
        raise ValueError(f"{value!r} is nothing that is taken here")

    schemas = [hint.schema for hint in hints]
    if all(set(schema) == {"type"} for schema in schemas):
        return Hint({"type": [schema["type"] for schema in schemas]}, read)
    return Hint({"anyOf": schemas}, read)


def _list(inner: Hint) -> Hint:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is no list")
        return [inner.read(one) for one in value]

    return Hint({"type": "array", "items": inner.schema}, read)


def _dict(inner: Hint) -> Hint:
    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError(f"{value!r} is no object")
        return {name: inner.read(one) for name, one in value.items()}

    return Hint({"type": "object", "additionalProperties": inner.schema}, read)


def _dataclass(kind: type, depth: int) -> Hint:
    hints = get_type_hints(kind, include_extras=True)
    inner = {field.name: _hint(hints[field.name], depth + 1) for field in fields(kind) if field.init}
    required = [
        field.name
        for field in fields(kind)
        if field.init and field.default is MISSING and field.default_factory is MISSING
    ]

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError(f"{value!r} is no object")
        return kind(**{name: inner[name].read(one) for name, one in value.items() if name in inner})

    schema = {
        "type": "object",
        "properties": {name: hint.schema for name, hint in inner.items()},
        "additionalProperties": False,
    }
    return Hint({**schema, "required": required} if required else schema, read)


def _is_json(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) for name in value) and all(map(_is_json, value.values()))
    return value is None or isinstance(value, str | bool) or number(value) is not None


def _docstring(text: str) -> tuple[str, dict[str, str]]:
    """What a docstring says of the function, and of its arguments: in Google's style or Sphinx's."""
    about: list[str] = []
    words: dict[str, str] = {}
    section, last = "", ""
    for line in text.splitlines():
        if _SECTION.match(line):
            section, last = ("arguments" if _ARGUMENTS.match(line) else "other"), ""
        elif found := _PARAM.match(line):
            last, words[found[1]] = found[1], found[2].strip()
            section = "param"
        elif section in ("", "param") and _FIELD.match(line):
            section = "other"
        elif section == "arguments":
            last = _argument(line, last, words)
        elif section == "param" and last and line.strip():
            words[last] = f"{words[last]} {line.strip()}"
        elif not section:
            about.append(line)
    return "\n".join(about).strip(), words


def _argument(line: str, last: str, words: dict[str, str]) -> str:
    """Take a line of the section of arguments. Returns the argument that it speaks of."""
    depth = len(line) - len(line.lstrip())
    found = _ARGUMENT.match(line.strip())
    if found and depth <= 4:
        words[found[1]] = found[2].strip()
        return found[1]
    if last and line.strip():
        words[last] = f"{words[last]} {line.strip()}".strip()
    return last


def _line(function: Callable[..., Any], parameter: str = "") -> int:
    """The line of a function, or of one of its parameters."""
    first = int(function.__code__.co_firstlineno) if inspect.isfunction(function) else 1
    try:
        lines, start = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        return first
    return next((start + node.lineno - 1 for node in _parameters(tree) if node.arg == parameter), first)


def _parameters(tree: ast.Module) -> Iterator[ast.arg]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node
