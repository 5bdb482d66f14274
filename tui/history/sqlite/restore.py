"""The history, taken back from a copy."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from tui.errors import HistoryError, HistoryTooNewError
from tui.history.sqlite.backup import copy_to
from tui.history.sqlite.creation import create
from tui.history.sqlite.database import Location, connect
from tui.history.sqlite.faults import translated
from tui.history.sqlite.files import session_folder, today, unused
from tui.history.sqlite.inspection import Kind, inspect
from tui.history.sqlite.migrations import migrate
from tui.history.sqlite.sessions import Session, alone
from tui.history.uris import uri
from tui.paths import private_dir


def restore(source: Path, history: Path) -> Path | None:
    """Put the copy ``source`` in the place of ``history``, also while programs use it.

    They see the restored conversations at their next look.

    Returns:
        Where the old history is kept, if there was one.

    Raises:
        HistoryError: ``source`` is not a whole history of ours, or it can't be put in place. Nothing changed.
    """
    check(source)
    try:
        private_dir(history.parent)
        folder = session_folder(history)
        with alone(folder):
            session = Session(folder)
            try:
                return _replace(source, history, session)
            finally:
                session.end()
    except OSError as error:
        raise HistoryError(f"{history} can't be written", f"{error.strerror}.") from error


def check(source: Path) -> None:
    """Make sure that ``source`` is a whole history of ours.

    Raises:
        HistoryError: It is not.
    """
    try:
        found = inspect(source)
    except OSError as error:
        raise HistoryError(f"{source} can't be read", f"{error.strerror}.") from error
    except sqlite3.Error as error:
        raise HistoryError(f"{source} can't be read", f"{error}.") from error
    if found.kind in (Kind.TOO_NEW, Kind.FOREIGN):
        raise HistoryTooNewError(f"{source} can't be restored: {found.words}")
    if found.kind is Kind.DAMAGED:
        raise HistoryError(f"{source} can't be restored: {found.words}", "Try another backup.")


def _replace(source: Path, history: Path, session: Session) -> Path | None:
    usable = history.exists() and inspect(history).kind in (Kind.OURS, Kind.OLD)
    old = None
    if usable:
        old = _keep(history)
    elif history.exists():
        if session.others():
            raise HistoryError("Another program uses the history", "Close it first.")
        old = create(history, put_away="before-restore")
    else:
        create(history)
    _copy_into(source, history)
    return old


def _copy_into(source: Path, history: Path) -> None:
    """Replace all that is in ``history`` in one transaction, which other programs survive."""
    scratch = unused(history.with_name(f".{history.name}.restore"))
    try:
        with (
            translated(source),
            contextlib.closing(sqlite3.connect(uri(source, "mode=ro"), uri=True)) as copy,
        ):
            copy_to(copy, scratch)
        with (
            translated(history),
            contextlib.closing(connect(Location(uri(scratch, "mode=rw"), scratch))) as fresh,
            contextlib.closing(connect(Location(uri(history, "mode=rw"), history))) as connection,
        ):
            migrate(fresh)
            fresh.backup(connection)
    finally:
        scratch.unlink(missing_ok=True)


def _keep(history: Path) -> Path:
    old = unused(history.with_name(f"{history.name}.before-restore-{today()}"))
    with (
        translated(history),
        contextlib.closing(connect(Location(uri(history, "mode=rw"), history))) as connection,
    ):
        copy_to(connection, old)
    return old
