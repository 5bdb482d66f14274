"""A history in a file, as ``segue doctor`` shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tui.errors import HistoryError
from tui.history.look import Look
from tui.history.sqlite.backup import newest_backup
from tui.history.sqlite.faults import translated
from tui.history.sqlite.inspection import Kind, inspect

_ROOM = 100_000_000  # bytes


def examine(path: Path) -> list[Look]:
    """Look at the history ``path``."""
    name = path.name
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return [Look(name, "ok", "not there yet")]
    except OSError as error:
        return [Look(name, "wrong", str(error))]
    try:
        with translated(path):
            found = inspect(path)
    except HistoryError as error:
        return [Look(name, "wrong", str(error))]
    fine = found.kind in (Kind.OURS, Kind.OLD)
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    backup = newest_backup(path)
    free = shutil.disk_usage(path.parent).free
    return [
        Look(name, "ok" if fine else "wrong", found.words or f"whole, {size}"),
        Look("newest backup", "ok" if backup else "note", str(backup or "none yet")),
        Look("free disk", "ok" if free > _ROOM else "wrong", f"{free / 1e6:,.0f} MB"),
    ]
