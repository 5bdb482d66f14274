"""What a history needs once in a while, done in the background after the start."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from tui.history import backup, conversations
from tui.history.database import Database
from tui.history.sessions import Session

TRASH_DAYS = 30


async def look_after(database: Database, session: Session) -> None:
    """Drop what stayed empty, empty the old trash, sweep up after dead programs, make today's backup.

    Raises:
        HistoryError: Something could not be done; the next start tries again.
    """
    path = database.place.path
    if path is None or database.place.refusal:
        return

    def tidy(connection: sqlite3.Connection) -> None:
        conversations.drop_empty(connection, session.gone)
        conversations.empty_trash(connection, datetime.now(UTC) - timedelta(TRASH_DAYS))

    def keep_safe(connection: sqlite3.Connection) -> None:
        session.others()
        backup.daily(connection, path)

    await database.write(tidy, lambda _: None)
    await database.read_aside(keep_safe)
