"""The files and folders that a path being typed may become."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tui.engine.typed_paths import words

MOST = 200
"""Entries that are offered."""
_LOOKED_AT = 20_000
"""Entries of a folder that are looked at."""
_COMMAND = re.compile(r"/attach\s+")
_MENTION = re.compile(r"(?<![a-z0-9_.+%-])@(\"[^\"]*|[^\s\"]*)$", re.IGNORECASE | re.ASCII)
"""After a letter of our own alphabet ``@`` stands in an address."""
_HEAD = re.compile(r".*[/\\]" if os.name == "nt" else r".*/", re.DOTALL)


class TypedPath(NamedTuple):
    """A path up to the caret."""

    start: int
    """Where it begins in its line, with its quote or its ``@``."""
    text: str
    mention: bool
    """It stands in a message, after ``@``."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or a folder, as it would be typed."""

    path: str
    name: str
    folder: bool
    size: int
    """Bytes of a file."""


def typed_path(line: str) -> TypedPath | None:
    """The path that ends where ``line`` does: a word after /attach, or one that begins with ``@``."""
    command = _COMMAND.match(line)
    if command is None:
        mention = None if line.startswith("/") else _MENTION.search(line)
        return mention and TypedPath(mention.start(), mention[1].removeprefix('"'), mention=True)
    # With one more letter even the last word goes on to the end, if it is not ended yet.
    found = list(words(f"{line[command.end() :]}x"))
    if len(found) > 1 and found[-1].text == "x":
        return None
    return TypedPath(command.end() + found[-1].start, found[-1].text[:-1], mention=False)


def candidates(typed: TypedPath) -> list[Candidate]:
    """What ``typed`` may become, best first: the whole name, its beginning, then, after /attach, any part."""
    match = _HEAD.match(typed.text)
    head = match[0] if match else ""
    begun = _alike(typed.text[len(head) :])

    def fits(name: str) -> bool:
        return name.startswith(begun) or (begun in name and not typed.mention)

    found = [entry for entry in _entries(head) if fits(_alike(entry.name))]
    found = [entry for entry in found if begun.startswith(".") or not entry.name.startswith(".")]
    found.sort(key=lambda entry: _rank(_alike(entry.name), begun))
    return [_candidate(head, entry) for entry in found[:MOST]]


def _alike(name: str) -> str:
    """A name however its letters are composed, and whatever kind of space is in it."""
    return unicodedata.normalize("NFKC", name).casefold()


def _entries(head: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.expanduser(head) or os.curdir) as entries:
            yield from islice(entries, _LOOKED_AT)
    except (OSError, ValueError):
        return


def _rank(name: str, begun: str) -> tuple[bool, bool, str]:
    return name != begun, not name.startswith(begun), name


def _candidate(head: str, entry: os.DirEntry[str]) -> Candidate:
    try:
        folder, size = entry.is_dir(), entry.stat(follow_symlinks=False).st_size
    except OSError:
        folder, size = False, 0
    return Candidate(head + entry.name, entry.name, folder, size)
