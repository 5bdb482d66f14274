"""The history on a server, done first in a file of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, Unpack

from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.chat.conversation import Bundle, Conversation, SearchHit, Summary
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Part
from tui.chat.spending import Spent
from tui.errors import (
    HistoryBusyError,
    HistoryError,
    HistoryReadOnlyError,
    HistoryRefusedError,
    HistoryTooNewError,
    HistoryUnreachableError,
    NotFoundError,
)
from tui.history.copies import copied, kept_in_copy, next_title, stem_of
from tui.history.place import Server
from tui.history.postgres.history import PostgresHistory, Save
from tui.history.postgres.history import open_history as on_server
from tui.history.preferences import Kept
from tui.history.rows import changed_columns, from_stamp
from tui.history.shared import here, journal, numbers
from tui.history.shared.acts import Kind, file_facts, message_facts, piece_facts, state_facts
from tui.history.shared.carrier import Carrier
from tui.history.shared.mirror import Mirror
from tui.history.shared.pusher import Pusher
from tui.history.spent_rows import spent_row
from tui.history.sqlite import bundles, conversations, messages, spending, state, trash
from tui.history.sqlite.history import SqliteHistory
from tui.history.store import (
    Came,
    Change,
    ConversationChanges,
    HistoryStore,
    Line,
    ListFilter,
    News,
    Scope,
    StopAsked,
)
from tui.text import normalise

T = TypeVar("T")
Connection = sqlite3.Connection
_ALL = ListFilter()
PATIENCE = 0.6
"""Seconds that a call waits for its act to be on the server."""
_AT_START = 0.1  # seconds that a start waits for a server whose conversations are partly here
_ANSWER = 5.0  # seconds that who must know it as it is waits for the first answer
_NEVER_SEEN = 15.0  # seconds that it waits otherwise
_SHORTEST, _LONGEST = 0.5, 30.0  # seconds between two tries to reach the server
_REFUSED = 60.0  # seconds between two tries where it refuses
_CLOCKS_DIFFER = 300_000_000  # microseconds
_AWAY = (HistoryUnreachableError, HistoryRefusedError, HistoryBusyError)


class SharedHistory:
    """See ``HistoryStore``."""

    def __init__(self, local: SqliteHistory, place: Server, journal_file: Path, save: Save) -> None:
        self._local = local
        self._place = place
        self._save = save
        self._server: PostgresHistory | None = None
        self._carrier = Carrier(local, self._carried)
        self._pusher = Pusher(local, journal_file, self._say, self._moved, self._carrier.expect)
        self._online = False
        self._met = asyncio.Event()  # the server, or that it is not there
        self._answered = asyncio.Event()  # the server, or that it is not there, by itself
        self._error: HistoryError | None = None
        self._line = Line()
        self._noted = self._pushed = 0
        self._arrived = asyncio.Condition()
        self._woken = asyncio.Event()
        self._mirror = Mirror(local, lambda: self._server if self._online else None, self._woken.set)
        self._early: set[int | None] = set()
        """What is new there, and may have been read in the file all the same."""
        self._said: list[str] = []
        self._trouble = ""
        """Why the server takes nothing now, where it is there and says so."""
        self._listeners: list[Callable[[News], None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._aside: set[asyncio.Task[None]] = set()
        local.subscribe(self._heard_here)

    # -- what the person must know
    @property
    def notice(self) -> str:
        """What the person must know of this store; empty if nothing."""
        too_new = self._server is not None and isinstance(self._server.refusal, HistoryTooNewError)
        server = self._server.notice if self._server is not None and too_new else ""
        return " ".join(filter(None, (self._local.notice, server, *self._said, self._trouble)))

    @property
    def line(self) -> Line:
        """How it stands with the server."""
        return self._line

    def _say(self, words: str) -> None:
        if words not in self._said:
            self._said.append(words)
            self._announce(Change(None, elsewhere=True))

    def _complain(self, words: str) -> None:
        if words != self._trouble:
            self._trouble = words
            self._announce(Change(None, elsewhere=True))

    # -- conversations
    async def create_conversation(
        self, *, model: str | None = None, system: str = "", title: str = ""
    ) -> Conversation:
        """A new, empty conversation."""
        owner = self._local.session.name

        def create(db: Connection) -> tuple[Conversation, int]:
            new = Conversation(numbers.conversation_id(db), title=title, model=model, system=system)
            made = conversations.create(db, owner, new)
            [row] = journal.rows_of(db, "SELECT * FROM conversations WHERE id = ?", [made.id])
            return made, journal.note(db, Kind.CREATE, {"columns": row}, made.id)

        return await self._write(create, lambda made: made.id)

    async def load_conversation(self, conversation_id: int) -> Conversation:
        """A conversation with the shape of its tree."""
        place = await self._local.see(lambda db: numbers.conversation(db, conversation_id))
        found = await self._read(lambda store: store.load_conversation(place))
        if self._online:
            self._mirror.refresh([place])
            self._begin_aside(self._mirror.use(place))
        return found

    async def update_conversation(self, conversation_id: int, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields."""
        files = file_facts(changes["attachments"]) if "attachments" in changes else None

        def change(db: Connection, place: int) -> dict[str, Any]:
            meant = _with_numbers(db, place, changes)
            conversations.change(db, place, meant)
            return {"id": place, "columns": changed_columns(meant), "files": files}

        await self._in(conversation_id, Kind.CHANGE, change)

    async def list_conversations(
        self, chosen: ListFilter = _ALL, *, limit: int = 100, offset: int = 0
    ) -> list[Summary]:
        """A page of the list."""
        return await self._read_all(
            lambda store: store.list_conversations(chosen, limit=limit, offset=offset)
        )

    async def count_conversations(self, chosen: ListFilter = _ALL) -> int:
        """How many conversations the filter lets through."""
        return await self._read_all(lambda store: store.count_conversations(chosen))

    async def last_used(self) -> int | None:
        """The conversation that a person used last here."""
        found = await self._local.last_used()
        return found if found is not None else await self._read(lambda store: store.last_used())

    async def delete_conversation(self, conversation_id: int) -> None:
        """Move to the trash."""

        def put_in(db: Connection, place: int) -> dict[str, Any]:
            trash.put_in(db, place)
            return {"id": place}

        await self._in(conversation_id, Kind.TRASH, put_in)

    async def restore_conversation(self, conversation_id: int) -> None:
        """Take back from the trash."""

        def take_out(db: Connection, place: int) -> dict[str, Any]:
            trash.take_out(db, place)
            return {"id": place}

        await self._in(conversation_id, Kind.RESTORE, take_out)

    async def empty_trash(self, before: datetime) -> int:
        """Remove for good what was deleted before ``before``."""
        gone = await (await self._reached("The trash is emptied")).empty_trash(before)
        await self._local.empty_trash(before)
        return gone

    async def copy_conversation(self, conversation_id: int, *, leaf: int | None = None) -> Conversation:
        """A copy: whole, or only the path down to ``leaf``."""

        def copy(db: Connection) -> tuple[Conversation, int]:
            place = numbers.conversation(db, conversation_id)
            made = _copy(db, place, None if leaf is None else numbers.message(db, leaf, place))
            return made, journal.note(db, Kind.WHOLE, here.whole(db, made.id), made.id)

        return await self._write(copy, lambda made: made.id, [conversation_id])

    async def add_conversations(self, bundles: Sequence[Bundle]) -> list[int | None]:
        """Write whole conversations, all or none."""
        return await (await self._reached("What comes from elsewhere is taken in")).add_conversations(bundles)

    async def add_missing(self, bundle: Bundle) -> int:
        """Add to a conversation the messages that it lacks."""
        return await (await self._reached("What comes from elsewhere is taken in")).add_missing(bundle)

    # -- messages
    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """The messages with these ids, in this order."""
        known = await self._local.see(lambda db: numbers.messages(db, ids))
        return await self._read(lambda store: store.messages(known))

    async def add_message(
        self,
        conversation_id: int,
        parent: int | None,
        role: Role,
        parts: Sequence[Part] = (),
        *,
        model: str | None = None,
        status: Status = Status.COMPLETE,
    ) -> Message:
        """Store a new message with its files, and make it the conversation's leaf."""
        owner = self._local.session.name

        def add(db: Connection) -> tuple[Message, int]:
            place = numbers.conversation(db, conversation_id)
            new = Message(
                numbers.message_id(db, place),
                place,
                None if parent is None else numbers.message(db, parent, place),
                role,
                tuple(parts),
                model,
                status,
                created_at=from_stamp(numbers.moment(db)),
            )
            stored = messages.add(db, owner, new)
            facts = message_facts(stored, owner if stored.live else None)
            return stored, journal.note(db, Kind.ADD, facts, place)

        return await self._write(add, lambda stored: stored.conversation_id, [conversation_id])

    async def with_contents(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        """The same attachments with their contents."""
        found = await self._local.with_contents(attachments)
        if all(file.data is not None for file in found):
            return found
        await self._answer()
        return await self._read_there(lambda store: store.with_contents(found))

    async def append(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Add pieces to a streaming reply."""
        await self._pieces(Kind.APPEND, messages.append, message_id, pieces)

    async def rewrite(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Put something else in the place of all pieces that were added to a streaming reply."""
        await self._pieces(Kind.REWRITE, messages.rewrite, message_id, pieces)

    async def finish_message(self, message: Message) -> None:
        """Store the final state of a reply."""

        def finish(db: Connection, place: int) -> dict[str, Any]:
            known = numbers.message(db, message.id)
            parent = None if message.parent is None else numbers.message(db, message.parent, place)
            done = replace(message, id=known, conversation_id=place, parent=parent)
            messages.finish(db, done)
            return message_facts(done)

        await self._in(message.conversation_id, Kind.FINISH, finish)

    async def hide_messages(self, ids: Sequence[int], *, hidden: bool = True) -> None:
        """Hide messages from the path, or show them again."""

        def hide(db: Connection) -> tuple[int | None, int]:
            known = numbers.messages(db, ids)
            place = messages.hide(db, known, hidden)
            return place, journal.note(db, Kind.HIDE, {"ids": known, "hidden": hidden}, place)

        await self._write(hide, lambda place: place, of_messages=ids)

    async def pieces(self, message_id: int, after: int = 0) -> Came:
        """What has come of a reply since ``after``."""
        known = await self._local.see(lambda db: numbers.message(db, message_id))
        if await self._streams_here(known):
            return await self._local.pieces(known, after)
        await self._answer()
        return await self._read_there(lambda store: store.pieces(known, after))

    async def ask_to_stop(self, message_id: int) -> None:
        """Ask the program that streams a reply to stop it."""
        known = await self._local.see(lambda db: numbers.message(db, message_id))
        if await self._streams_here(known):
            await self._local.ask_to_stop(known)
        else:
            await self._read(lambda store: store.ask_to_stop(known))

    async def interrupt_abandoned(self) -> int:
        """Mark replies ``interrupted`` that a program which is gone was streaming."""
        gone = self._local.session.gone

        def interrupt(db: Connection) -> tuple[int, int]:
            ids, seq = messages.interrupt(db, gone), 0
            for message in messages.get(db, ids):
                seq = journal.note(db, Kind.FINISH, message_facts(message), message.conversation_id)
            return len(ids), seq

        settled = await self._write(interrupt, lambda _: None)
        if self._online and self._server is not None:
            with contextlib.suppress(*_AWAY, HistoryReadOnlyError):  # another program does it
                settled += await self._server.interrupt_abandoned()
        return settled

    # -- what it cost
    async def note_spending(self, spent: Spent) -> None:
        """Keep what a request took that is no reply."""
        await self._quietly(Kind.SPENT, {"row": spent_row(spent)}, lambda db: spending.note(db, spent))

    async def spending(self, since: datetime | None = None, until: datetime | None = None) -> list[Spent]:
        """What was spent in a time, oldest first."""
        return await self._read_all(lambda store: store.spending(since, until))

    # -- search and recall
    async def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[SearchHit]:
        """Full-text search, newest first."""
        return await self._read_all(lambda store: store.search(query, limit=limit, offset=offset))

    async def remember_prompt(self, text: str) -> None:
        """Add to the list of prompts that Up recalls."""
        await self._quietly(Kind.PROMPT, {"text": normalise(text)}, lambda db: state.remember(db, text))

    async def prompts(self, limit: int = 200) -> list[str]:
        """The recalled prompts, newest first."""
        return await self._read(lambda store: store.prompts(limit))

    # Drafts of conversations that are not stored, and whose program has which, are this machine's own.
    async def set_new_draft(self, draft: Draft) -> None:
        """Keep what is written in a conversation that is not stored yet."""
        await self._local.set_new_draft(draft)

    async def new_draft(self) -> Draft:
        """What is written in a conversation that is not stored yet."""
        return await self._local.new_draft()

    async def claim_draft(self, conversation_id: int, *, found: bool = False) -> str | None:
        """Have the draft of a conversation for this program."""
        return await self._local.claim_draft(conversation_id, found=found)

    async def release_draft(self, conversation_id: int) -> None:
        """Let another program have the draft of a conversation."""
        await self._local.release_draft(conversation_id)

    async def set_draft_beside(self, conversation_id: int, text: str) -> None:
        """Keep what is written here while another program has the draft."""
        await self._local.set_draft_beside(conversation_id, text)

    # -- small state of the program
    async def get_state(self, key: str, default: str = "", *, scope: Scope = Scope.PERSON) -> str:
        """A small value that outlives the program."""
        if scope is Scope.MACHINE:
            return await self._local.get_state(key, default, scope=scope)
        return await self._read(lambda store: store.get_state(key, default, scope=scope))

    async def set_state(self, key: str, value: str, *, scope: Scope = Scope.PERSON) -> None:
        """Store a small value."""
        if scope is Scope.MACHINE:
            await self._local.set_state(key, value, scope=scope)
        else:

            def keep(db: Connection) -> tuple[None, int]:
                set_at = from_stamp(state.set_state(db, key, value, numbers.moment(db)))
                return None, journal.note(db, Kind.STATE, state_facts(key, Kept(value, set_at)))

            await self._write(keep, None)

    async def kept(self, names: Iterable[str]) -> dict[str, Kept]:
        """The small values of the person that have these names, and when each was set."""
        return await self._read(lambda store: store.kept(names))

    async def take(self, values: Mapping[str, Kept]) -> None:
        """Store small values of the person as they were set in another history; what was set later stays."""

        def keep(db: Connection) -> tuple[None, int]:
            state.take(db, values)
            noted = [journal.note(db, Kind.STATE, state_facts(*item)) for item in values.items()]
            return None, max(noted, default=0)

        await self._write(keep, None)

    # -- life
    def subscribe(self, callback: Callable[[News], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop after each change."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def look_for_changes(self) -> None:
        """Notify subscribers if another program has written since the last look.

        At the start it is waited for the server's answer first.
        """
        await self._answer()
        if self._online and self._server is not None:
            with contextlib.suppress(*_AWAY):
                await self._server.look_for_changes()
        await self._local.look_for_changes()

    async def backup(self, target: Path) -> None:
        """Write a whole copy to ``target``."""
        await self._reached("All of it is copied")
        await self._save(self, target)

    async def begin(self) -> None:
        """Look for the server; what is here can be used at once.

        Raises:
            HistoryRefusedError: It refuses, and nothing of it is here.
        """
        await self._local.act(lambda db: journal.prepare(db, self._place.machine))
        now = await self._local.see(journal.state)
        self._noted, self._pushed = now.last, now.pushed
        self._tasks = [asyncio.create_task(self._keep_in_touch()), asyncio.create_task(self._mirror.run())]
        for task in self._tasks:
            task.add_done_callback(self._failed)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_NEVER_SEEN if now.seen_at is None else _AT_START):
                await self._met.wait()
        if now.seen_at is None and isinstance(self._error, HistoryRefusedError):
            raise self._error

    async def close(self) -> None:
        """Finish what is being written and let go of the file and the server."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._server is not None:
            await self._server.close()
        if self._aside:
            await asyncio.wait(self._aside)
        await self._local.close()

    # -- writing
    async def _write(
        self,
        work: Callable[[Connection], tuple[T, int]],
        about: Callable[[T], int | None] | None,
        places: Sequence[int] = (),
        of_messages: Sequence[int] = (),
    ) -> T:
        """Do an act here and note it; what it is about is fetched first if it is only there."""
        if self._server is not None and isinstance(self._server.refusal, HistoryTooNewError):
            raise self._server.refusal

        def done(result_and_seq: tuple[T, int]) -> None:
            result, seq = result_and_seq
            self._noted = max(self._noted, seq)
            self._woken.set()
            if about is not None:
                self._announce(Change(about(result)))

        try:
            result, seq = await self._local.act(work, done)
        except NotFoundError as error:
            if not await self._mirror.fetch(places, of_messages):
                raise _not_seen(error) from error
            result, seq = await self._local.act(work, done)
        await self._on_its_way(seq)
        return result

    async def _in(
        self, conversation_id: int, kind: Kind, work: Callable[[Connection, int], dict[str, Any]]
    ) -> None:
        """Do an act in a conversation; ``work`` gets the number that it has now, and returns the facts."""

        def act(db: Connection) -> tuple[int, int]:
            place = numbers.conversation(db, conversation_id)
            return place, journal.note(db, kind, work(db, place), place)

        await self._write(act, lambda place: place, [conversation_id])

    async def _quietly(self, kind: Kind, facts: dict[str, Any], work: Callable[[Connection], Any]) -> None:
        """Do an act that no one needs to hear of."""

        def act(db: Connection) -> tuple[None, int]:
            work(db)
            return None, journal.note(db, kind, facts)

        await self._write(act, None)

    async def _pieces(
        self,
        kind: Kind,
        write: Callable[[Connection, int, Iterable[str | Part]], None],
        message_id: int,
        pieces: Sequence[str | Part],
    ) -> None:
        owner = self._local.session.name

        def act(db: Connection) -> tuple[None, int]:
            known = numbers.message(db, message_id)
            write(db, known, pieces)
            [place] = db.execute("SELECT conversation_id FROM messages WHERE id = ?", (known,)).fetchone()
            return None, journal.note(db, kind, piece_facts(known, owner, pieces), place)

        await self._write(act, None)

    async def _on_its_way(self, seq: int) -> None:
        """Wait a moment until an act is on the server; it gets there in any case."""
        if self._online:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE), self._arrived:
                    await self._arrived.wait_for(lambda: self._pushed >= seq or not self._online)
        if self._pushed < seq:
            await self._measure()

    # -- reading
    async def _read(self, ask: Callable[[HistoryStore], Awaitable[T]]) -> T:
        """From the server if it has all that was done here, and from the file otherwise."""
        if self._pushed >= self._noted:
            return await self._read_there(ask)
        self._early |= self._mirror.stale
        return await self._read_here(ask)

    async def _read_all(self, ask: Callable[[HistoryStore], Awaitable[T]]) -> T:
        """From the server, which alone has all. What goes there now is waited for, or told later."""
        await self._on_its_way(self._noted)
        if self._readable is None:
            return await self._read_here(ask)
        if self._pushed < self._noted:
            self._early.add(None)
        return await self._read_there(ask)

    async def _read_there(self, ask: Callable[[HistoryStore], Awaitable[T]]) -> T:
        """From the server; from the file if it is not there."""
        if (server := self._readable) is not None:
            with contextlib.suppress(*_AWAY, HistoryReadOnlyError):
                return await self._asked(server, ask)
        return await self._read_here(ask)

    async def _read_here(self, ask: Callable[[HistoryStore], Awaitable[T]]) -> T:
        """From the file; what is not in it is looked for on the server."""
        try:
            return await ask(self._local)
        except NotFoundError as error:
            if not self._answered.is_set() and await self._answer():
                return await self._read(ask)
            if (server := self._readable) is not None:
                return await ask(server)
            raise _not_seen(error) from error

    async def _asked(self, server: PostgresHistory, ask: Callable[[HistoryStore], Awaitable[T]]) -> T:
        """What the server says; that it is lost is noted."""
        try:
            return await ask(server)
        except (HistoryUnreachableError, HistoryRefusedError) as error:
            await self._lost(error)
            raise

    @property
    def _readable(self) -> PostgresHistory | None:
        """The server, if it can be read now."""
        return self._server if self._online or self._only_reads else None

    async def _answer(self) -> bool:
        """Wait for the server's first answer, and that it does not give one. Returns whether that came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER):
                await self._answered.wait()
        return self._answered.is_set()

    @property
    def _only_reads(self) -> bool:
        """Whether the server can be read and not be written."""
        return isinstance(self._error, HistoryReadOnlyError)

    async def _reached(self, what: str) -> PostgresHistory:
        """The server, with all that was done here.

        Raises:
            HistoryUnreachableError: It can't be reached now.
        """
        await self._answer()
        noted = self._noted
        if self._online and self._pushed < noted:
            self._woken.set()
            await self._on_its_way(noted)
        if self._server is None or not self._online or self._pushed < noted:
            raise HistoryUnreachableError(
                f"{what} on the server only, which can't be reached now", "Try again when it is."
            )
        return self._server

    async def _streams_here(self, message_id: int) -> bool:
        def look(db: Connection) -> bool:
            row = db.execute("SELECT status FROM messages WHERE id = ?", (message_id,)).fetchone()
            return row is not None and row["status"] == Status.STREAMING.value

        return await self._local.see(look)

    # -- the server
    async def _keep_in_touch(self) -> None:
        """Reach the server, push what waits, and again whenever it was lost."""
        pause = _SHORTEST
        while True:
            try:
                server = await self._meet()
                pause = _SHORTEST
                await self._push_on(server)
            except HistoryError as error:
                await self._lost(error)
                self._answered.set()
            longest = _REFUSED if isinstance(self._error, HistoryRefusedError) else _LONGEST
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = longest if isinstance(self._error, HistoryRefusedError) else min(pause * 2, longest)

    def _failed(self, task: asyncio.Task[None]) -> None:
        """What ends by itself has a fault of ours: that is said, and nothing waits for it."""
        if not task.cancelled() and (error := task.exception()) is not None:
            words = f"The history is not brought to its server any more ({type(error).__name__})"
            self._begin_aside(self._lost(HistoryError(words, "Start Segue again.")))
            self._answered.set()

    async def _meet(self) -> PostgresHistory:
        server = self._server
        if server is None or isinstance(server.refusal, HistoryReadOnlyError):
            old = server  # which is read until there is another
            server = self._server = await on_server(
                self._place, self._save, self._local.session.name, self._lost_quietly
            )
            server.subscribe(self._heard_there)
            if old is not None:
                self._begin_aside(old.close())
        refusal = server.refusal
        if isinstance(refusal, HistoryReadOnlyError):
            raise refusal
        if refusal is None:
            await self._pusher.settle(server)
            await self._pusher.push(server)
            await self._arrive()
        first = not self._met.is_set()
        self._online, self._error, self._trouble = True, None, ""
        await self._measure()
        self._met.set()
        self._answered.set()
        if not first:
            self._announce(Change(None, elsewhere=True))
        await self._mirror.catch_up(server)
        now = await self._local.see(journal.state)
        if abs(now.ahead) > _CLOCKS_DIFFER:
            minutes = abs(now.ahead) // 60_000_000
            self._say(f"The clock of this machine is {minutes} minutes from that of the history's server.")
        return server

    async def _push_on(self, server: PostgresHistory) -> None:
        """Push what is noted, and carry its files, until the server is lost."""
        carrying = asyncio.create_task(self._carry(server))
        try:
            await self._push_what_comes(server)
        finally:
            carrying.cancel()
            await asyncio.wait([carrying])

    async def _carry(self, server: PostgresHistory) -> None:
        if server.refusal is not None:
            return
        try:
            await self._carrier.run(server)
        except HistoryError as error:
            await self._lost(error)

    def _carried(self) -> None:
        self._begin_aside(self._measure())

    def _begin_aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _push_what_comes(self, server: PostgresHistory) -> None:
        while self._online:
            await self._woken.wait()
            self._woken.clear()
            if self._online:
                await self._pusher.push(server)
                await self._arrive()

    async def _arrive(self) -> None:
        """All that was noted before is there now."""
        if self._line.behind or self._carrier.behind:
            await self._measure()
        now = await self._local.see(journal.state)
        async with self._arrived:
            self._pushed, self._noted = now.pushed, max(self._noted, now.pushed)
            self._arrived.notify_all()
        if self._pushed >= self._noted:  # from now on it is read where it is new
            early, self._early = self._early, set()
            for place in early:
                self._announce(Change(place, elsewhere=True))

    async def _lost(self, error: HistoryError) -> None:
        """The server is not there, or does not let this program do what it must."""
        self._error = error
        if not isinstance(error, (HistoryUnreachableError, HistoryBusyError)):
            self._complain(f"{error} What is written is kept here until it can be there.")
        if self._online:
            self._online = False
            self._woken.set()
            async with self._arrived:
                self._arrived.notify_all()
        await self._measure()
        self._met.set()

    def _lost_quietly(self, error: HistoryError) -> None:
        if self._online and isinstance(error, (HistoryUnreachableError, HistoryRefusedError)):
            self._begin_aside(self._lost(error))

    async def _measure(self) -> None:
        """Say how it stands now."""
        now = await self._local.see(journal.state)
        behind = max(now.last - now.pushed, 0) + self._carrier.behind
        if self._online or self._error is None:
            line = Line(behind)
        else:
            count = await self._local.count_conversations()
            since = self._line.offline_since or datetime.now(UTC)
            total = max(now.total, count)
            line = Line(behind, since, str(self._error or ""), count, total, readable=self._only_reads)
        if line != self._line:
            self._line = line
            self._announce(line)

    # -- news
    def _heard_here(self, news: News) -> None:
        """What is done here is told; what other programs of this machine do the server tells."""
        if isinstance(news, StopAsked) or not (isinstance(news, Change) and news.elsewhere and self._online):
            self._announce(news)

    def _heard_there(self, news: News) -> None:
        if isinstance(news, Change):
            if news.conversation_id is not None:
                self._mirror.refresh([news.conversation_id])
            if self._pushed < self._noted:
                self._early.add(news.conversation_id)
        self._announce(news)

    def _moved(self, place: int | None) -> None:
        self._announce(Change(place, elsewhere=True))

    def _announce(self, news: News) -> None:
        for listener in list(self._listeners):
            listener(news)


async def open_history(place: Server, journal_file: Path, save: Save, local: SqliteHistory) -> HistoryStore:
    """Open the history on ``place`` with its journal.

    Args:
        place: Where it is.
        journal_file: The file of this machine.
        save: Writes a whole copy of a history to a file.
        local: What is in that file.

    Raises:
        HistoryError: The file can't be used; or the server refuses, and nothing of it is here.
    """
    history = SharedHistory(local, place, journal_file, save)
    try:
        await history.begin()
    except BaseException:
        await history.close()
        raise
    return history


def _not_seen(error: NotFoundError) -> HistoryUnreachableError:
    """What is not here may be there."""
    return HistoryUnreachableError(
        f"{error.message}, as far as can be seen: the server of the history can't be reached",
        "What is not on this machine is there again with the server.",
    )


def _with_numbers(db: Connection, place: int, changes: ConversationChanges) -> ConversationChanges:
    """Changes that name messages by the ids that these have now."""
    meant = changes.copy()
    if (leaf := changes.get("leaf")) is not None:
        meant["leaf"] = numbers.message(db, leaf, place)
    if "pins" in changes:
        meant["pins"] = tuple(numbers.messages(db, changes["pins"], place))
    if "labels" in changes:
        labels = changes["labels"].items()
        meant["labels"] = {numbers.message(db, message_id, place): label for message_id, label in labels}
    return meant


def _copy(db: Connection, conversation_id: int, leaf: int | None) -> Conversation:
    """A copy whose numbers no other machine gives."""
    original = conversations.load(db, conversation_id)
    kept = messages.get(db, kept_in_copy(original, leaf))
    stem = stem_of(original.title)
    alike = db.execute("SELECT title FROM conversations WHERE substr(title, 1, ?) = ?", (len(stem), stem))
    bundle = copied(original, kept, leaf, next_title(original.title, {title for (title,) in alike}))
    place = numbers.conversation_id(db)
    bundles.write(db, bundle, place, lambda: numbers.message_id(db, place))
    conversations.note_use(db, place)
    return conversations.load(db, place)
