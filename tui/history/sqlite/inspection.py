"""What a file at the history's place is, found out without changing a byte of it."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from enum import Enum, auto
from pathlib import Path

from msgspec import Struct

from tui.history.sqlite.files import doubt_mark
from tui.history.sqlite.migrations import APPLICATION_ID, newest, version_of
from tui.history.uris import uri

_MAGIC = b"SQLite format 3\x00"
_CHECKED_WHOLE = 64_000_000  # bytes up to which every page is looked at, at every start: 0.1 s


# A table that is not there is SQLITE_ERROR: a file with our mark has them all.
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


class Kind(Enum):
    """What a file is to us."""

    OURS = auto()
    OLD = auto()
    """Ours, in an older form."""
    TOO_NEW = auto()
    FOREIGN = auto()
    DAMAGED = auto()


class Finding(Struct, frozen=True):
    """What a file is, and what to say of it."""

    kind: Kind
    words: str = ""


def sqlite_version() -> str:
    """Which SQLite this is."""
    return sqlite3.sqlite_version


def inspect(path: Path, access: str = "mode=ro") -> Finding:
    """Look at the file ``path``.

    Args:
        path: What is there.
        access: How SQLite may open it.

    Raises:
        OSError: It can't be read.
        sqlite3.Error: It can't be opened in this way.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return Finding(Kind.FOREIGN, "it is not a file")
    if trouble := _broken_outside(path, status.st_size):
        return Finding(Kind.DAMAGED, trouble)
    check = ""
    if doubt_mark(path).exists():
        check = "integrity_check"
    elif status.st_size <= _CHECKED_WHOLE:
        check = "quick_check"
    try:
        with contextlib.closing(sqlite3.connect(uri(path, access), uri=True)) as connection:
            return _inside(connection, check)
    except UnicodeDecodeError:
        return Finding(Kind.DAMAGED, "its tables have no names any more")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _BROKEN:
            return Finding(Kind.DAMAGED, str(error))
        raise


def _broken_outside(path: Path, size: int) -> str:
    """What the first bytes and the size alone tell."""
    if size == 0:
        return "it is empty (0 bytes)"
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC):
        return "its beginning is not that of a database"
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        return ""  # pages may still be there
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    sure = header[24:28] == header[92:96]  # whether the count of pages is kept up to date
    if sure and size < pages * (65536 if page == 1 else page):
        return "its end is missing"
    return ""


def _inside(connection: sqlite3.Connection, check: str) -> Finding:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = version_of(connection)
    if application != APPLICATION_ID:
        return Finding(Kind.FOREIGN, "it belongs to another program")
    if version > newest():
        words = f"it was written by a newer Segue (form {version}; this one knows {newest()})"
        return Finding(Kind.TOO_NEW, words)
    if version < 1:
        return Finding(Kind.DAMAGED, "it has no form")
    if check:
        (verdict,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
        if verdict != "ok":
            return Finding(Kind.DAMAGED, str(verdict).replace("\n", " "))
    connection.execute("SELECT 1 FROM conversations, messages LIMIT 1").fetchone()
    return Finding(Kind.OURS if version == newest() else Kind.OLD)
