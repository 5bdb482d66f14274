"""An export of several files: a ZIP, or the folder that it was unpacked to."""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar

from tui.chat.attachment import LARGEST, Attachment, attachment_of
from tui.errors import ImportFileError, UsageError
from tui.text import one_line

_LARGEST_MEDIA = 500_000_000
"""Bytes of pictures and other files that one import keeps: they are in memory until they are stored."""
_SUSPICIOUS, _DENSEST = 100_000_000, 200
"""From so many bytes on, so many times its packed size is too much for a file: texts have 5 to 30 times."""
_METHODS = {9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES encryption"}
_UNPACK = "Unpack it with another program, and import the folder."
_DAMAGED = "It is damaged or was cut on its way: fetch it once more."
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What ``zipfile`` fails with where an archive is damaged."""
_Result = TypeVar("_Result")


class Container(Protocol):
    """Files by their names in it, with ``/`` between folders."""

    def names(self) -> Sequence[str]:
        """The names of all files."""
        ...

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked."""
        ...

    def read(self, name: str) -> bytes:
        """A whole file.

        Raises:
            ImportFileError: It can't be read.
        """
        ...


class Folder:
    """A folder, and the folders right in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> Sequence[str]:
        """See ``Container``."""
        found = [*self._path.glob("*"), *self._path.glob("*/*")]
        return sorted(file.relative_to(self._path).as_posix() for file in found if _is_file(file))

    def size(self, name: str) -> int:
        """See ``Container``."""
        return (self._path / name).stat().st_size

    def read(self, name: str) -> bytes:
        """See ``Container``."""
        try:
            return (self._path / name).read_bytes()
        except OSError as error:
            raise ImportFileError(f"{one_line(name)}: {error.strerror or error}") from error


class Archive:
    """A ZIP file."""

    def __init__(self, path: Path) -> None:
        """Read its list.

        Raises:
            ImportFileError: It is no whole ZIP file.
        """
        self._name = path.name
        self._zip = _tried(path.name, lambda: zipfile.ZipFile(path))
        self._members = {one.filename: one for one in self._zip.infolist() if not one.is_dir()}

    def names(self) -> Sequence[str]:
        """See ``Container``."""
        return sorted(self._members)

    def size(self, name: str) -> int:
        """See ``Container``."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """See ``Container``."""
        member, shown = self._members[name], one_line(name)
        if member.flag_bits & 0x1:
            raise ImportFileError(f"{self._name}: {shown} is locked with a password", _UNPACK)
        if member.file_size > _SUSPICIOUS and member.file_size > _DENSEST * member.compress_size:
            size = f"{member.file_size / 1e6:,.0f} MB"
            raise ImportFileError(f"{self._name}: {shown} would grow to {size}: no export does", _UNPACK)
        try:
            return _tried(f"{self._name}: {shown}", lambda: self._zip.read(member))
        except NotImplementedError:
            method = _METHODS.get(member.compress_type, f"method {member.compress_type}")
            raise ImportFileError(f"{self._name}: {shown} is packed by {method}", _UNPACK) from None


def _tried(what: str, act: Callable[[], _Result]) -> _Result:
    try:
        return act()
    except NotImplementedError:  # a RuntimeError of its own kind
        raise
    except _BROKEN as error:
        reason = one_line(str(error)) or type(error).__name__
        raise ImportFileError(f"{what}: expected a whole ZIP file: {reason}", _DAMAGED) from error


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


class Media:
    """The pictures and other files of an export, by what a message calls them."""

    _ID = re.compile(r"file[-_][A-Za-z0-9]+")

    def __init__(self, container: Container | None = None) -> None:
        """Take them from a container; a file that stands alone has none."""
        self._container = container
        self._size = 0

    def find(self, asset: str) -> Attachment | None:
        """The file that ``asset`` points to, as in ``file-service://file-1a2B``; None if it is not there."""
        called = self._ID.match(asset.rpartition("/")[2])
        name = self._names.get(called[0]) if called else None
        if self._container is None or name is None:
            return None
        size = self._container.size(name)
        if size > LARGEST or self._size + size > _LARGEST_MEDIA:
            return None
        self._size += size
        try:
            return attachment_of(name.rpartition("/")[2], self._container.read(name))
        except (ImportFileError, UsageError):
            return None

    @cached_property
    def _names(self) -> dict[str, str]:
        names = self._container.names() if self._container else ()
        found = ((self._ID.match(name.rpartition("/")[2]), name) for name in names)
        return {called[0]: name for called, name in found if called}
