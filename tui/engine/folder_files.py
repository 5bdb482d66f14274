"""The files in a folder, or those that a pattern means, that go along with a prompt.

What ``.gitignore`` leaves out is no part of the work, and dot files are nobody's business: neither goes
along, and nothing is said of them. All else that can't go along is named.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from glob import glob
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from tui.chat.attachment import Attachment, attachment_of, size_words
from tui.engine.attaching import read_file
from tui.errors import UsageError
from tui.text import one_line

MOST_FILES = 200
LARGEST = 2_000_000
"""Bytes of all files of a folder together."""
_LOOKED_AT = 50_000
"""Entries that are looked at: a home or a disk is no folder of work."""
_NAMED = 20
"""Files that are left out and named."""


class Found(NamedTuple):
    """What of something goes along, and what is left out of it."""

    files: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()
    """Names, each with the reason."""

    def __add__(self, other: object) -> Found:
        """Both together."""
        assert isinstance(other, Found)
        return Found((*self.files, *other.files), (*self.left_out, *other.left_out))


def left_out_words(names: Iterable[str]) -> str:
    """What is left out, as a sentence; nothing where nothing is."""
    names = list(names)
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return f"Left out: {', '.join([*names[:_NAMED], *more])}" if names else ""


def is_whole_place(name: str) -> bool:
    """Whether a path ends in no folder of its own: all there is, or one like ``../``."""
    return not os.path.basename(os.path.normpath(os.path.expanduser(name))).strip(".")


def files_in(folder: Path) -> Found:
    """The files of a folder and of those in it, by their names from the folder on.

    Raises:
        UsageError: There is none that can go along.
    """
    folder = Path(os.path.realpath(folder.expanduser()))
    found = read_files(walk(folder, Ignored.above(folder)), folder.parent if folder.name else None)
    if not found.files:
        why = f": {left_out_words(found.left_out)}" if found.left_out else ""
        raise UsageError(f"There is nothing in {one_line(str(folder))} that can go along{why}")
    return found


def files_like(pattern: str) -> Found:
    """The files that a pattern with ``*``, ``?``, ``[…]`` or ``**`` means.

    Raises:
        UsageError: There is none that can go along.
    """
    paths = islice(glob(os.path.expanduser(pattern), recursive=True), _LOOKED_AT)
    files = sorted(Path(path) for path in paths if os.path.isfile(path))
    found = read_files(files)
    if not found.files:
        why = f": {left_out_words(found.left_out)}" if found.left_out else ""
        raise UsageError(f"There is no file like {one_line(pattern)} that can go along{why}")
    return found


def read_files(paths: Iterable[Path], root: Path | None = None) -> Found:
    """Those that can go along, as long as there is room.

    Args:
        paths: The files.
        root: From where on they are named; nothing names them as they are.
    """
    files: list[Attachment] = []
    left_out: list[str] = []
    room = LARGEST
    for path in paths:
        name = (path if root is None else path.relative_to(root)).as_posix()
        shown = one_line(name)
        if len(files) == MOST_FILES:
            left_out.append(f"{shown} (more than {MOST_FILES} files)")
            continue
        try:
            data = read_file(path, room)
            if len(data) > room:
                left_out.append(f"{shown} (more than {size_words(LARGEST)} together)")
                continue
            files.append(attachment_of(name, data))
        except UsageError as error:
            left_out.append(f"{shown} ({_reason(error)})")
            continue
        room -= len(data)
    return Found(tuple(files), tuple(left_out))


def _reason(error: UsageError) -> str:
    message = error.message
    for words, reason in (
        ("no image", "no image, PDF or text"),
        ("empty", "empty"),
        ("too large", "too large"),
    ):
        if words in message:
            return reason
    return message.rpartition(": ")[2] or message


def walk(folder: Path, above: Ignored) -> Iterator[Path]:
    """The files below ``folder``, a folder's own first; no links, no dot files, nothing that git ignores.

    Args:
        folder: Where it begins.
        above: What the folders above it leave out.
    """
    waiting: list[tuple[Path, Ignored]] = [(folder, above)]
    looked_at = 0
    while waiting and looked_at < _LOOKED_AT:
        here, ignored = waiting.pop()
        ignored = ignored.within(here)
        try:
            with os.scandir(here) as entries:
                found = sorted(islice(entries, _LOOKED_AT), key=lambda entry: entry.name)
        except OSError:
            continue
        looked_at += len(found)
        folders = []
        for entry in found:
            path = here / entry.name
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                if not ignored.covers(path, folder=True):
                    folders.append((path, ignored))
            elif entry.is_file(follow_symlinks=False) and not ignored.covers(path):
                yield path
        waiting += reversed(folders)


class Ignored(NamedTuple):
    """What ``.gitignore`` files say, from the outermost to the nearest."""

    rules: tuple[tuple[Path, GitIgnoreSpec], ...] = ()

    @classmethod
    def above(cls, folder: Path) -> Ignored:
        """Those of the folders above, up to where the repository begins."""
        above = [folder, *folder.parents]
        root = next((place for place, path in enumerate(above) if (path / ".git").exists()), 0)
        ignored = cls()
        for path in reversed(above[1 : root + 1]):
            ignored = ignored.within(path)
        return ignored

    def within(self, folder: Path) -> Ignored:
        """With what the file in ``folder`` says."""
        try:
            lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
            return Ignored((*self.rules, (folder, GitIgnoreSpec.from_lines(lines))))
        except (OSError, ValueError):  # none is there, or it holds what is no pattern
            return self

    def covers(self, path: Path, *, folder: bool = False) -> bool:
        """Whether a path is left out: the nearest file that speaks of it decides."""
        for place, spec in reversed(self.rules):
            name = path.relative_to(place).as_posix() + ("/" if folder else "")
            said = spec.check_file(name).include
            if said is not None:
                return said
        return False
