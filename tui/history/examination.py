"""What a history is, found out without changing it: for a person who wants to know, or who has trouble."""

from __future__ import annotations

from tui.history.look import Look
from tui.history.place import File, Place, Server


async def examine(place: Place) -> list[Look]:
    """Look at the history at ``place``. Never raises: what fails is told."""
    if isinstance(place, Server):
        from tui.history.opening import with_driver

        if missing := with_driver():
            return [Look("server", "wrong", missing)]
        from tui.history.postgres.examination import examine as on_server

        looks = await on_server(place)
        if place.journal is not None:
            from tui.history.shared.examination import examine as of_journal

            looks += of_journal(place.journal)
        return looks
    if isinstance(place, File):
        from tui.history.sqlite.examination import examine as in_file

        return in_file(place.path)
    return [Look("memory", "ok", "kept in memory only")]


def database_version() -> str:
    """Which database the embedded history uses."""
    from tui.history.sqlite.inspection import sqlite_version

    return sqlite_version()
