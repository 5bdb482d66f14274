"""``read_file`` and ``list_folder``: what lies in the folders that the person named, and nothing beside it.

What counts is where a path really leads: a link out of the folder leads out of it. No dot files.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui.chat.attachment import Kind, attachment_of, size_words
from tui.checked import count, text
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.tool import Outcome, Progress, Step, ToolSpec

LARGEST = 1_000_000
"""Bytes of a file."""
MOST_ENTRIES = 1_000
"""Entries of a folder that are listed."""
LONGEST_PIECE = 100_000
"""Characters of a text that are given at once."""
# Not waiting for whoever writes into a pipe, and not led elsewhere by a link; Windows has neither flag.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC")
)


class OutsideError(SegueError):
    """A path that may not be read, or is not there."""


class Folders:
    """The folders that may be read."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Take folders as they were named; one that is not there is none."""
        self.named = tuple(folder.expanduser() for folder in folders)

    def roots(self) -> Iterator[Path]:
        """Where they really are."""
        for folder in self.named:
            real = Path(os.path.realpath(folder))
            if real.is_dir():
                yield real

    def find(self, written: str) -> Path:
        """Where a path really leads that a model wrote: absolute, or beginning in one of the folders.

        Raises:
            OutsideError: It leads out of them, or nowhere.
        """
        shown = one_line(written, 200)
        for path in self._meant(written):
            real = Path(os.path.realpath(path))
            if os.path.lexists(real) and self.holds(real):
                return real
        names = ", ".join(str(folder) for folder in self.named) or "none"
        raise OutsideError(f"There is no {shown} in the folders that may be read: {names}")

    def holds(self, real: Path) -> bool:
        """Whether a real path lies in one of the folders, with no dot file on its way."""
        for root in self.roots():
            if real == root:
                return True
            if root in real.parents:
                return not any(_is_hidden(part) for part in real.relative_to(root).parts)
        return False

    def _meant(self, written: str) -> Iterator[Path]:
        if "\0" in written or len(written) > 4096:
            return
        try:
            path = Path(written).expanduser()
        except RuntimeError:  # there is no such home
            return
        if path.is_absolute():
            yield path
            return
        for root in self.roots():
            yield root / path
            if path.parts and path.parts[0] == root.name:  # as list_folder shows it
                yield root.joinpath(*path.parts[1:])


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def read_inside(folders: Folders, written: str) -> tuple[Path, bytes]:
    """The file that a path leads to, and its content.

    Raises:
        OutsideError: It can't be read, or may not be.
    """
    real = folders.find(written)
    try:
        with open(os.open(real, _FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OutsideError(f"{one_line(str(real))} is no regular file")
            again = os.path.realpath(real)  # a folder on the way may have become a link meanwhile
            if not folders.holds(Path(again)) or not os.path.samestat(os.stat(again), status):
                raise OutsideError(f"{one_line(str(real))} is not where it was")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise OutsideError(f"{one_line(str(real))} can't be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise OutsideError(f"{one_line(str(real))} is too large: more than {size_words(LARGEST)}")
    return real, data


READ_FILE = ToolSpec(
    server="",
    name="read_file",
    description=(
        "Reads a file: a text as it is, an image or a PDF as a file. Only in the folders that "
        "list_folder shows, and no hidden ones. A long text comes in pieces."
    ),
    schema={
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Absolute, or beginning in one of the folders"},
            "from_character": {
                "type": "integer",
                "minimum": 0,
                "description": "Where to go on in a text that was cut; 0 for its beginning",
            },
        },
        "required": ["path"],
    },
    read_only=True,
    destructive=False,
    open_world=False,
)


class ReadFile(Struct, frozen=True):
    """The tool that reads a file."""

    folders: Folders
    origin: str = "Segue"
    spec: ToolSpec = READ_FILE

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """Nothing: the folders were named for it."""
        return None

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Read the file."""
        written = text(arguments.get("path"))
        progress(Step(one_line(written, 80)))
        return await asyncio.to_thread(self._read, written, count(arguments.get("from_character")) or 0)

    def _read(self, written: str, start: int) -> Outcome:
        try:
            path, data = read_inside(self.folders, written)
            if not data:
                return Outcome("[the file is empty]")
            file = attachment_of(path.name, data)
        except SegueError as error:
            return Outcome(str(error), is_error=True)
        if file.kind is not Kind.TEXT:
            return Outcome(f"[{file.kind} {file.name}]", files=(file,))
        piece = file.text[start : start + LONGEST_PIECE]
        if len(piece) == len(file.text):
            return Outcome(piece)
        return Outcome(f"{piece}\n\n[characters {start} to {start + len(piece)} of {len(file.text)}]")


LIST_FOLDER = ToolSpec(
    server="",
    name="list_folder",
    description=(
        "Lists a folder: its files with their sizes, and its folders. Without a path: the folders there are."
    ),
    schema={
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Absolute, or beginning in one of the folders"}
        },
    },
    read_only=True,
    destructive=False,
    open_world=False,
)


class ListFolder(Struct, frozen=True):
    """The tool that lists a folder."""

    folders: Folders
    origin: str = "Segue"
    spec: ToolSpec = LIST_FOLDER

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """Nothing: the folders were named for it."""
        return None

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """List the folder."""
        return await asyncio.to_thread(self._list, text(arguments.get("path")).strip())

    def _list(self, written: str) -> Outcome:
        if written in ("", "."):
            roots = [f"{root}{os.sep}" for root in self.folders.roots()]
            return Outcome("\n".join(roots) or "[there is no folder that may be read]")
        try:
            folder = self.folders.find(written)
            entries = list(self._entries(folder))
        except SegueError as error:
            return Outcome(str(error), is_error=True)
        except NotADirectoryError:
            return Outcome(f"{one_line(written)} is no folder: read_file reads it", is_error=True)
        except OSError as error:
            return Outcome(f"{one_line(written)} can't be listed: {error.strerror}", is_error=True)
        lines = sorted(entries)[:MOST_ENTRIES]
        more = [f"[and {len(entries) - MOST_ENTRIES} more]"] if len(entries) > MOST_ENTRIES else []
        return Outcome("\n".join([*lines, *more]) or "[the folder is empty]")

    def _entries(self, folder: Path) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_hidden(entry.name) or not self.folders.holds(Path(os.path.realpath(entry.path))):
                    continue
                if entry.is_dir():
                    yield f"{one_line(entry.name)}{os.sep}"
                elif entry.is_file():
                    yield f"{one_line(entry.name)}  {size_words(entry.stat().st_size)}"
