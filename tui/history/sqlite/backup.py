"""Copies of the history: on demand, once a day, before each change of its form."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import sqlite3
from pathlib import Path

from tui.errors import HistoryError, HistoryFullError
from tui.history.sqlite.database import Location, connect
from tui.history.sqlite.faults import translated
from tui.history.sqlite.files import half_made, today, unused
from tui.history.sqlite.inspection import Kind, inspect
from tui.history.sqlite.migrations import newest
from tui.history.uris import uri
from tui.paths import private_dir, private_file, sweep_abandoned

KEPT = 7
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def folder_of(path: Path) -> Path:
    """Where the backups of the history ``path`` lie."""
    return path.parent / "backups"


def newest_backup(path: Path) -> Path | None:
    """The newest backup of the history ``path``, by its time."""
    found = list(folder_of(path).glob(f"{path.stem}-*.db"))
    return max(found, key=lambda backup: backup.stat().st_mtime, default=None)


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Write a whole copy of what ``connection`` sees; ``target`` is there whole or not at all.

    Raises:
        sqlite3.Error: It could not be read or written.
        OSError: ``target`` could not be put in place.
    """
    sweep_abandoned(target.parent, f".{glob.escape(target.name)}.{'[0-9a-f]' * 8}")
    half = private_file(half_made(target))
    try:
        connection.execute("VACUUM INTO ?", (uri(half, "mode=rw"),))
        os.replace(half, target)
    finally:
        half.unlink(missing_ok=True)


def check_target(target: Path, history: Path | None) -> None:
    """Make sure that a copy to ``target`` overwrites nothing but an older copy.

    Raises:
        HistoryError: It would.
    """
    if history is not None and target.exists() and history.exists() and target.samefile(history):
        raise HistoryError(f"{target} is the history itself", "Name another file for the copy.")
    with contextlib.suppress(OSError, sqlite3.Error):
        if not target.exists() or inspect(target).kind in (Kind.OURS, Kind.OLD):
            return
    raise HistoryError(f"{target} is there already, and not a copy of a history", "Name another file.")


def daily(connection: sqlite3.Connection, path: Path) -> None:
    """Make today's backup if there is none and something has changed, and let the oldest go.

    Raises:
        HistoryFullError: There is no room for it.
    """
    folder = folder_of(path)
    target = folder / f"{path.stem}-{today()}.db"
    if target.exists() or not _changed(path, newest_backup(path)):
        return
    if not connection.execute("SELECT 1 FROM messages LIMIT 1").fetchone():
        return
    private_dir(folder)
    _check_room(path, folder)
    copy_to(connection, target)
    for old in sorted(folder.glob(f"{path.stem}-{_DAY}.db"))[:-KEPT]:
        old.unlink()


def before_migration(path: Path) -> None:
    """Keep a copy of a history whose form is about to change.

    Raises:
        HistoryError: It could not be made, so the form must not change.
    """
    folder = private_dir(folder_of(path))
    target = unused(folder / f"{path.stem}-before-form-{newest()}-{today()}.db")
    with translated(path), contextlib.closing(connect(Location(uri(path, "mode=rw"), path))) as connection:
        _check_room(path, folder)
        copy_to(connection, target)


def keep_newest(path: Path) -> Path | None:
    """Take the newest backup out of the row that renews itself, after damage. Returns it."""
    backup = newest_backup(path)
    if backup is None or "kept" in backup.stem:
        return backup
    return backup.rename(unused(backup.with_name(f"{backup.stem}-kept.db")))


def _changed(path: Path, backup: Path | None) -> bool:
    """Whether the history was written since ``backup`` was made."""
    if backup is None:
        return True
    parts = [part.stat() for part in (path, path.with_name(f"{path.name}-wal")) if part.exists()]
    return max(part.st_mtime for part in parts if part.st_size) > backup.stat().st_mtime


def _check_room(path: Path, folder: Path) -> None:
    size = path.stat().st_size
    if shutil.disk_usage(folder).free < size + size // 10:
        raise HistoryFullError(
            "There is no room for a backup of the history", f"It needs {size / 1e6:.0f} MB in {folder}."
        )
