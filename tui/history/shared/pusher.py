"""Brings the acts of this machine to the server, in their order, each exactly once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.chat.attachment import Attachment
from tui.digest import new_name
from tui.errors import HistoryRefusedError, HistoryUnfitError, NotFoundError
from tui.history.postgres.history import Acted, PostgresHistory
from tui.history.postgres.link import Tables
from tui.history.shared import here, journal, numbers, there
from tui.history.shared.acts import Act
from tui.history.sqlite.history import SqliteHistory
from tui.locks import Lock

_AT_ONCE = 100  # acts of one transaction
_POISON = (NotFoundError, HistoryUnfitError, LookupError, TypeError, ValueError)
_PAUSE = 0.05  # seconds between two looks whether another program is done with it


class Pusher:
    """Pushes what waits; of all programs of a machine one at a time, for all of them."""

    def __init__(
        self,
        local: SqliteHistory,
        file: Path,
        told: Callable[[str], None],
        changed: Callable[[int | None], None],
        expected: there.Expected,
    ) -> None:
        """Begin with nothing pushed.

        Args:
            local: The history of this machine, in whose file the journal is.
            file: Where that is.
            told: Told what the server does not take, or what was done about it.
            changed: Told in which conversation something is not as it was.
            expected: Told of the files whose contents are to follow.
        """
        self._local = local
        self._file = file
        self._lock = Lock(file.with_name("push"))  # says who pushes
        self._told = told
        self._changed = changed
        self._expected = expected
        self._turn = asyncio.Lock()

    async def settle(self, server: PostgresHistory) -> None:
        """Find out with the server where this machine stands, and have its numbers.

        Raises:
            HistoryError: It can't be reached, or takes nothing now.
        """
        async with self._turn:
            await self._alone()
            try:
                await self._settled(server)
            finally:
                self._lock.release()

    async def push(self, server: PostgresHistory) -> None:
        """Push all that waits.

        Raises:
            HistoryError: It can't be reached, or takes nothing now.
        """
        async with self._turn:
            await self._alone()
            try:
                while await self._some(server):
                    pass
            finally:
                self._lock.release()

    async def _alone(self) -> None:
        while not await asyncio.to_thread(self._lock.take):  # noqa: ASYNC110 - another program has it
            await asyncio.sleep(_PAUSE)

    async def _settled(self, server: PostgresHistory) -> None:
        local = self._local
        now = await local.see(journal.state)
        if now.uid and now.uid != await server.see(there.uid_of):
            raise HistoryRefusedError(
                "The server has another history in this place than the one that this machine knew",
                f"What is here stays in {self._file}; nothing of it goes there. To begin with the other "
                f"history, move that file away; segue history copy --from FILE takes it along.",
            )
        standing = await server.quietly(lambda db: there.register(db, now.machine, now.first - 1))
        machine, seq = now.machine, standing.seq
        mark = await local.see(lambda db: journal.mark_of(db, seq))
        if seq > now.last or (standing.mark and mark is not None and mark != standing.mark):
            # The acts of another machine: this folder is a copy of its, or it of this one's.
            machine, seq = new_name(8), now.pushed
            standing = await server.quietly(lambda db: there.register(db, machine, now.pushed))
        elif seq < now.first - 1:
            seq = now.first - 1  # an older copy of the server than the acts that are kept
            await server.quietly(lambda db: there.leap(db, machine, seq))
        await local.act(lambda db: journal.settle(db, machine, seq, standing))
        if now.spare < journal.BLOCK // 2:
            await self._number(server)

    async def _number(self, server: PostgresHistory) -> None:
        first = await server.quietly(there.numbers)
        await self._local.act(lambda db: journal.give(db, first))

    async def _some(self, server: PostgresHistory) -> bool:
        """Push some of what waits. Returns whether there may be more."""
        now = await self._local.see(journal.state)
        acts = await self._local.see(lambda db: journal.waiting(db, now.pushed, _AT_ONCE))
        if not acts:
            if not now.spare:
                await self._number(server)
            return False
        try:
            await self._together(server, now, acts)
        except there.Astray:
            await self._settled(server)
        except (there.Met, there.Displaced, there.Purged, *_POISON):
            await self._one_by_one(server, now, acts)
        return True

    async def _together(self, server: PostgresHistory, now: journal.State, acts: Sequence[Act]) -> None:
        who = there.Who(now.machine, server.session)
        named: list[Attachment] = []

        async def work(db: Tables) -> Acted:
            named.clear()  # it may be done again
            return await there.push(db, who, now.pushed, acts, named.extend)

        await server.act(work)
        await self._local.act(lambda db: journal.pushed(db, acts[-1].seq))
        if named:
            self._expected(named)

    async def _one_by_one(self, server: PostgresHistory, now: journal.State, acts: Sequence[Act]) -> None:
        """Push acts up to the first that the server does not take as it is, and do something about that."""
        for act in acts:
            try:
                await self._together(server, await self._local.see(journal.state), [act])
            except there.Astray:
                return
            except there.Met as met:
                await self._renumber(act, met.message_id)
                return
            except there.Displaced as displaced:
                await self._move(displaced.act)
                return
            except there.Purged as purged:
                await self._recover(purged.act)
                return
            except _POISON as error:
                await self._put_aside(act, error)
                return

    async def _renumber(self, act: Act, message_id: int) -> None:
        place = await self._local.act(lambda db: numbers.renumber(db, message_id))
        if place is None:
            await self._put_aside(act, LookupError(f"another message has the number {message_id}"))
        else:
            self._changed(place)

    async def _move(self, act: Act) -> None:
        old = act.conversation_id
        assert old is not None, "what is displaced has a number"
        new = await self._local.act(lambda db: numbers.move(db, old))
        for place in (old, new):
            self._changed(place)

    async def _recover(self, act: Act) -> None:
        """What is written here into a conversation that was removed elsewhere makes it anew."""

        def work(db: sqlite3.Connection) -> str:
            gone = act.origin is None  # from here, too
            if act.conversation_id is None or gone or not journal.writes_later(db, act):
                journal.put_aside(db, act.seq, "what it was about was removed on another machine")
                return ""
            title = here.recover(db, act.conversation_id)
            journal.take_over(db, act, here.whole(db, act.conversation_id))
            return title

        title = await self._local.act(work)
        self._changed(act.conversation_id)
        if title:
            self._told(f"A conversation was removed on another machine while this one wrote in it: {title}")

    async def _put_aside(self, act: Act, error: Exception) -> None:
        words = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        await self._local.act(lambda db: journal.put_aside(db, act.seq, words))
        self._told(f"The server does not take something that was written here; here it stays: {words}")
