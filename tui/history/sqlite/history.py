"""The history in one SQLite file, or in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar, Unpack

from tui.chat.attachment import Attachment
from tui.chat.conversation import Bundle, Conversation, SearchHit, Summary
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Part
from tui.chat.spending import Spent
from tui.errors import HistoryError
from tui.history.preferences import Kept
from tui.history.sqlite import contents, conversations, draft_owners, messages, spending, state, trash
from tui.history.sqlite.database import Database
from tui.history.sqlite.opening import Opened, open_database
from tui.history.sqlite.sessions import Session
from tui.history.sqlite.upkeep import Upkeep
from tui.history.sqlite.watch import Watch
from tui.history.store import (
    Came,
    Change,
    ConversationChanges,
    Line,
    ListFilter,
    News,
    Scope,
    StopAsked,
)

T = TypeVar("T")
_ALL = ListFilter()


async def open_history(path: Path | None) -> SqliteHistory:
    """Open the history at ``path``, or a new one in memory.

    What can't be used as it is does not stop the program: the store's ``notice`` then says what was done.

    Raises:
        HistoryError: The file can't be opened in any way.
    """
    history = SqliteHistory(await open_database(path))
    try:
        await history.begin()
    except BaseException:
        await history.close()
        raise
    return history


class SqliteHistory:
    """See ``HistoryStore``."""

    def __init__(self, opened: Opened) -> None:
        self._database = Database(opened.location)
        self._session = opened.session
        self._notice = opened.notice
        self._listeners: list[Callable[[News], None]] = []
        self._seen_version: int | None = None
        self._upkeep: Upkeep | None = None
        self._watch: Watch | None = None

    @property
    def session(self) -> Session:
        """Who writes here."""
        return self._session

    async def act(
        self, work: Callable[[sqlite3.Connection], T], then: Callable[[T], None] = lambda _: None
    ) -> T:
        """Do in one transaction what the protocol has no name for; ``then`` hears of its result."""
        return await self._database.write(work, then)

    async def see(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read what the protocol has no name for."""
        return await self._database.read(work)

    @property
    def line(self) -> Line:
        """Nothing is elsewhere."""
        return Line()

    @property
    def notice(self) -> str:
        """What the person must know of this store; empty if nothing."""
        return self._notice

    # -- conversations
    async def create_conversation(
        self, *, model: str | None = None, system: str = "", title: str = ""
    ) -> Conversation:
        """A new, empty conversation."""
        owner, new = self._session.name, Conversation(0, title=title, model=model, system=system)
        return await self._write(lambda db: conversations.create(db, owner, new), lambda made: made.id)

    async def load_conversation(self, conversation_id: int) -> Conversation:
        """A conversation with the shape of its tree."""
        return await self._database.read(lambda db: conversations.load(db, conversation_id))

    async def update_conversation(self, conversation_id: int, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields."""
        await self._write_in(conversation_id, lambda db: conversations.change(db, conversation_id, changes))

    async def list_conversations(
        self, chosen: ListFilter = _ALL, *, limit: int = 100, offset: int = 0
    ) -> list[Summary]:
        """A page of the list."""
        return await self._database.read(lambda db: conversations.page(db, chosen, limit, offset))

    async def count_conversations(self, chosen: ListFilter = _ALL) -> int:
        """How many conversations the filter lets through."""
        return await self._database.read(lambda db: conversations.count(db, chosen))

    async def last_used(self) -> int | None:
        """The conversation that a person used last here."""
        return await self._database.read(conversations.last_used)

    async def delete_conversation(self, conversation_id: int) -> None:
        """Move to the trash."""
        await self._write_in(conversation_id, lambda db: trash.put_in(db, conversation_id))

    async def restore_conversation(self, conversation_id: int) -> None:
        """Take back from the trash."""
        await self._write_in(conversation_id, lambda db: trash.take_out(db, conversation_id))

    async def empty_trash(self, before: datetime) -> int:
        """Remove for good what was deleted before ``before``."""
        return await self._write_in(None, lambda db: trash.empty(db, before))

    async def copy_conversation(self, conversation_id: int, *, leaf: int | None = None) -> Conversation:
        """A copy: whole, or only the path down to ``leaf``."""
        from tui.history.sqlite import bundles

        return await self._write(lambda db: bundles.copy(db, conversation_id, leaf), lambda made: made.id)

    async def add_conversations(self, bundles: Sequence[Bundle]) -> list[int | None]:
        """Write whole conversations, all or none."""
        from tui.history.sqlite.bundles import add

        return await self._write_in(None, lambda db: add(db, bundles))

    async def add_missing(self, bundle: Bundle) -> int:
        """Add to a conversation the messages that it lacks."""
        from tui.history.sqlite.bundles import add_missing

        _, added = await self._write(
            lambda db: add_missing(db, bundle), lambda place_and_count: place_and_count[0] or None
        )
        return added

    # -- messages
    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """The messages with these ids, in this order."""
        return await self._database.read(lambda db: messages.get(db, ids))

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
        owner = self._session.name
        return await self._write_in(conversation_id, lambda db: messages.add(db, owner, new))

    async def with_contents(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        """The same attachments with their contents."""
        return await self._database.read(lambda db: contents.filled(db, attachments))

    async def append(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Add pieces to a streaming reply."""
        await self._database.write(lambda db: messages.append(db, message_id, pieces), lambda _: None)

    async def rewrite(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Put something else in the place of all pieces that were added to a streaming reply."""
        await self._database.write(lambda db: messages.rewrite(db, message_id, pieces), lambda _: None)

    async def finish_message(self, message: Message) -> None:
        """Store the final state of a reply."""
        await self._write_in(message.conversation_id, lambda db: messages.finish(db, message))

    async def hide_messages(self, ids: Sequence[int], *, hidden: bool = True) -> None:
        """Hide messages from the path, or show them again."""
        await self._write(lambda db: messages.hide(db, ids, hidden), lambda conversation_id: conversation_id)

    async def pieces(self, message_id: int, after: int = 0) -> Came:
        """What has come of a reply since ``after``."""
        return await self._database.read(lambda db: messages.came(db, message_id, after))

    async def ask_to_stop(self, message_id: int) -> None:
        """Ask the program that streams a reply to stop it."""
        if await self._quiet(lambda db: messages.ask_to_stop(db, message_id)) == self._session.name:
            self._announce(StopAsked(message_id))

    async def interrupt_abandoned(self) -> int:
        """Mark replies ``interrupted`` that a program which is gone was streaming."""
        gone = self._session.gone
        return len(await self._write_in(None, lambda db: messages.interrupt(db, gone)))

    # -- what it cost
    async def note_spending(self, spent: Spent) -> None:
        """Keep what a request took that is no reply."""
        await self._quiet(lambda db: spending.note(db, spent))

    async def spending(self, since: datetime | None = None, until: datetime | None = None) -> list[Spent]:
        """What was spent in a time, oldest first."""
        return await self._database.read(lambda db: spending.read(db, since, until))

    # -- search and recall
    async def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[SearchHit]:
        """Full-text search, newest first."""
        from tui.history.sqlite.search import search  # here, because no start needs it

        return await self._database.read(lambda db: search(db, query, limit, offset))

    async def remember_prompt(self, text: str) -> None:
        """Add to the list of prompts that Up recalls."""
        await self._quiet(lambda db: state.remember(db, text))

    async def prompts(self, limit: int = 200) -> list[str]:
        """The recalled prompts, newest first."""
        return await self._database.read(lambda db: state.prompts(db, limit))

    async def set_new_draft(self, draft: Draft) -> None:
        """Keep what is written in a conversation that is not stored yet."""
        await self._quiet(lambda db: state.set_new_draft(db, draft))

    async def new_draft(self) -> Draft:
        """What is written in a conversation that is not stored yet."""
        return await self._database.read(state.new_draft)

    async def claim_draft(self, conversation_id: int, *, found: bool = False) -> str | None:
        """Have the draft of a conversation for this program."""
        owner = self._session
        return await self._quiet(
            lambda db: draft_owners.claim(db, conversation_id, owner.name, owner.gone, found=found)
        )

    async def release_draft(self, conversation_id: int) -> None:
        """Let another program have the draft of a conversation."""
        owner = self._session.name
        await self._quiet(lambda db: draft_owners.release(db, conversation_id, owner))

    async def set_draft_beside(self, conversation_id: int, text: str) -> None:
        """Keep what is written here while another program has the draft."""
        owner = self._session.name
        await self._quiet(lambda db: draft_owners.set_beside(db, conversation_id, owner, text))

    # -- small state of the program
    async def get_state(self, key: str, default: str = "", *, scope: Scope = Scope.PERSON) -> str:
        """A small value that outlives the program; a file is of one person on one machine."""
        return await self._database.read(lambda db: state.get_state(db, key, default))

    async def set_state(self, key: str, value: str, *, scope: Scope = Scope.PERSON) -> None:
        """Store a small value."""
        await self._quiet(lambda db: state.set_state(db, key, value))

    async def kept(self, names: Iterable[str]) -> dict[str, Kept]:
        """The small values of the person that have these names, and when each was set."""
        return await self._database.read(lambda db: state.kept(db, names))

    async def take(self, values: Mapping[str, Kept]) -> None:
        """Store small values of the person as they were set in another history; what was set later stays."""
        await self._quiet(lambda db: state.take(db, values))

    # -- life
    def subscribe(self, callback: Callable[[News], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop after each change."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def look_for_changes(self) -> None:
        """Notify subscribers if another program has written since the last look."""
        version = await self._database.ask_writer(_data_version)
        if self._seen_version is not None and version != self._seen_version:
            self._announce(Change(None, elsewhere=True))
            owner = self._session.name
            for message_id in await self._database.read(lambda db: messages.asked_to_stop(db, owner)):
                self._announce(StopAsked(message_id))
        self._seen_version = version

    async def backup(self, target: Path) -> None:
        """Write a whole copy to ``target``."""
        from tui.history.sqlite.backup import check_target, copy_to

        check_target(target, self._database.location.path)
        await self._database.read_aside(lambda db: copy_to(db, target))

    async def begin(self) -> None:
        """What comes after this is news; and the history is looked after in the background."""
        await self.look_for_changes()
        location = self._database.location
        if location.path is not None:
            self._watch = Watch(location.path, self.look_for_changes)
        if location.path is not None and location.refusal is None:
            self._upkeep = Upkeep(self._database, self._session, self._complain)

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        if self._watch is not None:
            await self._watch.end()
        if self._upkeep is not None:
            await self._upkeep.end()
        await self._database.close()
        self._session.end()

    def _complain(self, error: HistoryError) -> None:
        if str(error) not in self._notice:
            self._notice = f"{self._notice} {error}".strip()
            self._announce(Change(None, elsewhere=True))

    async def _write(self, work: Callable[[sqlite3.Connection], T], about: Callable[[T], int | None]) -> T:
        return await self._database.write(work, lambda result: self._announce(Change(about(result))))

    async def _write_in(self, conversation_id: int | None, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._write(work, lambda _: conversation_id)

    async def _quiet(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Write what no one needs to hear of."""
        return await self._database.write(work, lambda _: None)

    def _announce(self, news: News) -> None:
        for listener in list(self._listeners):
            listener(news)


def _data_version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)
