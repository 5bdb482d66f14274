"""Prompts kept as files: ``prompts/NAME.md`` beside the config is sent by ``/NAME WORDS``.

So are Agent Skills, ``skills/NAME/SKILL.md``: those beside the config, and those of ``~/.agents``.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from tui.engine.front_matter import LARGEST, Kept, Names, Value, entries_of, kept_in
from tui.engine.personas import NAME
from tui.errors import ConfigError, UsageError
from tui.nearest import did_you_mean
from tui.parameters import Value as Parameter
from tui.text import one_line

if TYPE_CHECKING:
    from tui.tools.mcp.elicitation import Form

__all__ = ["LARGEST", "SavedPrompt", "SavedPrompts", "TypedPrompt", "Variable"]

INPUT = "input"
"""The variable that stands for the words that follow the name; without it they are added at the end."""
_NEEDED = frozenset({"persona", "parameters", "variables"})
_NAMES = Names(_NEEDED | {"model"}, _NEEDED)
_OF_A_VARIABLE = ("name", "description", "default", "choices")
_TYPED = re.compile(r"/([a-z][a-z0-9-]*)(?:\s+(.*))?", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][\w-]{0,39}")
_GIVEN = re.compile(r"\s*([A-Za-z_][\w-]*)=(?:\"([^\"]*)\"|'([^']*)'|(\S*))(?=\s|$)")


class Variable(Struct, frozen=True):
    """A place in a prompt that is filled before it is sent."""

    name: str
    description: str = ""
    default: str | None = None
    """What stands there where nobody says anything else; None where it has to be said."""
    choices: tuple[str, ...] = ()
    """What it can be; anything where there are none."""

    def read(self, given: str) -> str:
        """What a person gives: anything, or a choice by its beginning.

        Raises:
            UsageError: It can't be that.
        """
        if not self.choices or given in self.choices:
            return given
        folded = given.casefold()
        for alike in (str.__eq__, str.startswith):
            found = [choice for choice in self.choices if folded and alike(choice.casefold(), folded)]
            if len(found) == 1:
                return found[0]
        raise UsageError(f"{self.name} can't be {one_line(given, 60)}", f"It is {_or(self.choices)}.")


class SavedPrompt(Struct, frozen=True):
    """One file."""

    name: str
    text: str
    about: str = ""
    """What it is for, in a line."""
    model: str = ""
    """Who answers from then on, as the person names models; nothing where it may be anyone."""
    persona: str = ""
    """Who they are from then on; nothing where that stays as it is."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """Parameters of the conversation from then on."""
    variables: tuple[Variable, ...] = ()

    @property
    def needs_words(self) -> bool:
        """Whether it makes no sense without something that is typed after its name."""
        return any(variable.default is None for variable in self.asked)

    @property
    def asked(self) -> tuple[Variable, ...]:
        """Its variables, and what stands for the words if it has a place for them."""
        declared = any(variable.name == INPUT for variable in self.variables)
        if declared or f"{{{INPUT}}}" not in self.text:
            return self.variables
        return *self.variables, Variable(INPUT)

    @property
    def usage(self) -> str:
        """What may follow its name: ``language=… [WORDS]``."""
        given = [f"{one.name}=…" for one in self.variables if one.default is None and one.name != INPUT]
        words = any(one.name == INPUT and one.default is None for one in self.asked)
        return " ".join([*given, "WORDS" if words else "[WORDS]"])

    @property
    def settles(self) -> bool:
        """Whether it says how it is answered."""
        return bool(self.model or self.persona or self.parameters)


class TypedPrompt(Struct, frozen=True):
    """A prompt with what is said for its variables so far."""

    prompt: SavedPrompt
    values: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    """The words that follow; where the prompt has a place for them, they are among the values."""

    @property
    def missing(self) -> tuple[Variable, ...]:
        """The variables that have to be said yet."""
        return tuple(
            one for one in self.prompt.asked if one.default is None and not self.values.get(one.name)
        )

    @property
    def wants_form(self) -> bool:
        """Whether the person should be asked: something is missing, or nothing was said of what can be."""
        open_ended = self.prompt.variables and not self.values and not self.words
        return bool(self.prompt.variables) and bool(self.missing or open_ended)

    def text(self) -> str:
        """The prompt as it is sent: only its own variables are replaced, other braces stay.

        Raises:
            UsageError: Something has to be said yet.
        """
        if self.missing:
            raise _needs(self.prompt, self.missing)
        names = [one.name for one in self.prompt.asked]
        said = {one.name: one.default or "" for one in self.prompt.asked} | dict(self.values)
        text = self.prompt.text
        if names:
            places = re.compile(rf"\{{({'|'.join(map(re.escape, names))})\}}")
            text = places.sub(lambda place: said[place[1]], text)
        return "\n\n".join(filter(None, (text, self.words)))

    def form(self) -> Form:
        """What asks the person for its variables, with what is said already."""
        from tui.tools.mcp.elicitation import Entry, Kind, Option, OwnForm

        entries = tuple(
            Entry(
                name=one.name,
                title=one_line(one.name, 80),
                kind=Kind.ONE if one.choices else Kind.TEXT,
                description=one_line(one.description, 300),
                required=one.default is None,
                default=self.values.get(one.name) or one.default or None,
                options=tuple(Option(choice, one_line(choice, 80)) for choice in one.choices),
            )
            for one in self.prompt.asked
        )
        return OwnForm(f"/{self.prompt.name}", self.prompt.about, entries)

    def filled(self, values: Mapping[str, object]) -> TypedPrompt:
        """The same with what a form gave."""
        return replace(self, values={name: str(value) for name, value in values.items()})


class SavedPrompts:
    """The prompts of some folders. Each look reads what has changed: an edited file counts at once."""

    def __init__(self, folder: Path, skills: Mapping[str, Path] | None = None) -> None:
        """Read nothing yet; no folder need exist.

        Args:
            folder: Has a file for each prompt.
            skills: Have a folder for each skill; by how they are named to the person.
        """
        self._folder = folder
        self._skills = skills or {}

    def all(self) -> list[SavedPrompt]:
        """Those that can be used, by name."""
        return sorted(self._named().values(), key=lambda prompt: prompt.name)

    def problems(self, commands: Container[str] = ()) -> Sequence[ConfigError]:
        """What is wrong with the others, and what may be a mistake in these.

        Args:
            commands: Names that mean something else already.
        """
        hidden = []
        for where, found in self._read():
            if isinstance(found, SavedPrompt) and found.name in commands:
                rename = "file" if where.endswith(f"{found.name}.md") else "folder"
                words = f"{where}: /{found.name} is a command already"
                hidden.append(ConfigError(words, f"Rename the {rename}."))
        return [found for _, found in self._read() if isinstance(found, ConfigError)] + hidden

    def find(self, name: str) -> SavedPrompt | None:
        """The prompt with this name."""
        return self._named().get(name)

    def typed(self, text: str) -> TypedPrompt | None:
        """The saved prompt that ``text`` names, with what follows the name; None where it names none.

        Raises:
            UsageError: A variable can't be what is said.
            ConfigError: Its file can't be used.
        """
        match = _TYPED.fullmatch(text.rstrip())
        if match is None:
            return None
        if (prompt := self.find(match[1])) is not None:
            return _with(prompt, match[2] or "")
        for wrong in self.wrong_in(match[1]):
            raise wrong
        return None

    def wrong_in(self, name: str) -> Sequence[ConfigError]:
        """What is wrong, or may be a mistake, in the files of a name."""
        files = (f"prompts/{name}.md", f"/{name}/SKILL.md")
        return [
            found for where, found in self._read() if isinstance(found, ConfigError) and where.endswith(files)
        ]

    def expand(self, text: str) -> str:
        """``text``, or the saved prompt that it names, with what follows the name.

        Raises:
            UsageError: The prompt needs more than that, or something else.
        """
        typed = self.typed(text)
        return text if typed is None else typed.text()

    def _named(self) -> dict[str, SavedPrompt]:
        """By name; of two, the one that comes first: the person's own before those that programs share."""
        found: dict[str, SavedPrompt] = {}
        for _, prompt in self._read():
            if isinstance(prompt, SavedPrompt):
                found.setdefault(prompt.name, prompt)
        return found

    def _read(self) -> Iterator[tuple[str, SavedPrompt | ConfigError]]:
        try:
            for path in entries_of(self._folder):
                if path.suffix == ".md":
                    yield from _prompts_in(path, path.stem, f"prompts/{one_line(path.name)}")
        except ConfigError as error:
            yield "", error
        for name, folder in self._skills.items():
            try:
                paths = [path for each in entries_of(folder) if (path := each / "SKILL.md").is_file()]
            except (ConfigError, OSError) as error:
                yield "", ConfigError(one_line(str(error), 400))
                continue
            for path in paths:
                yield from _prompts_in(
                    path, path.parent.name, f"{name}/{one_line(path.parent.name)}/SKILL.md"
                )


def _prompts_in(path: Path, name: str, where: str) -> Iterator[tuple[str, SavedPrompt | ConfigError]]:
    if not NAME.fullmatch(name):
        words = f"{where}: the name of a prompt is small letters, digits and hyphens"
        yield where, ConfigError(words)
        return
    try:
        kept = kept_in(path, where, _NAMES)
        yield where, _prompt(kept, name)
        for doubt in kept.matter.doubts:
            yield where, doubt
    except ConfigError as error:
        yield where, error


def _prompt(kept: Kept, name: str) -> SavedPrompt:
    if not kept.text:
        raise ConfigError(f"{kept.where}: is empty")
    matter = kept.matter
    return SavedPrompt(
        name,
        kept.text,
        kept.about,
        matter.text("model"),
        matter.text("persona"),
        matter.parameters(),
        _variables(matter.fields.get("variables")),
    )


# -- variables
def _variables(declared: Value | None) -> tuple[Variable, ...]:
    """Names with what is said of each; as a table, or as a list of names or tables."""
    if declared is None or declared.is_nothing:
        return ()
    found: dict[str, Variable] = {}
    for name, at, value in _declared(declared):
        if not _VARIABLE.fullmatch(name):
            raise at.wrong(f"{one_line(name, 40)} is no name", "It is letters, digits and underscores.")
        if name in found:
            raise at.wrong(f"{name} stands here twice")
        found[name] = _variable(name, value)
    return tuple(found.values())


def _declared(declared: Value) -> Iterator[tuple[str, Value, Value | None]]:
    if declared.is_table:
        for name, value in declared.entries().items():
            yield name, value.name, value
        return
    if not declared.is_list:
        raise declared.wrong("must be a table, a line each: NAME: DEFAULT")
    for each in declared.items():
        if each.is_table:
            named = each.entries().get("name")
            if named is None:
                raise each.wrong("has no name")
            yield named.text(), named, each
        else:
            yield each.text(), each, None


def _variable(name: str, value: Value | None) -> Variable:
    """A variable; a text alone is its default, a list its choices."""
    if value is None or value.is_nothing:
        return Variable(name)
    if value.is_list:
        return Variable(name, choices=_choices(value))
    if not value.is_table:
        return Variable(name, default=value.text())
    said = value.entries()
    for other, at in said.items():
        if other not in _OF_A_VARIABLE:
            there = f"A variable has {', '.join(_OF_A_VARIABLE[1:])}."
            raise at.name.wrong(
                f"{one_line(other, 40)} means nothing here", did_you_mean(other, _OF_A_VARIABLE, there)
            )
    description = said["description"].text() if "description" in said else ""
    choices = _choices(said["choices"]) if "choices" in said else ()
    default = None if "default" not in said or said["default"].is_nothing else said["default"].text()
    if default is not None and choices and default not in choices:
        raise said["default"].wrong(f"{one_line(default, 40)} is none of the choices")
    return Variable(name, description, default, choices)


def _choices(value: Value) -> tuple[str, ...]:
    choices = tuple(dict.fromkeys(each.text() for each in value.items()))
    if not all(choices):
        raise value.wrong("a choice must be a text")
    return choices


# -- what is typed
def with_values(prompt: str, values: Sequence[str]) -> str:
    """A prompt of a command line with ``NAME=value`` and words behind it, as it is typed in one line.

    Raises:
        UsageError: It can't be typed so.
    """
    if not values:
        return prompt
    if not re.match(r"/[\w.:-]+(\s|$)", prompt):
        raise several_prompts(values)
    given = list(takewhile(re.compile(r"[A-Za-z_][\w-]*=").match, values))
    return " ".join([prompt, *map(_quoted, given), *values[len(given) :]])


def several_prompts(values: Sequence[str]) -> UsageError:
    """Words behind a prompt that has no place for them."""
    words = f"There is more than one prompt: {one_line(values[0], 60)}"
    return UsageError(words, "One of several words stands in quotes; NAME=VALUE follows /NAME of a file.")


def _quoted(value: str) -> str:
    name, _, said = value.partition("=")
    if not re.search(r"[\s\"']", said):
        return value
    mark = "'" if '"' in said else '"'
    if mark in said:
        raise UsageError(f"{name} has both kinds of quotation marks")
    return f"{name}={mark}{said}{mark}"


def _with(prompt: SavedPrompt, typed: str) -> TypedPrompt:
    """What stands after a name: ``NAME=value`` for variables, and words."""
    known = {one.name: one for one in prompt.variables}
    values: dict[str, str] = {}
    place = 0
    while (given := _GIVEN.match(typed, place)) and given[1] in known:
        value = next((group for group in given.groups()[1:] if group is not None), "")
        values[given[1]] = known[given[1]].read(value)
        place = given.end()
    words = typed[place:].strip()
    if words and any(one.name == INPUT for one in prompt.asked) and not values.get(INPUT):
        return TypedPrompt(prompt, values | {INPUT: words})
    return TypedPrompt(prompt, values, words)


def _needs(prompt: SavedPrompt, missing: Sequence[Variable]) -> UsageError:
    names = [one.name for one in missing]
    usage = f"As in /{prompt.name} {prompt.usage}."
    if names == [INPUT]:
        return UsageError(f"/{prompt.name} needs words to work on", usage)
    choices = [f"{one.name} is {_or(one.choices)}" for one in missing if one.choices]
    return UsageError(
        f"/{prompt.name} needs {', '.join(names)}", ". ".join([usage.rstrip("."), *choices]) + "."
    )


def _or(choices: Sequence[str]) -> str:
    return " or ".join(one_line(choice, 40) for choice in choices)
