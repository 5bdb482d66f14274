"""Which programs use the history now: each holds a lock that the system lets go of when it dies."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tui.digest import new_name
from tui.locks import Lock
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
        self.name = new_name(8)
        self._folder = folder
        self._lock: Lock | None = None
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
        if self._lock is not None:
            self._lock.release()
            self._lock.path.unlink(missing_ok=True)
            self._lock = None

    def _begin(self, folder: Path) -> None:
        while self._lock is None:
            lock = Lock(folder / self.name)
            if lock.take() and lock.path.exists():  # or another one swept it up before it was locked
                self._lock = lock
            else:
                lock.release()
                self.name = new_name(8)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other program opens, repairs or replaces the history, and keep them out meanwhile.

    Raises:
        OSError: The folder can't be written.
    """
    private_dir(folder)
    with Lock(folder / _OPENING).held():
        yield


def _free(path: Path) -> bool:
    """Whether no living program holds the lock ``path``, which is then removed."""
    if not path.exists():
        return True
    lock = Lock(path)
    try:
        if not lock.take():
            return False
    except OSError:
        return False
    try:
        if sys.platform != "win32":  # there nothing can be removed that is open
            path.unlink(missing_ok=True)
    finally:
        lock.release()
    if sys.platform == "win32":
        path.unlink(missing_ok=True)
    return True
