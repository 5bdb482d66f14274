"""Has a part of the server's conversations here, as they are there: to be read while it can't be reached."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from tui.chat.attachment import Attachment
from tui.chat.parts import files_of
from tui.errors import HistoryError, NotFoundError
from tui.history.postgres.history import PostgresHistory
from tui.history.rows import message_of
from tui.history.shared import here, journal, there
from tui.history.sqlite.history import SqliteHistory


class Mirror:
    """Takes over what changes there, one conversation after the other."""

    def __init__(
        self,
        local: SqliteHistory,
        online: Callable[[], PostgresHistory | None],
        noted: Callable[[], None],
    ) -> None:
        """Begin with nothing to take over.

        Args:
            local: The history of this machine.
            online: The server, while it can be reached.
            noted: Told that by what is gone from here an act may have been noted.
        """
        self._local = local
        self._online = online
        self._noted = noted
        self._changed = asyncio.Event()
        self.stale: set[int] = set()
        """Conversations that are yet to be looked at."""

    async def run(self) -> None:
        """Have here what changes there."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self.stale and self._online() is not None:
                place = self.stale.pop()
                with contextlib.suppress(HistoryError):  # the next time that it is reached
                    if await self._is_stale(place) and await self.take(place):
                        await self._local.act(here.make_room)
            self._noted()

    def refresh(self, places: Iterable[int]) -> None:
        """These may be others there now."""
        self.stale |= set(places)
        self._changed.set()

    async def catch_up(self, server: PostgresHistory) -> None:
        """Find what changed there while no one looked."""
        newest = await server.see(lambda db: there.revisions(db, here.NEWEST))
        known = await self._local.see(here.known)
        others = await server.see(lambda db: there.revisions_of(db, list(known.keys() - newest.keys())))
        now = newest | others
        self.refresh([place for place, rev in newest.items() if known.get(place) != rev])
        self.refresh([place for place, rev in known.items() if now.get(place) != rev])
        values, prompts = await server.see(there.of_person)

        def of_person(db: sqlite3.Connection) -> None:
            stands = journal.state(db)
            if stands.pushed >= stands.last:
                here.set_of_person(db, values, prompts)

        await self._local.act(of_person)

    async def fetch(self, places: Sequence[int], of_messages: Sequence[int]) -> bool:
        """Have conversations here as they are there. Returns whether the server could be asked.

        Raises:
            NotFoundError: They are not there either.
        """
        server = self._online()
        if server is None:
            return False
        try:
            of_them = [one.conversation_id for one in await server.messages(of_messages)]
            for place in {*places, *of_them}:
                await server.load_conversation(place)
                await self.take(place)
        except NotFoundError:
            raise
        except HistoryError:
            return False
        return True

    async def take(self, place: int) -> bool:
        """Have a conversation here as it is there, unless more was done here. Returns whether it is."""
        server = self._online()
        if server is None:
            return False
        now = await self._local.see(journal.state)
        newest = await self._local.see(lambda db: journal.newest_of(db, place))
        if newest > now.pushed:
            return False
        found = await server.see(lambda db: there.whole(db, place))
        files = await self._files(server, found)
        return await self._local.act(lambda db: here.keep(db, place, found, files, newest))

    async def use(self, place: int) -> None:
        """A conversation is read here now."""
        with contextlib.suppress(HistoryError):  # of a file that can't be written now nothing has to go
            if not await self._local.see(lambda db: here.is_used(db, place)):
                await self._local.act(lambda db: here.use(db, place))

    async def _is_stale(self, place: int) -> bool:
        server = self._online()
        if server is None:
            return False
        revs = await server.see(lambda db: there.revisions_of(db, [place]))
        kept = await self._local.see(here.kept)
        return kept.get(place) != revs.get(place)

    async def _files(self, server: PostgresHistory, found: there.Whole | None) -> list[Attachment]:
        """The contents of the files of a conversation that are not here yet and not too large."""
        named = [
            file for row in (found.messages if found else ()) for file in files_of(message_of(row).parts)
        ]
        known = await self._local.with_contents(
            [file for file in dict.fromkeys(named) if file.size <= here.LARGEST_FILE]
        )
        return await server.with_contents([file for file in known if file.data is None])
