"""Locks between programs: the system lets go of one however its holder ends.

Each is what SQLite holds while it writes, of a file in which it never writes anything: so they work wherever
the history does. https://www.sqlite.org/lockingv3.html
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from tui.digest import new_name
from tui.paths import PRIVATE_FILE

_TURN = 0.2  # seconds that are waited at once: meanwhile nothing interrupts


class Lock:
    """One that nobody holds yet. Its file is private, and any thread may let go of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: sqlite3.Connection | None = None

    def take(self, seconds: float = 0) -> bool:
        """Take it, unless somebody holds it for so long.

        Raises:
            OSError: The file can't be written, or this file system has no locks.
        """
        self._held = _exclusive(self.path, seconds)
        if self._held is None and not _has_locks(self.path.parent):
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK), str(self.path))
        return self._held is not None

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._held is not None:
            self._held.close()
            self._held = None

    @contextlib.contextmanager
    def held(self, seconds: float = math.inf) -> Iterator[None]:
        """Hold it for a while; others are waited for.

        Raises:
            TimeoutError: Somebody held it for all these seconds.
            OSError: The file can't be written, or this file system has no locks.
        """
        until = time.monotonic() + seconds
        while not self.take(min(_TURN, seconds)):
            if time.monotonic() >= until:
                raise TimeoutError(f"{self.path} is held by another program")
        try:
            yield
        finally:
            self.release()


def _exclusive(path: Path, seconds: float) -> sqlite3.Connection | None:
    """What holds the lock of a file as long as it is open; None where somebody else does.

    Raises:
        OSError: The file can't be written.
    """
    new = not path.exists()
    try:
        held = sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    try:
        held.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        held.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise OSError(f"{path}: {error}") from error
    if new:
        with contextlib.suppress(FileNotFoundError):  # somebody has swept it up
            os.chmod(path, PRIVATE_FILE)  # to open and close it would lose its lock
    return held


def _has_locks(folder: Path) -> bool:
    """Whether files there can be locked: of one that can't, SQLite says that somebody holds it."""
    probe = folder / f".{new_name(8)}.lock"  # nobody else knows it
    held = _exclusive(probe, 0)
    if held is not None:
        held.close()
    probe.unlink(missing_ok=True)
    return held is not None
