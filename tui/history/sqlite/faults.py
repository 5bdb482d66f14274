"""What SQLite says went wrong, in our words."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tui.errors import (
    HistoryBusyError,
    HistoryDamagedError,
    HistoryError,
    HistoryFullError,
    HistoryReadOnlyError,
    NotFoundError,
)

_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_DAMAGED = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_CLOSED = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
)
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextlib.contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """Raise what SQLite and the file system raise inside as a ``HistoryError`` that names ``path``."""
    try:
        yield
    except OSError as error:
        raise explain_system(error, path) from error
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OverflowError as error:  # an id that no database can hold
        raise NotFoundError("There is nothing with this number in the history") from error


def explain(error: sqlite3.Error, path: Path | None) -> HistoryError:
    """The error to show for one of SQLite's."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    where = str(path) if path else "the history in memory"
    if code in _FULL:
        return _full(where)
    if code & 0xFF in _BUSY:
        return HistoryBusyError(
            "The history is busy: another program is writing to it", "Try again in a moment."
        )
    if code & 0xFF in _BROKEN or code in _DAMAGED:
        return HistoryDamagedError(
            f"The history is damaged: {where}",
            "Start Segue again: it puts the file aside and saves what can be read.",
        )
    if code & 0xFF in _CLOSED:
        return HistoryReadOnlyError(f"The history can't be opened or changed: {where}", f"{error}.")
    return HistoryError(f"The history failed: {error}", where)


def explain_system(error: OSError, path: Path | None) -> HistoryError:
    """The error to show for one of the operating system's."""
    where = str(error.filename or path or "the history")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _full(where)
    return HistoryReadOnlyError(f"{where} can't be read or written", f"{error.strerror or error}.")


def _full(where: str) -> HistoryFullError:
    return HistoryFullError(
        "The history can't be saved: the disk is full",
        f"Make room on the disk of {where}; what is on the screen is kept until then.",
    )
