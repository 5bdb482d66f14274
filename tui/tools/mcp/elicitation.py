"""What a server asks the person while it works: a form, or an address to visit.

A front end that can ask is a ``Person``; without one, servers are told that nobody can be asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field

from tui.checked import Fields, number, whole
from tui.text import clean, one_line

T = TypeVar("T", str, int | float)
Value = str | int | float | bool | list[str]
_MOST_FIELDS = 50
_MOST_OPTIONS = 200
_LONGEST_MESSAGE = 2_000
_LONGEST_TEXT = 10_000


class Kind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    ONE = "one of"
    SEVERAL = "several of"


class Option(Struct, frozen=True):
    """What can be chosen."""

    value: str
    title: str


class Entry(Struct, frozen=True):
    """A field of a form. All its texts are safe to show."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    description: str = ""
    required: bool = False
    default: Value | None = None
    options: tuple[Option, ...] = ()
    least: float | None = None
    """The smallest number, or the fewest characters."""
    most: float | None = None

    def read(self, value: Value | None) -> Value | None:
        """What the person gave, as the server wants it; None where nothing was given.

        Raises:
            ValueError: It is not what is asked for; says what is.
        """
        if value is None or value == "" or value == []:
            if self.required:
                raise ValueError(f"{self.title} is needed")
            return None
        match self.kind:
            case Kind.TEXT:
                return self._within(str(value), len(str(value)), " characters")
            case Kind.NUMBER | Kind.WHOLE:
                return self._number(value)
            case Kind.YES_NO:
                return value if isinstance(value, bool) else str(value).lower() in ("yes", "y", "true", "1")
            case Kind.ONE:
                return self._option(str(value))
            case Kind.SEVERAL:
                return [self._option(str(each)) for each in (value if isinstance(value, list) else [value])]

    def _number(self, value: Value) -> int | float:
        try:
            found: int | float = int(str(value)) if self.kind is Kind.WHOLE else float(str(value))
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise ValueError(f"{self.title} must be a {self.kind}")
        return self._within(found, found, "")

    def _within(self, value: T, size: float, unit: str) -> T:
        if self.least is not None and size < self.least:
            raise ValueError(f"{self.title} must be at least {self.least:g}{unit}")
        if self.most is not None and size > self.most:
            raise ValueError(f"{self.title} must be at most {self.most:g}{unit}")
        return value

    def _option(self, value: str) -> str:
        for option in self.options:
            if value in (option.value, option.title):
                return option.value
        raise ValueError(f"{self.title} must be one of {', '.join(o.title for o in self.options)}")


class Form(Struct, frozen=True):
    """What a server wants to know. Never a password: its author is no one that the person has to trust."""

    server: str
    message: str
    entries: tuple[Entry, ...]
    conversations: frozenset[int] = frozenset()
    """Where it may belong: where calls wait for the server; none where nobody knows."""

    @property
    def heading(self) -> str:
        """Who asks."""
        return f"{one_line(self.server, 60)} asks"

    @property
    def warning(self) -> str:
        """What the person should know of who gets the answer."""
        return "Never write a password here: the server gets what you send."


class OwnForm(Form, frozen=True):
    """A form of the person's own: nobody else gets the answer."""

    @property
    def heading(self) -> str:
        """What is filled in."""
        return self.server

    @property
    def warning(self) -> str:
        """Nothing."""
        return ""


class Visit(Struct, frozen=True):
    """An address that a server wants the person to open. Nobody but the person opens it."""

    server: str
    message: str
    url: str
    conversations: frozenset[int] = frozenset()
    """Where it may belong, as of a form."""


class Action(StrEnum):
    """What the person did."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"


class Answer(Struct, frozen=True):
    """What the person said."""

    action: Action
    values: Mapping[str, Value] = field(default_factory=dict)


class Person(Protocol):
    """A front end that asks. A question that nobody waits for any more is cancelled."""

    async def fill(self, form: Form) -> Answer:
        """Let the person fill in a form; the values are what ``Entry.read`` gave."""
        ...

    async def visit(self, visit: Visit) -> Answer:
        """Show an address; accepted is what was opened."""
        ...


def form_of(server: str, message: str, schema: object) -> Form:
    """The form that a server asks for; what can't be asked is left out."""
    fields = Fields(schema)
    required = set(fields.texts("required"))
    properties = list(fields.mapping("properties").items())[:_MOST_FIELDS]
    entries = [
        _entry(name, Fields(raw), name in required) for name, raw in properties if isinstance(raw, dict)
    ]
    return Form(server, clean(message)[:_LONGEST_MESSAGE], tuple(entries))


def _entry(name: str, fields: Fields, required: bool) -> Entry:
    kind, options = _kind(fields)
    least, most = ("minLength", "maxLength") if kind is Kind.TEXT else ("minimum", "maximum")
    default = fields.raw("default")
    return Entry(
        name=name,
        title=one_line(fields.text("title") or name, 80),
        kind=kind,
        description=one_line(fields.text("description"), 300),
        required=required,
        default=default if isinstance(default, str | int | float | bool) else None,
        options=options,
        least=fields.read(least, number, "a number"),
        most=min(fields.read(most, number, "a number") or _LONGEST_TEXT, _LONGEST_TEXT)
        if kind is Kind.TEXT
        else fields.read(most, number, "a number"),
    )


def _kind(fields: Fields) -> tuple[Kind, tuple[Option, ...]]:
    if fields.text("type") == "array":
        return Kind.SEVERAL, _options(fields.inner("items"))
    if options := _options(fields):
        return Kind.ONE, options
    kinds = {"number": Kind.NUMBER, "integer": Kind.WHOLE, "boolean": Kind.YES_NO}
    return kinds.get(fields.text("type"), Kind.TEXT), ()


def _options(fields: Fields) -> tuple[Option, ...]:
    listed = [*fields.items("oneOf"), *fields.items("anyOf")]
    found = [(each.text("const"), each.text("title")) for each in listed if "const" in each]
    if not found:
        titles = list(fields.texts("enumNames"))
        values = list(fields.texts("enum"))
        found = list(zip(values, titles if len(titles) == len(values) else values, strict=True))
    return tuple(Option(value, one_line(title or value, 80)) for value, title in found[:_MOST_OPTIONS])


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values as JSON has them, whole numbers as such."""
    return {
        name: int(value) if isinstance(value, float) and whole(value) is not None else value
        for name, value in values.items()
    }
