"""What stands in front of a text that is kept as a file: YAML between two lines of hyphens, never sent.

Each value knows its line and column. A scalar is read as it is written: ``no`` and ``1.0`` are words here, so
that a default of a variable is what stands in the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, field

from tui.errors import ConfigError, UsageError
from tui.nearest import nearest
from tui.parameters import PARAMETERS
from tui.parameters import Value as Parameter
from tui.parameters import read as read_parameter
from tui.text import clean, one_line

LARGEST = 100_000
"""Bytes of the largest file that is read."""
_KEPT = 200
"""Files that are not read anew while they are as they were."""
_LONGEST_ABOUT = 60
_MISTYPED = 0.8
"""How like a name of ours one is that is told: other programs have names of their own."""
_MARKS = {"---": ("---", "..."), "+++": ("+++",)}
"""What front matter begins with, and may end with."""
_NAMED = re.compile(r"[\"']?[\w. -]{1,80}[\"']?\s*(?::(?:\s|$)|=)|\[[\w. -]{1,80}\]\s*$")
_FIELD = re.compile(rf"\s|-(?:\s|$)|[\]}}]|{_NAMED.pattern}")
_NAME = re.compile(r"(?m)^(?:([\w-]+)\s*[:=]|\[([\w-]+)[\].])")
_DESCRIPTION = re.compile(r"(?m)^description\s*[:=]\s*(\S.*)$")
_NO_TEXT = ("", "~", "null", "Null", "NULL")


# -- the values
class Value:
    """A value in front matter, with its place."""

    def __init__(self, node: Any, where: str, above: int, name: Value | None = None) -> None:
        """Look at a node.

        Args:
            node: As YAML gives it.
            where: The file.
            above: Lines of the file that stand above the front matter.
            name: The name that it stands under.
        """
        self._node = node
        self.name = name or self
        self._where = where
        self._above = above

    def wrong(self, words: str, hint: str = "") -> ConfigError:
        """What is wrong here."""
        mark = self._node.start_mark
        return _problem(self._where, self._above + mark.line + 1, mark.column + 1, words, hint)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is said."""
        return bool(self._node.id == "scalar" and not self._node.style and self._node.value in _NO_TEXT)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return bool(self._node.id == "sequence")

    @property
    def is_table(self) -> bool:
        """Whether it is a table."""
        return bool(self._node.id == "mapping")

    def text(self) -> str:
        """A text, as it is written.

        Raises:
            ConfigError: It is a list or a table.
        """
        if self._node.id != "scalar":
            raise self.wrong("must be a text")
        return "" if self.is_nothing else clean(str(self._node.value))

    def items(self) -> list[Value]:
        """What is listed.

        Raises:
            ConfigError: It is no list.
        """
        if not self.is_list:
            raise self.wrong("must be a list")
        return [Value(node, self._where, self._above) for node in self._node.value]

    def entries(self) -> dict[str, Value]:
        """What stands under each name.

        Raises:
            ConfigError: It is no table, or has a name twice.
        """
        if not self.is_table:
            raise self.wrong("must be a table, a line each: NAME: VALUE")
        found: dict[str, Value] = {}
        for key, node in self._node.value:
            name = Value(key, self._where, self._above)
            if name.text() in found:
                raise name.wrong(f"{one_line(name.text(), 40)} stands here twice")
            found[name.text()] = Value(node, self._where, self._above, name)
        return found


class Matter(Struct, frozen=True):
    """All that is said of a text; empty where nothing is."""

    fields: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""
    doubts: tuple[ConfigError, ...] = ()
    """What may be a mistake; the text can be used all the same."""

    def text(self, name: str) -> str:
        """A text; nothing where there is none.

        Raises:
            ConfigError: It is no text.
        """
        return self.fields[name].text().strip() if name in self.fields else ""

    def parameters(self) -> dict[str, Parameter]:
        """What is said of parameters.

        Raises:
            ConfigError: There is no such parameter, or it can't have this value.
        """
        found = self.fields.get("parameters")
        if found is None or found.is_nothing:
            return {}
        values: dict[str, Parameter] = {}
        for name, value in found.entries().items():
            try:
                values[name] = read_parameter(name, value.text())
            except UsageError as error:
                at = value if name in PARAMETERS else value.name
                raise at.wrong(error.message, error.hint) from None
        return values


# -- files
class Kept(Struct, frozen=True):
    """A file: what is said of its text, and the text."""

    where: str
    """As it is named to the person."""
    matter: Matter
    text: str

    @property
    def about(self) -> str:
        """What it is for, as it says, else its first line."""
        words = self.matter.description or self.text.lstrip("# \n").split("\n", 1)[0]
        return one_line(words, _LONGEST_ABOUT)


class Names(NamedTuple):
    """The names that mean something in front matter, besides the description."""

    all: frozenset[str]
    needed: frozenset[str]
    """Those without which the text is not what was meant."""


def kept_in(path: Path, where: str, names: Names) -> Kept:
    """A file; it is read anew only where it has changed.

    Args:
        path: The file.
        where: As it is named to the person.
        names: The names that mean something in its front matter.

    Raises:
        ConfigError: It can't be used; says why, with line and column.
    """
    try:
        found = path.stat()
        if not path.is_file() or found.st_size > LARGEST:
            raise ConfigError(f"{where}: is not a file of at most {LARGEST // 1000} kB")
        read = _read(os.fspath(path), where, names, found.st_mtime_ns, found.st_size)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{where}: cannot be read: {reason}") from None
    if isinstance(read, ConfigError):
        raise ConfigError(read.message, read.hint)  # anew: the one that is kept would grow with each
    return read


@lru_cache(_KEPT)
def _read(path: str, where: str, names: Names, changed: int, size: int) -> Kept | ConfigError:
    """The file as it was at that time; what is wrong with it is worth keeping too."""
    written = clean(Path(path).read_text(encoding="utf-8-sig"))
    text = written.strip()
    above = written[: len(written) - len(written.lstrip())].count("\n")
    mark, matter, body = _parted(text)
    try:
        return Kept(where, _matter(mark, matter, where, above + 1, names), body)
    except ConfigError as error:
        return error


def _parted(text: str) -> tuple[str, str, str]:
    """The line above the front matter, the front matter, and the text below it.

    A line of hyphens may also be a rule of the text's own: only fields are front matter.
    """
    lines = text.split("\n")
    mark = lines[0].rstrip()
    ends = _MARKS.get(mark)
    if ends is None:
        return "", "", text
    end = next((place for place, line in enumerate(lines[1:], 1) if line.rstrip() in ends), None)
    if end is None:
        return "", "", text
    matter = lines[1:end]
    about = [line for line in matter if line.strip() and not line.lstrip().startswith("#")]
    if not all(map(_FIELD.match, about)) or (about and not _NAMED.match(about[0])):
        return "", "", text
    return mark, "\n".join(matter), "\n".join(lines[end + 1 :]).strip()


def _matter(mark: str, matter: str, where: str, above: int, names: Names) -> Matter:
    """What front matter says.

    Where it is no YAML and has nothing that the text needs, another program may have written it: the text
    goes on working.
    """
    described, named = _described(matter), _named_in(matter)
    if mark != "---":
        ours = ", ".join(sorted(named & names.all))
        words = f"{ours} counts only in YAML, between two lines of ---"
        return Matter({}, described, (_problem(where, above, 1, words),) if ours else ())
    try:
        fields = _fields(matter, where, above)
    except ConfigError as error:
        if named & names.needed:
            raise
        return Matter({}, described, (error,) if named & names.all else ())
    said = fields.get("description")
    description = said.text() if said is not None and not (said.is_list or said.is_table) else described
    return Matter(fields, one_line(description, 1_000), tuple(_doubts(fields, names.all)))


def _named_in(matter: str) -> frozenset[str]:
    """The names that begin a line."""
    return frozenset(name[1] or name[2] for name in _NAME.finditer(matter))


def _fields(matter: str, where: str, above: int) -> dict[str, Value]:
    import yaml  # here, because few files have more than a description

    try:
        node = yaml.compose(matter, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        words = one_line(error.problem or error.context or "it is no YAML", 200)
        hint = "A text with a colon stands in quotes." if "mapping values" in words else ""
        raise _problem(where, above + line, column, words, hint) from None
    except yaml.YAMLError as error:
        raise _problem(where, above + 1, 1, one_line(str(error), 200)) from None
    except RecursionError:
        raise _problem(where, above + 1, 1, "lists or tables stand in each other too deep") from None
    return Value(node, where, above).entries() if node is not None else {}


def _doubts(fields: Mapping[str, Value], ours: frozenset[str]) -> Iterator[ConfigError]:
    known = {*ours, "description", "name"}
    for name, value in fields.items():
        if name not in known and (near := nearest(name, known, like=_MISTYPED)) and near[0] not in fields:
            yield value.name.wrong(f"{one_line(name, 40)} means nothing here", f"Did you mean {near[0]}?")


def _described(matter: str) -> str:
    found = _DESCRIPTION.search(matter)
    words = found[1].strip() if found else ""
    quoted = len(words) > 1 and words[0] == words[-1] and words[0] in "\"'"
    return "" if words in (">", "|", ">-", "|-") else words[1:-1] if quoted else words


def _problem(where: str, line: int, column: int, words: str, hint: str = "") -> ConfigError:
    return ConfigError(f"{where}:{line}:{column}: {words}", hint)


# -- folders
def entries_of(folder: Path) -> Sequence[Path]:
    """What is in a folder, by name; nothing where there is no such folder.

    Raises:
        ConfigError: It can't be read.
    """
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise ConfigError(f"{one_line(str(folder))}: cannot be read: {error.strerror}") from None
