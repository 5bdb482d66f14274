"""What of a history on a server is on this machine, as ``segue history place`` and ``doctor`` show it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from tui.history.look import Look
from tui.history.shared import journal
from tui.history.sqlite.database import Location, connect
from tui.history.uris import uri
from tui.text import counted


def examine(file: Path) -> list[Look]:
    """Look at the journal in ``file``; it may not be there yet."""
    if not file.exists():
        return []
    try:
        with contextlib.closing(connect(Location(uri(file, "mode=ro"), file))) as db:
            now = journal.state(db)
            aside = journal.count_aside(db)
            (here,) = db.execute("SELECT count(*) FROM conversations WHERE message_count > 0").fetchone()
    except sqlite3.Error as error:
        return [Look("journal", "wrong", f"{file}: {error}")]
    waits = now.last - now.pushed
    looks = [
        Look("here", "note", f"{here:,} of {max(now.total, here):,} conversations, in {file}"),
        Look("journal", "note" if waits else "ok", f"{counted(waits, 'act')} not on the server yet"),
    ]
    if aside:
        looks.append(Look("aside", "wrong", f"{counted(aside, 'act')} the server does not take"))
    return looks
