"""Locks between programs: the system lets go of one however its holder ends.

Each is what SQLite holds while it writes, of a file in which it never writes anything: so they work wherever
the history does. https://www.sqlite.org/lockingv3.html
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tui.paths import PRIVATE_FILE

_TURN = 60.0  # seconds that are waited at once


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
        new = not self.path.exists()
        try:
            held = sqlite3.connect(self.path, timeout=seconds, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise OSError(f"{self.path}: {error}") from error
        try:
            held.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            held.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return False
            raise OSError(f"{self.path}: {error}") from error
        if new:
            os.chmod(self.path, PRIVATE_FILE)  # a file that is opened and closed would lose its locks
        self._held = held
        return True

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._held is not None:
            self._held.close()
            self._held = None

    @contextlib.contextmanager
    def held(self, seconds: float | None = None) -> Iterator[None]:
        """Hold it for a while; others are waited for, without an end where ``seconds`` says none.

        Raises:
            TimeoutError: Somebody held it all the time.
            OSError: The file can't be written, or this file system has no locks.
        """
        while not self.take(_TURN if seconds is None else seconds):
            if seconds is not None:
                raise TimeoutError(f"{self.path} is held by another program")
        try:
            yield
        finally:
            self.release()
