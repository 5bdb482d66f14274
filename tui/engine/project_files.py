"""The files of a project that go along: from inside its folder alone, whatever the names in its file say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

from tui.engine.folder_files import Found, Ignored, read_files, walk
from tui.engine.project import parts_of, wrong_name
from tui.errors import UsageError
from tui.text import one_line

_MAGIC = frozenset("*?[")
_ANY_FOLDERS = "**"


def project_files(folder: Path, names: Sequence[str]) -> Found:
    """What of a project goes along; what is named and can't is among what is left out.

    No link, no dot file, nothing that git ignores; not more than a folder that a person names.
    """
    left_out: list[str] = []
    paths: dict[Path, None] = {}
    for name in names:
        try:
            found = dict.fromkeys(_paths(folder, name))
        except UsageError as error:
            left_out.append(f"{one_line(name)} ({error.message})")
            continue
        except OSError as error:
            left_out.append(f"{one_line(name)} ({error.strerror})")
            continue
        if not found:
            left_out.append(f"{one_line(name)} (no file)")
        paths |= found
    return Found(left_out=tuple(left_out)) + read_files(paths, folder)


def _paths(folder: Path, name: str) -> Iterator[Path]:
    """The files that a name means.

    Raises:
        UsageError: It leads to nothing that may go along.
    """
    if why := wrong_name(name):
        raise UsageError(why)
    parts = parts_of(name)
    plain = next((place for place, part in enumerate(parts) if _MAGIC & {*part}), len(parts))
    path, ignored = _descend(folder, parts[:plain])
    pattern = parts[plain:]
    if not pattern and not path.is_dir():
        return iter((path,) if path.is_file() else ())
    every = walk(path, ignored)
    return every if not pattern else (one for one in every if _fits(one.relative_to(path).parts, pattern))


def _descend(folder: Path, parts: Sequence[str]) -> tuple[Path, Ignored]:
    """Step by step into a project, so that no step leads out of it."""
    path, ignored = folder, Ignored.above(folder)
    for part in parts:
        ignored = ignored.within(path)
        path = path / part
        if path.is_symlink():
            raise UsageError("a link")
        if not path.exists():
            raise UsageError("no file")
        if ignored.covers(path, folder=path.is_dir()):
            raise UsageError("git ignores it")
    return path, ignored


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is of a pattern; in time that grows with both alone, whoever has written it."""
    places = _beyond({0}, pattern)
    for part in parts:
        open_yet = [place for place in places if place < len(pattern)]
        stays = (place for place in open_yet if pattern[place] == _ANY_FOLDERS)
        goes_on = (place + 1 for place in open_yet if fnmatchcase(part, pattern[place]))
        places = _beyond({*chain(stays, goes_on)}, pattern)
    return len(pattern) in places


def _beyond(places: set[int], pattern: Sequence[str]) -> set[int]:
    """These places of a pattern, and those behind any number of folders, which may be none."""
    for place, part in enumerate(pattern):
        if place in places and part == _ANY_FOLDERS:
            places.add(place + 1)
    return places
