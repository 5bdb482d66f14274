"""From a path to a history that can be used: new, ours, read-only, damaged, too new."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from functools import partial
from pathlib import Path

from msgspec import Struct

from tui.aside import aside
from tui.errors import (
    HistoryDamagedError,
    HistoryFullError,
    HistoryReadOnlyError,
    HistoryTooNewError,
    SegueError,
)
from tui.history.sqlite.creation import create
from tui.history.sqlite.database import Location, connect
from tui.history.sqlite.faults import translated
from tui.history.sqlite.files import doubt_mark, on_network, session_folder, sweep
from tui.history.sqlite.indexing import mend_index
from tui.history.sqlite.inspection import Kind, inspect
from tui.history.sqlite.migrations import migrate
from tui.history.sqlite.sessions import Session, alone
from tui.history.uris import uri
from tui.paths import PRIVATE_FILE, private_dir

_UNSAVED = "Nothing that is written now is saved."


class Opened(Struct, frozen=True):
    """A database that is ready, and what there is to say of it."""

    location: Location
    session: Session
    notice: str = ""


async def open_database(path: Path | None) -> Opened:
    """Make ``path`` ready, in a thread; None is a history in memory.

    Raises:
        HistoryError: It is busy, or could not be brought to the newest form. The file is as it was.
    """
    if path is None:
        return Opened(Location(), Session(None))
    return await aside(partial(_open, path))


def _open(path: Path) -> Opened:
    folder = session_folder(path)
    try:
        private_dir(path.parent)
        with alone(folder):
            return _open_alone(path, Session(folder))
    except OSError as error:
        return _without_writing(path, error.strerror or str(error))
    except HistoryReadOnlyError as error:
        return _without_writing(path, error.message)
    except (HistoryDamagedError, HistoryFullError) as error:
        return _in_memory(str(error))


def _open_alone(path: Path, session: Session) -> Opened:
    with contextlib.ExitStack() as undo:
        undo.callback(session.end)
        if not session.others():
            sweep(path, path.parent, path.parent / "backups")
        notice = ""
        if not path.exists():
            create(path)
        with translated(path):
            found = inspect(path)
        if found.kind is Kind.DAMAGED:
            from tui.history.sqlite.salvage import repair

            notice = repair(path, found.words, session)
        elif found.kind is Kind.FOREIGN:
            return _in_memory(f"{path} is not used: {found.words}")
        elif found.kind is Kind.TOO_NEW:
            return _newer(path, found.words)
        os.close(os.open(path, os.O_RDWR))
        if found.kind is Kind.OLD:
            from tui.history.sqlite.backup import before_migration

            before_migration(path)
        wal = _make_ready(path)
        undo.pop_all()
    if not wal:
        notice += " The history lies on a network disk: safe there, but slower."
    return Opened(Location(uri(path, "mode=rw"), path, wal=wal), session, notice.strip())


def _make_ready(path: Path) -> bool:
    """Bring the file to its newest form, keep others out of it, and settle the journal. True: it is WAL."""
    if os.name == "posix" and path.stat().st_uid == os.getuid():
        path.chmod(PRIVATE_FILE)
    wanted = "DELETE" if on_network(path) else "WAL"
    doubt = doubt_mark(path)
    with translated(path), contextlib.closing(connect(Location(uri(path, "mode=rw"), path))) as connection:
        (journal,) = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        migrate(connection)
        if doubt.exists():
            mend_index(connection)
            doubt.unlink()
    return bool(journal == "wal")


def _newer(path: Path, words: str) -> Opened:
    """A file that is not ours to change: read it as far as it goes."""

    def refusal() -> HistoryTooNewError:
        return HistoryTooNewError(f"The history is not changed: {words}", "Use the newer Segue to write.")

    location = Location(uri(path, "mode=ro"), path, refusal=refusal)
    return Opened(location, Session(None), f"The history is read-only: {words}. {_UNSAVED}")


def _without_writing(path: Path, why: str) -> Opened:
    """The file or its folder may not be written: read it, or do without."""

    def refusal() -> HistoryReadOnlyError:
        return HistoryReadOnlyError(f"The history can't be changed: {why}", f"It is {path}.")

    for access in ("mode=ro", "immutable=1"):  # the second where there may be no lock and no journal
        with contextlib.suppress(OSError, sqlite3.Error, SegueError):
            if inspect(path, access).kind in (Kind.OURS, Kind.TOO_NEW):
                location = Location(uri(path, access), path, refusal=refusal)
                return Opened(location, Session(None), f"The history is read-only: {why}. {_UNSAVED}")
    return _in_memory(f"The history can't be kept at {path}: {why}")


def _in_memory(why: str) -> Opened:
    return Opened(Location(), Session(None), f"{why.rstrip('.')}. This run keeps its history in memory only.")
