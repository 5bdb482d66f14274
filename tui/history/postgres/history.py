"""The history in a schema of a PostgreSQL server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, Unpack

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.chat.conversation import Bundle, Conversation, SearchHit, Summary
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Part
from tui.chat.spending import Spent
from tui.digest import new_name
from tui.errors import HistoryError, HistoryReadOnlyError, HistoryTooNewError
from tui.history.hits import merged
from tui.history.place import Server
from tui.history.postgres import (
    contents,
    conversations,
    draft_owners,
    messages,
    sessions,
    spending,
    state,
    trash,
)
from tui.history.postgres.faults import translated
from tui.history.postgres.link import Link, Tables
from tui.history.postgres.news import News
from tui.history.postgres.revisions import stamp
from tui.history.postgres.schema import prepare, schema_of
from tui.history.postgres.server import let_go, way_to
from tui.history.postgres.state import EVERYWHERE
from tui.history.postgres.upkeep import Upkeep
from tui.history.preferences import Kept
from tui.history.query import parse
from tui.history.rows import from_stamp
from tui.history.store import (
    TRASH_DAYS,
    Came,
    Change,
    ConversationChanges,
    HistoryStore,
    Line,
    ListFilter,
    Scope,
    StopAsked,
)
from tui.history.store import News as AnyNews

T = TypeVar("T")
_ALL = ListFilter()
Save = Callable[[HistoryStore, Path], Awaitable[None]]


class Acted(Struct, frozen=True):
    """What was done in a transaction."""

    conversations: Sequence[int]
    rev: int = 0
    """The first number of a change that it took; 0 if it took none."""


def _nobody(_: HistoryError) -> None:
    """Who uses the history hears of it then."""


async def open_history(
    server: Server, save: Save, session: str = "", lost: Callable[[HistoryError], None] = _nobody
) -> PostgresHistory:
    """Open the history on ``server``, or make a new one there.

    Args:
        server: Where it is.
        save: Writes a whole copy of a history to a file.
        session: The name by which others know this program; without one it gets one.
        lost: Told that it can't be reached any more, though nobody asked it for anything.

    Raises:
        HistoryError: It can't be reached, or may not be used.
    """
    way = way_to(server)
    with translated():
        connection, terms = await way.meet()
        try:
            schema = await schema_of(connection, way.schema)
            found = await prepare(connection, schema)
        finally:
            await let_go(connection)
    history = PostgresHistory(Link(way, schema, terms), server.machine, save, session or new_name(8), lost)
    if found.too_new:
        history.only_read(found.words)
    try:
        await history.begin()
    except BaseException:
        await history.close()
        raise
    return history


class PostgresHistory:
    """See ``HistoryStore``."""

    def __init__(
        self,
        link: Link,
        machine: str,
        save: Save,
        session: str,
        lost: Callable[[HistoryError], None],
    ) -> None:
        self._link = link
        self._session = session
        self._machine = machine
        self._save = save
        self._notice = ""
        self._listeners: list[Callable[[AnyNews], None]] = []
        self._news = News(self._link, self._session, machine, self._announce, lost)
        self._upkeep: Upkeep | None = None

    @property
    def session(self) -> str:
        """The name by which others know this program."""
        return self._session

    async def act(self, work: Callable[[Tables], Awaitable[Acted]]) -> None:
        """Do in one transaction what the protocol has no name for, of which nobody here needs to hear."""

        async def acted(db: Tables) -> tuple[int, int]:
            done = await work(db)
            rev = await stamp(db, self._session, done.conversations)
            return done.rev or rev, rev

        await self._link.write(acted, lambda revs: self._news.made(*revs))

    async def quietly(self, work: Callable[[Tables], Awaitable[T]]) -> T:
        """Write what is no change of the history."""
        return await self._quiet(work)

    async def see(self, work: Callable[[Tables], Awaitable[T]]) -> T:
        """Read what the protocol has no name for."""
        return await self._link.read(work)

    @property
    def refusal(self) -> HistoryError | None:
        """Why nothing may be written, if that is so."""
        return self._link.refusal() if self._link.refusal is not None else None

    @property
    def line(self) -> Line:
        """Nothing is elsewhere."""
        return Line()

    @property
    def notice(self) -> str:
        """What the person must know of this store; empty if nothing."""
        return self._notice

    def only_read(self, why: str) -> None:
        """Write nothing from here on."""

        def refusal() -> HistoryTooNewError:
            return HistoryTooNewError(f"The history is not changed: {why}", "Use the newer Segue to write.")

        self._link.refusal = refusal
        self._notice = f"The history is read-only: {why}. Nothing that is written now is saved."

    # -- conversations
    async def create_conversation(
        self, *, model: str | None = None, system: str = "", title: str = ""
    ) -> Conversation:
        """A new, empty conversation."""
        new = Conversation(0, title=title, model=model, system=system)

        async def create(db: Tables) -> Conversation:
            made = await conversations.create(db, self._session, new)
            await conversations.note_use(db, self._machine, made.id)
            return made

        return await self._write(create, lambda made: [made.id])

    async def load_conversation(self, conversation_id: int) -> Conversation:
        """A conversation with the shape of its tree."""
        return await self._link.read(lambda db: conversations.load(db, conversation_id))

    async def update_conversation(self, conversation_id: int, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields."""
        await self._write_in(conversation_id, lambda db: conversations.change(db, conversation_id, changes))

    async def list_conversations(
        self, chosen: ListFilter = _ALL, *, limit: int = 100, offset: int = 0
    ) -> list[Summary]:
        """A page of the list."""
        return await self._link.read(lambda db: conversations.page(db, chosen, limit, offset))

    async def count_conversations(self, chosen: ListFilter = _ALL) -> int:
        """How many conversations the filter lets through."""
        return await self._link.read(lambda db: conversations.count(db, chosen))

    async def last_used(self) -> int | None:
        """The conversation that a person used last here."""
        return await self._link.read(lambda db: conversations.last_used(db, self._machine))

    async def delete_conversation(self, conversation_id: int) -> None:
        """Move to the trash."""
        await self._write_in(conversation_id, lambda db: trash.put_in(db, conversation_id))

    async def restore_conversation(self, conversation_id: int) -> None:
        """Take back from the trash."""
        await self._write_in(conversation_id, lambda db: trash.take_out(db, conversation_id))

    async def empty_trash(self, before: datetime) -> int:
        """Remove for good what was deleted before ``before``."""
        return await self._write(lambda db: trash.empty(db, before), lambda _: [])

    async def copy_conversation(self, conversation_id: int, *, leaf: int | None = None) -> Conversation:
        """A copy: whole, or only the path down to ``leaf``."""
        from tui.history.postgres.bundles import copy

        return await self._write(
            lambda db: copy(db, self._machine, conversation_id, leaf), lambda made: [made.id]
        )

    async def add_conversations(self, bundles: Sequence[Bundle]) -> list[int | None]:
        """Write whole conversations, all or none."""
        from tui.history.postgres.bundles import add

        return await self._write(
            lambda db: add(db, bundles), lambda made: [one for one in made if one is not None], many=True
        )

    async def add_missing(self, bundle: Bundle) -> int:
        """Add to a conversation the messages that it lacks."""
        from tui.history.postgres.bundles import add_missing

        _, added = await self._write(
            lambda db: add_missing(db, bundle), lambda place_and_count: place_and_count[0]
        )
        return added

    # -- messages
    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """The messages with these ids, in this order."""
        return await self._link.read(lambda db: messages.get(db, ids))

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
        new = Message(0, conversation_id, parent, role, tuple(parts), model, status)
        stored, _ = await self._link.write(
            lambda db: messages.add(db, self._session, self._machine, new),
            lambda stored_and_rev: self._made(stored_and_rev[1], conversation_id),
        )
        return stored

    async def with_contents(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        """The same attachments with their contents."""
        return await contents.filled(self._link.read, attachments)

    async def append(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Add pieces to a streaming reply."""
        await self._quiet(lambda db: messages.append(db, message_id, self._session, pieces))

    async def rewrite(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Put something else in the place of all pieces that were added to a streaming reply."""
        await self._quiet(lambda db: messages.rewrite(db, message_id, self._session, pieces))

    async def finish_message(self, message: Message) -> None:
        """Store the final state of a reply."""
        await self._write_in(message.conversation_id, lambda db: messages.finish(db, message))

    async def hide_messages(self, ids: Sequence[int], *, hidden: bool = True) -> None:
        """Hide messages from the path, or show them again."""
        await self._write(
            lambda db: messages.hide(db, ids, hidden), lambda place: [] if place is None else [place]
        )

    async def pieces(self, message_id: int, after: int = 0) -> Came:
        """What has come of a reply since ``after``."""
        return await self._link.read(lambda db: messages.came(db, message_id, after))

    async def ask_to_stop(self, message_id: int) -> None:
        """Ask the program that streams a reply to stop it."""
        owner, _ = await self._write(
            lambda db: messages.ask_to_stop(db, message_id), lambda owner_and_place: [owner_and_place[1]]
        )
        if owner == self._session:
            self._announce(StopAsked(message_id))

    async def interrupt_abandoned(self) -> int:
        """Mark replies ``interrupted`` that a program which is gone was streaming."""
        places = await self._write(messages.interrupt, _same)
        return len(places)

    # -- what it cost
    async def note_spending(self, spent: Spent) -> None:
        """Keep what a request took that is no reply."""
        await self._quiet(lambda db: spending.note(db, spent))

    async def spending(self, since: datetime | None = None, until: datetime | None = None) -> list[Spent]:
        """What was spent in a time, oldest first."""
        return await self._link.read(lambda db: spending.read(db, since, until))

    # -- search and recall
    async def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[SearchHit]:
        """Full-text search, newest first."""
        from tui.history.postgres import search

        parsed = parse(query)
        if parsed.empty or limit <= 0:
            return []
        wanted = offset + limit
        said, titles = await asyncio.gather(
            self._link.read(lambda db: search.in_messages(db, parsed, wanted)),
            self._link.read_beside(lambda db: search.in_titles(db, parsed, wanted)),
        )
        return merged(said, titles)[offset:wanted]

    async def remember_prompt(self, text: str) -> None:
        """Add to the list of prompts that Up recalls."""
        await self._quiet(lambda db: state.remember(db, text))

    async def prompts(self, limit: int = 200) -> list[str]:
        """The recalled prompts, newest first."""
        return await self._link.read(lambda db: state.prompts(db, limit))

    async def set_new_draft(self, draft: Draft) -> None:
        """Keep what is written in a conversation that is not stored yet."""
        await self._quiet(lambda db: state.set_new_draft(db, self._machine, draft))

    async def new_draft(self) -> Draft:
        """What is written in a conversation that is not stored yet."""
        return await self._link.read(lambda db: state.new_draft(db, self._machine))

    async def claim_draft(self, conversation_id: int, *, found: bool = False) -> str | None:
        """Have the draft of a conversation for this program."""
        return await self._quiet(
            lambda db: draft_owners.claim(db, self._machine, conversation_id, self._session, found=found)
        )

    async def release_draft(self, conversation_id: int) -> None:
        """Let another program have the draft of a conversation."""
        await self._quiet(lambda db: draft_owners.release(db, self._machine, conversation_id, self._session))

    async def set_draft_beside(self, conversation_id: int, text: str) -> None:
        """Keep what is written here while another program has the draft."""
        await self._quiet(
            lambda db: draft_owners.set_beside(db, self._machine, conversation_id, self._session, text)
        )

    # -- small state of the program
    async def get_state(self, key: str, default: str = "", *, scope: Scope = Scope.PERSON) -> str:
        """A small value that outlives the program."""
        return await self._link.read(lambda db: state.get_state(db, self._of(scope), key, default))

    async def set_state(self, key: str, value: str, *, scope: Scope = Scope.PERSON) -> None:
        """Store a small value."""
        await self._quiet(lambda db: state.set_state(db, self._of(scope), key, value))

    async def kept(self, names: Iterable[str]) -> dict[str, Kept]:
        """The small values of the person that have these names, and when each was set."""
        return await self._link.read(lambda db: state.kept(db, names))

    async def take(self, values: Mapping[str, Kept]) -> None:
        """Store small values of the person as they were set in another history; what was set later stays."""
        await self._quiet(lambda db: state.take(db, values))

    # -- life
    def subscribe(self, callback: Callable[[AnyNews], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop after each change."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def look_for_changes(self) -> None:
        """Notify subscribers if another program has written since the last look."""
        await self._news.look()

    async def backup(self, target: Path) -> None:
        """Write a whole copy to ``target``."""
        await self._save(self, target)

    async def begin(self) -> None:
        """What comes after this is news; and the history is looked after in the background."""
        if self._link.refusal is not None:
            return
        try:
            await self._news.begin()
        except HistoryReadOnlyError as error:  # a copy of another server
            refused = error
            self._link.refusal = lambda: refused
            self._notice = f"{error} Nothing that is written now is saved."
        else:
            self._upkeep = Upkeep(self._tidy)

    async def close(self) -> None:
        """Finish what is being written and let go of the server."""
        if self._upkeep is not None:
            await self._upkeep.end()
        await self._news.end()
        await self._link.close()

    async def _tidy(self) -> None:
        async def sweep(db: Tables) -> bool:
            await sessions.sweep(db)
            await conversations.drop_empty(db)
            gone = await trash.empty(db, from_stamp(db.now()) - timedelta(TRASH_DAYS))
            if gone:
                await stamp(db, self._session, [])
            return bool(gone)

        await self._link.write(sweep, lambda gone: self._announce(Change(None)) if gone else None)

    def _of(self, scope: Scope) -> str:
        return self._machine if scope is Scope.MACHINE else EVERYWHERE

    async def _write(
        self,
        work: Callable[[Tables], Awaitable[T]],
        about: Callable[[T], Sequence[int]],
        *,
        many: bool = False,
    ) -> T:
        """Do an act, and tell of it: of each conversation that it was about, or that anything may be new."""

        async def act(db: Tables) -> tuple[T, int]:
            result = await work(db)
            return result, await stamp(db, self._session, about(result))

        def done(result_and_rev: tuple[T, int]) -> None:
            result, rev = result_and_rev
            ids = about(result)
            self._made(rev, ids[0] if len(ids) == 1 and not many else None)

        result, _ = await self._link.write(act, done)
        return result

    async def _write_in(self, conversation_id: int, work: Callable[[Tables], Awaitable[T]]) -> T:
        return await self._write(work, lambda _: [conversation_id])

    async def _quiet(self, work: Callable[[Tables], Awaitable[T]]) -> T:
        """Write what no one needs to hear of."""
        return await self._link.write(work, lambda _: None)

    def _made(self, rev: int, conversation_id: int | None) -> None:
        """Tell of a change of this program's own."""
        self._news.made(rev, rev)
        self._announce(Change(conversation_id))

    def _announce(self, news: AnyNews) -> None:
        for listener in list(self._listeners):
            listener(news)


def _same(ids: list[int]) -> list[int]:
    return ids
