"""Locks between programs, held by an open file: the system lets go of one however its holder ends."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from tui.paths import PRIVATE_FILE


def lock_at(path: Path) -> FileLock:
    """A lock that nobody holds yet; its file is private, and any thread may let go of it."""
    return FileLock(path, mode=PRIVATE_FILE, thread_local=False, fallback_to_soft=False)


def take(lock: FileLock) -> bool:
    """Take a lock if nobody holds it; does not wait.

    Raises:
        OSError: The file can't be written, or this file system has no locks.
    """
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
