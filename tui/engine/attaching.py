"""From what a person types after /attach, drops or names on the command line to attachments.

Regular files only, and never more of one than is allowed. Terminals type a dropped file's path, quoted.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tui.chat.attachment import Attachment, attachment_of, check_size
from tui.errors import UsageError
from tui.text import one_line

# Not waiting for whoever writes into a pipe, and not led elsewhere by a link; Windows has neither flag.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))
_HEAD = 16


def read_attachment(path: Path) -> Attachment:
    """The file ``path``, which may begin with ``~``.

    A link is not followed: what would be sent is not what the name says.

    Raises:
        UsageError: It is no regular file, can't be read, or is nothing that a model can read.
    """
    try:
        path = path.expanduser()
        if path.is_symlink():
            target = one_line(os.readlink(path))
            raise UsageError(f"{one_line(str(path))} is a link to {target}", "Attach that file itself.")
        if path.is_dir():
            raise UsageError(f"{one_line(str(path))} is a folder", "Attach the files in it.")
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable(path, error) from None
    return attachment_of(path.name, read_file(path))


def read_file(path: Path, most: int | None = None) -> bytes:
    """The content of a regular file that is no link; of more than ``most`` bytes one more than that.

    Raises:
        UsageError: It is none, is too large, or can't be read.
    """
    try:
        return content_of(path, most)
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error)
    return UsageError(f"{one_line(str(path))} can't be attached: {one_line(reason)}")


def content_of(path: Path, limit: int | None = None) -> bytes:
    """The same, for who tells it otherwise.

    Raises:
        OSError: It can't be read, or is a link.
        ValueError: It is no regular file.
        UsageError: It is too large.
    """
    with open(os.open(path, _FLAGS), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        head = file.read(_HEAD)
        most = check_size(path.name, head, status.st_size)
        most = most if limit is None else min(most, limit)
        return head + file.read(most + 1 - len(head))  # one more: it may have grown


PATIENCE = 2.0
"""Seconds that a dropped file may take to be read: after them its path is only text."""
_LONGEST_DROP = 8192
"""Characters of paths that are dropped together."""
_LOOKED_AT = 20_000
"""Entries of a folder that are looked at."""
_WINDOWS = os.name == "nt"
_QUOTES = '"' if _WINDOWS else "\"'"
_ESCAPE = "" if _WINDOWS else "\\"
BLANKS = " \t\r\n\f\v"
"""What parts words in a shell: names of screenshots have spaces of other kinds in them."""
_ABSOLUTE = re.compile(r"""["']?(/|~|[A-Za-z]:[\\/]|\\\\|file://)""", re.IGNORECASE)


class Word(NamedTuple):
    """A word as a shell has it: quotes and escapes hold it together, and are no part of it."""

    start: int
    """Where it begins in the text, with its quote."""
    text: str


async def read_all(paths: Sequence[Path]) -> list[Attachment]:
    """The files ``paths``, all or none.

    Raises:
        UsageError: One can't be attached.
    """
    return await asyncio.to_thread(lambda: [read_attachment(path) for path in paths])


async def read_dropped(text: str) -> list[Attachment]:
    """The files whose paths are all that ``text`` is; none if it is anything else."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await read_all(await asyncio.to_thread(dropped_paths, text))
    except (UsageError, TimeoutError):
        return []


def dropped_paths(text: str) -> list[Path]:
    """The files whose whole paths are all that ``text`` is; none if it is anything else."""
    text = text.strip(BLANKS)
    if len(text) > _LONGEST_DROP or not _ABSOLUTE.match(text):
        return []
    paths = paths_in(text)
    return paths if all(path.is_absolute() and path.is_file() for path in paths) else []


def paths_in(text: str) -> list[Path]:
    """The paths in ``text``: one to a line as it is, or several as a shell takes them."""
    paths: list[Path] = []
    for line in filter(None, (line.strip(BLANKS) for line in text.split("\n"))):
        whole = path_of(line)
        paths += [whole] if os.path.lexists(whole) else [path_of(word.text) for word in words(line)]
    return paths


def words(text: str) -> Iterator[Word]:
    """The words of ``text``; a quote that is not closed holds the rest together."""
    start, word, quote, escaped = -1, "", "", False
    for place, char in enumerate(text):
        if start < 0 and char not in BLANKS:
            start = place
        if escaped:
            word, escaped = word + char, False
        elif char == _ESCAPE and quote != "'":
            escaped = True
        elif char == quote:
            quote = ""
        elif not quote and char in _QUOTES:
            quote = char
        elif quote or char not in BLANKS:
            word += char
        elif start >= 0:
            yield Word(start, word)
            start, word = -1, ""
    if start >= 0:
        yield Word(start, word)


def quoted(path: str) -> str:
    """``path`` as one word."""
    if not re.search(r"[\s\"'\\]", path) or (_WINDOWS and not re.search(r"\s", path)):
        return path
    return f'"{path}"' if _WINDOWS else '"' + re.sub(r'(["\\])', r"\\\1", path) + '"'


def is_page(target: str) -> bool:
    """Whether what was typed is the address of a page."""
    return target.lower().startswith(("http://", "https://"))


def path_of(word: str) -> Path:
    """The path that a word means: from home on after ``~``, or by a ``file:`` address."""
    if word.lower().startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        return _on_disk(Path(url2pathname(urlsplit(word).path)))
    try:
        return _on_disk(Path(word).expanduser())
    except RuntimeError:  # there is no such home
        return Path(word)


def _on_disk(path: Path) -> Path:
    """The path as the disk has it: an accent may be part of its letter or not, a space of another kind."""
    if str(path).isascii() and " " not in str(path):
        return path
    found = Path(path.anchor)
    for name in path.parts[bool(path.anchor) :]:
        found /= name if os.path.lexists(found / name) else _named_alike(found, name)
    return found


def _named_alike(folder: Path, name: str) -> str:
    wanted = unicodedata.normalize("NFKC", name)
    try:
        with os.scandir(folder) as entries:
            alike = [entry.name for entry in islice(entries, _LOOKED_AT) if _alike(entry.name, wanted)]
    except (OSError, ValueError):
        return name
    return alike[0] if len(alike) == 1 else name


def _alike(name: str, wanted: str) -> bool:
    return unicodedata.normalize("NFKC", name) == wanted
