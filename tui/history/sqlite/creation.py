"""A new history: made whole beside its place, then put there."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tui.history.sqlite.database import Location, connect
from tui.history.sqlite.faults import translated
from tui.history.sqlite.files import half_made, put_aside
from tui.history.sqlite.migrations import migrate
from tui.history.uris import uri
from tui.paths import private_file


def create(
    path: Path,
    fill: Callable[[sqlite3.Connection], None] = lambda connection: None,
    put_away: str = "left",
) -> Path | None:
    """Make a new history whole beside its place, then put it there: no one ever sees half of one.

    Args:
        path: Where it shall be. The caller is ``alone``.
        fill: Writes what it begins with.
        put_away: Goes into the name that what lies there now is given: an old file, or its journal alone,
            which would be played into the new one.

    Returns:
        That name, if there was a file.

    Raises:
        HistoryError: It could not be written. What lay there lies there still.
        OSError: The folder can't be written.
    """
    new = private_file(half_made(path))
    try:
        with translated(path), contextlib.closing(connect(Location(uri(new, "mode=rw"), new))) as connection:
            migrate(connection)
            fill(connection)
        aside = put_aside(path, put_away)
        new.rename(path)
    finally:
        new.unlink(missing_ok=True)
    return aside if aside.exists() else None
