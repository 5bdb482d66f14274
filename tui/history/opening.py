"""From a path to a history that can be used: new, ours, read-only, damaged, too new."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tui.history.database import Place, connect
from tui.history.faults import translated
from tui.history.migrations import migrate
from tui.history.sessions import Session
from tui.paths import private_dir, private_file


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that is ready, and what there is to say of it."""

    place: Place
    session: Session
    notice: str = ""


async def open_place(path: Path | None) -> Opened:
    """Make ``path`` ready, in a thread."""
    return await asyncio.to_thread(_open, path)


def _open(path: Path | None) -> Opened:
    if path is None:
        return Opened(Place(), Session(None))
    private_dir(path.parent)
    if not path.exists():
        _create(path)
    session = Session(path.with_name(path.name + ".sessions"))
    place = Place(f"{path.absolute().as_uri()}?mode=rw", path, wal=True)
    with translated(path), contextlib.closing(connect(place)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
    return Opened(place, session)


def _create(path: Path) -> None:
    """Make a new database whole beside its place, then put it there: no one ever sees half of one."""
    new = private_file(path.with_name(f".{path.name}.{secrets.token_hex(4)}"))
    try:
        with translated(path), contextlib.closing(connect(Place(new.absolute().as_uri(), new))) as connection:
            migrate(connection)
        with contextlib.suppress(FileExistsError):  # another program was quicker: its file serves
            os.link(new, path)
    finally:
        new.unlink()
