"""Changes of ``config.toml``: what a person wrote around them stays as it is.

The file is read anew for every change, so nothing that an editor wrote meanwhile is lost; the new text is
checked as a start of the program would, and takes the place of the old one whole or not at all.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import tomlkit
from msgspec.structs import replace
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Array, InlineTable, Item

from tui.config import Config, alike, config_of
from tui.errors import ConfigError, SegueError
from tui.locks import Lock
from tui.paths import PRIVATE_FILE, private_dir, stamp, unwritten, write_whole
from tui.typed_toml import GONE, At, Changes, headers, keys_in

Check = Callable[[Config], Sequence[SegueError]]
_ATTEMPTS = 5
_PLACE = re.compile(r"^(?::\d+){0,2}: ")
_BOM = "\ufeff"
_PATIENCE = 10.0
"""Seconds in which another program has written its change."""


def change(path: Path, changes: Changes, check: Check = lambda config: config.problems) -> Config:
    """Write changes into the file, and return the settings as they are then.

    Args:
        path: The file; it is made where there is none, and a link is followed.
        changes: New values by their places; ``GONE`` takes one out.
        check: All that is wrong in settings; a change that brings something wrong with itself is refused.

    Raises:
        ConfigError: The file is broken, the change makes no sense, or it can't be written.
    """
    target = Path(os.path.realpath(path))
    try:
        private_dir(target.parent)
        with Lock(target.with_name(f".{target.name}.lock")).held(_PATIENCE):
            return replace(_changed(path, target, changes, check), written=stamp(path))
    except TimeoutError:
        raise ConfigError(f"{path}: another program is writing it", "Try it once more.") from None
    except OSError as error:
        raise unwritten(path, error, "Nothing was changed.") from error


def _changed(path: Path, target: Path, changes: Changes, check: Check) -> Config:
    for _ in range(_ATTEMPTS):
        before = _read(target)
        text = _text(path, before)
        new = changed_text(path, text, changes)
        config = config_of(path, new)
        _refuse_what_is_wrong(config_of(path, text), config, changes, check)
        if new == text and before is not None:
            return config
        mode = PRIVATE_FILE if before is None else stat.S_IMODE(target.stat().st_mode)
        begin = _BOM if before is not None and before.startswith(_BOM.encode()) else ""
        if write_whole(target, begin + new, mode=mode, still=partial(_still, target, before)):
            return config
    raise ConfigError(f"{path}: another program keeps writing it", "Try it once more.")


def text_of(path: Path) -> str:
    """The text of the file as it is now; empty where there is none.

    Raises:
        ConfigError: It can't be read.
    """
    try:
        return _text(path, _read(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}", "Nothing was changed.") from error


def _still(path: Path, before: bytes | None) -> bool:
    return _read(path) == before


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _text(path: Path, data: bytes | None) -> str:
    try:
        return (data or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: it is not UTF-8 text", "Nothing was changed.") from None


def _refuse_what_is_wrong(before: Config, after: Config, changes: Changes, check: Check) -> None:
    """Refuse a change that brings something wrong with it; what was wrong before is not its fault.

    Raises:
        ConfigError: It does.
    """
    known = {_words(error, before.path) for error in check(before)}
    for error in check(after):
        words = _words(error, after.path)
        mine = isinstance(error, ConfigError) and any(_concerns(error.at, at) for at in changes)
        if mine or words not in known:
            raise ConfigError(words, error.hint)


def _concerns(one: At, other: At) -> bool:
    shorter = min(len(one), len(other))
    return shorter > 0 and one[:shorter] == other[:shorter]


def _words(error: SegueError, path: Path) -> str:
    """What is wrong, without its place: that may have moved."""
    return _PLACE.sub("", error.message.removeprefix(str(path)))


# -- the text
def changed_text(path: Path, text: str, changes: Changes) -> str:
    """The text of a file with changes; comments, order and line ends stay.

    Raises:
        ConfigError: The file is broken, or has no place for a change.
    """
    broken = config_of(path, text).problems
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        why = broken[0].message if broken else f"{path}: not valid TOML"
        raise ConfigError(why, "Mend it first: nothing was changed.") from None
    newline = "\r\n" if "\r\n" in text and "\n" not in text.replace("\r\n", "") else "\n"
    new = text
    for at, value in changes.items():
        new = _with(path, new, at, value)
    return new if newline == "\n" else new.replace("\r\n", "\n").replace("\n", newline)


def _with(path: Path, text: str, at: At, value: Any) -> str:
    """The first way to write a change after which just this one is different."""
    values = tomllib.loads(text)
    at = _as_written(values, at)
    wanted = _expected(values, at, value)
    if wanted == values:
        return text
    for way in (
        _without_its_section,
        _with_its_section,
        _in_place,
        _in_its_section,
        _in_a_new_section,
        _as_it_comes,
    ):
        with contextlib.suppress(TOMLKitError, tomllib.TOMLDecodeError, LookupError, ValueError, TypeError):
            new = way(text, at, value)
            if _pruned(tomllib.loads(new)) == _pruned(wanted):
                return new
    raise ConfigError(f"{path}: there is no place for {'.'.join(at)}", "Write it there by hand.")


def _as_written(values: Mapping[str, Any], at: At) -> At:
    """A place with the names of its tables in the case in which the file has them."""
    steps, table = [], values
    for step in at[:-1]:
        known = alike(step, table)
        steps.append(known)
        inner = table.get(known)
        table = inner if isinstance(inner, dict) else {}
    return (*steps, at[-1])


def _expected(values: Mapping[str, Any], at: At, value: Any) -> dict[str, Any]:
    wanted = copy.deepcopy(dict(values))
    table = wanted
    for step in at[:-1]:
        if not isinstance(table.setdefault(step, {}), dict):
            table[step] = {}
        table = table[step]
    if value is GONE:
        table.pop(at[-1], None)
    else:
        table[at[-1]] = value
    return wanted if value is not GONE or _has(values, at) else dict(values)


def _has(values: Mapping[str, Any], at: At) -> bool:
    table: Any = values
    for step in at:
        if not isinstance(table, dict) or step not in table:
            return False
        table = table[step]
    return True


def _pruned(value: Any) -> Any:
    """Without tables that have nothing in them: whether one is left makes no difference."""
    if not isinstance(value, dict):
        return value
    inner = {name: _pruned(each) for name, each in value.items()}
    return {name: each for name, each in inner.items() if each != {}}


def _in_place(text: str, at: At, value: Any) -> str:
    """Another value for one that is there, or into a table that is written on one line."""
    document = tomlkit.parse(text)
    table: Any = document
    for step in at[:-1]:
        table = table[step]
    if value is GONE:
        del table[at[-1]]
    elif isinstance(value, list) and isinstance(table.get(at[-1]), Array):
        _change_list(table[at[-1]], value)
    elif at[-1] in table or isinstance(table, InlineTable):
        table[at[-1]] = _item(value)
    else:
        raise LookupError
    return document.as_string()


def _change_list(items: Array, wanted: Sequence[Any]) -> None:
    """Let items go and come, so that those which stay keep their remarks."""
    for place in reversed(range(len(items))):
        if items[place] not in wanted:
            del items[place]
    for value in wanted:
        if value not in items:
            items.append(value)
    if list(items) != list(wanted):
        items.clear()
        items.extend(wanted)


def _in_its_section(text: str, at: At, value: Any) -> str:
    """A new line behind the last one of its table; remarks about the next table stay with that."""
    begin, end = {name: (begin, end) for name, begin, end in _sections(text)}[at[:-1]]
    section = tomlkit.parse(text[begin:end])
    table: Any = section
    for step in at[:-1]:
        table = table[step]
    container = table.value if isinstance(table, AbstractTable) else table
    last = max((n for n, (key, _) in enumerate(container.body) if key is not None), default=-1)
    if last < 0 and not at[:-1]:
        return _above_all_tables(text, end, _line(at[-1], value))
    kept, rest = _cut_behind(section, container, last)
    return f"{text[:begin]}{_with_end(kept)}{_line(at[-1], value)}{rest}{text[end:]}"


def _cut_behind(section: tomlkit.TOMLDocument, container: Any, last: int) -> tuple[str, str]:
    """The text of a section up to an item of its table, and the rest."""
    rest = "".join(item.as_string() for _, item in container.body[last + 1 :])
    del container.body[last + 1 :]
    return section.as_string(), rest


def _above_all_tables(text: str, tables: int, line: str) -> str:
    """The first line that is in no table: above the remarks that stand right on the first table."""
    lines = text[:tables].splitlines(keepends=True)
    above = len(lines)
    while text[tables:] and above and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    head, below = "".join(lines[:above]), "".join(lines[above:]) + text[tables:]
    return f"{_with_end(head)}{line}{_gap(below)}{below}"


def _without_its_section(text: str, at: At, value: Any) -> str:
    """Take a table out that has headers of its own; remarks about the next one stay."""
    if value is not GONE:
        raise LookupError
    parts, place = [], 0
    for name, begin, end in _sections(text):
        if name[: len(at)] == at:
            section = tomlkit.parse(text[begin:end])
            table: Any = section
            for step in name:
                table = table[step]
            last = max((n for n, (key, _) in enumerate(table.value.body) if key is not None), default=-1)
            _, rest = _cut_behind(section, table.value, last)
            parts += [text[place:begin], rest]
            place = end
    if not parts:
        raise LookupError
    return "".join([*parts, text[place:]])


def _with_its_section(text: str, at: At, value: Any) -> str:
    """Take the only value of a table out and the table with it, unless a remark is about one of them."""
    begin, end = {name: (begin, end) for name, begin, end in _sections(text)}[at[:-1]]
    above = text[:begin].rstrip().rpartition("\n")[2].lstrip()
    if value is not GONE or not at[:-1] or above.startswith("#") or "#" in text[begin:end]:
        raise LookupError
    return text[:begin] + text[end:] if text[end:] else _with_end(text[:begin].rstrip())


def _in_a_new_section(text: str, at: At, value: Any) -> str:
    """A table of its own at the end of the file."""
    if not at[:-1]:
        raise LookupError
    header = ".".join(map(_key, at[:-1]))
    return f"{_with_end(text)}{_gap(text)}[{header}]\n{_line(at[-1], value)}"


def _as_it_comes(text: str, at: At, value: Any) -> str:
    """Wherever it can stand: the table is made of dotted names, say."""
    document = tomlkit.parse(text)
    table: Any = document
    for step in at[:-1]:
        if step not in table:
            table[step] = tomlkit.table()
        table = table[step]
    table[at[-1]] = _item(value)
    return document.as_string()


def _line(name: str, value: Any) -> str:
    return f"{_key(name)} = {_item(value).as_string()}\n"


def _item(value: Any) -> Item:
    """A value as it is written; a text of lines in its lines, where that says the same."""
    if isinstance(value, str) and "\n" in value:
        lines = tomlkit.string(value, multiline=True)
        with contextlib.suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(f"x = {lines.as_string()}")["x"] == value:
                return lines
    item: Item = tomlkit.item(value)
    return item


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _with_end(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _gap(text: str) -> str:
    return "\n" if text.strip() else ""


def _sections(text: str) -> Iterator[tuple[At, int, int]]:
    """The tables of a text with where each begins and ends; the first one is that of no header."""
    marks: list[tuple[At, int]] = [((), 0)]
    for place in headers(text):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            tomllib.loads(text[marks[-1][1] : place])  # else it stands in a text or a list of many lines
            line = text[place:].partition("\n")[0]
            marks.append((keys_in(tomllib.loads(line)), place))
    ends = [place for _, place in marks[1:]] + [len(text)]
    for (name, begin), end in zip(marks, ends, strict=True):
        yield name, begin, end
