"""Which programs use the history now: each holds a lock that the system lets go of when it dies."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from tui.paths import private_dir

_OPENING = "opening"


class Session:
    """One open history. Its name marks what it is writing, so that others can tell whether it is gone.

    The lock is of the operating system: no process id that is given again, no clock, no time limit.
    """

    def __init__(self, folder: Path | None) -> None:
        """Begin.

        Args:
            folder: Where the locks lie; None for a history that no other program can see.

        Raises:
            OSError: The folder can't be written.
        """
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._lock: int | None = None
        if folder is not None:
            private_dir(folder)
            self._begin(folder)

    def gone(self, name: str) -> bool:
        """Whether the session ``name`` has ended, in whatever way."""
        if name == self.name:
            return False
        return self._folder is None or _free(self._folder / name)

    def others(self) -> bool:
        """Whether another program uses this history now. Sweeps up what dead ones left."""
        if self._folder is None:
            return False
        names = [name for name in os.listdir(self._folder) if name not in (self.name, _OPENING)]
        return not all([_free(self._folder / name) for name in names])

    def end(self) -> None:
        """Let go of the lock."""
        if self._lock is not None and self._folder is not None:
            os.close(self._lock)
            self._lock = None
            (self._folder / self.name).unlink(missing_ok=True)

    def _begin(self, folder: Path) -> None:
        while self._lock is None:
            path = folder / self.name
            lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            if _lock(lock) and path.exists():  # or another one swept it up before it was locked
                self._lock = lock
            else:
                os.close(lock)
                self.name = secrets.token_hex(8)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other program opens, repairs or replaces the history, and keep them out meanwhile.

    Raises:
        OSError: The folder can't be written.
    """
    private_dir(folder)
    lock = os.open(folder / _OPENING, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _wait_for(lock)
        yield
    finally:
        os.close(lock)


def _free(path: Path) -> bool:
    """Whether no living program holds the lock ``path``, which is then removed."""
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        if not _lock(lock):
            return False
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
    finally:
        os.close(lock)
    if sys.platform == "win32":
        path.unlink(missing_ok=True)
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for(file: int) -> None:
        while True:
            try:
                return msvcrt.locking(file, msvcrt.LK_LOCK, 1)  # gives up after ten seconds
            except OSError:
                continue

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _wait_for(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
