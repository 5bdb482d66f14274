"""From a place to the history that is there. Callers know no other way to one, nor which they have."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.errors import HistoryError, HistoryRefusedError
from tui.history.copying import copy_all
from tui.history.place import File, Place, Server
from tui.history.store import HistoryStore
from tui.installing import how_to_install
from tui.text import counted


async def open_history(place: Place) -> HistoryStore:
    """Open the history at ``place``, or make a new one there.

    What can't be used as it is does not stop the program: the store's ``notice`` then says what was done.

    Raises:
        HistoryError: It can't be opened in any way.
    """
    if isinstance(place, Server):
        if missing := with_driver():
            raise HistoryRefusedError(missing)
        if place.journal is not None:
            from tui.history.shared.history import open_history as with_journal
            from tui.history.sqlite.history import open_history as in_file

            return await with_journal(place, place.journal, save, await in_file(place.journal))
        from tui.history.postgres.history import open_history as on_server

        return await on_server(place, save)
    from tui.history.sqlite.history import open_history as in_file

    return await in_file(place.path if isinstance(place, File) else None)


def with_driver() -> str:
    """What is missing for a history on a server, and how it is installed; nothing if it is there."""
    if importlib.util.find_spec("asyncpg") is not None:
        return ""
    return f"A history on a server needs a package that is not installed: {how_to_install('asyncpg')}"


async def restore(source: Path, place: Place) -> str:
    """Take a history back from the copy ``source``.

    Returns:
        What was done, in words.

    Raises:
        HistoryError: ``source`` is not a whole history of ours, or it can't be put in place.
    """
    from tui.history.sqlite.restore import check
    from tui.history.sqlite.restore import restore as into_file

    if isinstance(place, File):
        old = into_file(source, place.path)
        return "The history is restored." + (f" The one before is kept in {old}" if old else "")
    check(source)
    with TemporaryDirectory() as folder:
        scratch = Path(folder, "history.db")
        into_file(source, scratch)
        copy, store = await open_history(File(scratch)), await open_history(place)
        try:
            copied = await copy_all(copy, store)
        finally:
            await copy.close()
            await store.close()
    return f"{counted(copied.added, 'conversation')} of {copied.total:,} were not there, and are now."


async def save(store: HistoryStore, target: Path) -> None:
    """Write all of ``store`` to the file ``target``, which is there whole or not at all.

    Raises:
        HistoryError: It can't be read or written, or something else is there.
    """
    from tui.history.sqlite.backup import check_target
    from tui.history.sqlite.history import open_history as in_file

    check_target(target, None)
    try:
        with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            half = Path(folder, target.name)
            copy = await in_file(half)
            try:
                await copy_all(store, copy)
            finally:
                await copy.close()
            os.replace(half, target)
    except OSError as error:
        raise HistoryError(f"{target} can't be written", f"{error.strerror or error}.") from error
