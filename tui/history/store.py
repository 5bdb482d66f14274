"""What a history must do: one protocol, so that another database can stand in SQLite's place.

Every implementation passes the same contract test-suite. No SQL and no database type leaves its package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypedDict, Unpack

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.chat.conversation import Bundle, Conversation, SearchHit, Summary
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Part
from tui.chat.spending import Spent
from tui.history.preferences import Kept


class ConversationChanges(TypedDict, total=False):
    """What ``update_conversation`` may change; a key that is absent stays as it is."""

    title: str
    titled: bool
    leaf: int | None
    model: str | None
    system: str
    parameters: dict[str, str | int | float]
    hues: dict[str, str]
    draft: str
    attachments: tuple[Attachment, ...]
    tags: tuple[str, ...]
    pins: tuple[int, ...]
    labels: dict[int, str]
    tools: tuple[str, ...]
    pinned: bool
    archived: bool
    begun_by: str
    project: str


class ListFilter(Struct, frozen=True):
    """Which conversations to list. Pinned ones come first, then the newest."""

    title: str = ""
    """Only titles that contain these words, without regard to case and accents."""
    tag: str | None = None
    model: str | None = None
    begun_by: str | None = None
    """Only those that this has begun, as ``ask``; an empty one lets those through that a person began."""
    project: str | None = None
    """Only those that belong to the project in this folder."""
    before: datetime | None = None
    after: datetime | None = None
    archived: bool = False
    deleted: bool = False
    """The trash instead of the list."""


TRASH_DAYS = 30
"""After so many days what was deleted goes for good."""
KEPT_PROMPTS = 1000
"""Prompts that can be recalled; the oldest go."""


class Scope(StrEnum):
    """Whose a small value is."""

    PERSON = "person"
    """Of whoever uses the history, on every machine."""
    MACHINE = "machine"
    """Of this machine: folders, what was left open here."""


class Change(Struct, frozen=True):
    """Something changed in the history, here or in another program."""

    conversation_id: int | None
    """None where anything may have changed."""
    elsewhere: bool = False
    """Whether another program did it, here or on another machine; or the notice grew."""


class StopAsked(Struct, frozen=True):
    """Somewhere a person asks this program to stop a reply."""

    message_id: int


class Line(Struct, frozen=True):
    """How it stands between this machine and the server of the history."""

    behind: int = 0
    """So many acts are not on the server yet."""
    offline_since: datetime | None = None
    why: str = ""
    """Why it is offline."""
    here: int = 0
    """While it is offline, so many conversations can be read,"""
    total: int = 0
    """of so many that there were when it was seen last."""
    readable: bool = False
    """Whether the server can be read all the same."""

    @property
    def alone(self) -> bool:
        """Whether only what is on this machine is known."""
        return self.offline_since is not None and not self.readable

    @property
    def words(self) -> str:
        """``offline: 300 of 12,411 conversations are here · 12 not on the server yet``, or nothing."""
        some = f": {self.here:,} of {self.total:,} conversations are here" if self.here < self.total else ""
        waits = f"{self.behind:,} not on the server yet" if self.behind else ""
        stands = f"offline{some}" if self.alone else "server read-only" if self.readable else ""
        return " · ".join(filter(None, (stands, waits)))

    @property
    def brief(self) -> str:
        """The same where there is less room: ``12 not on the server yet``, ``offline``, or nothing."""
        return f"{self.behind:,} not on the server yet" if self.behind else self.words.partition(":")[0]

    @property
    def briefest(self) -> str:
        """The same where there is hardly any: ``12 unsent``, ``offline``, or nothing."""
        return f"{self.behind:,} unsent" if self.behind else self.brief


News = Change | StopAsked | Line
"""What a history tells."""


class Came(Struct, frozen=True):
    """What has come of a streaming reply since it was looked at last."""

    status: Status
    """Where it is not streaming any more, the message itself says the rest."""
    begin: tuple[Part, ...] | None
    """What it had before any piece; None where these pieces follow those that are known."""
    pieces: tuple[str | Part, ...]
    """As ``parts.Gathered`` takes them."""
    after: int
    """Where to look from next."""


class HistoryStore(Protocol):
    """Conversations on disk. Every method may raise ``HistoryError``.

    A message is durable when the call that wrote it returns. Texts are stored exactly, apart from lone
    surrogates (U+FFFD) and NUL (removed).
    """

    @property
    def notice(self) -> str:
        """What the person must know of this store: read-only, salvaged, on a network disk; or nothing.

        It may grow while the program runs; then a change elsewhere, of no conversation, is announced.
        """
        ...

    @property
    def line(self) -> Line:
        """How it stands with the server; of a history that has none, that nothing is elsewhere.

        A change of it is announced.
        """
        ...

    # -- conversations
    async def create_conversation(
        self, *, model: str | None = None, system: str = "", title: str = ""
    ) -> Conversation:
        """A new, empty conversation."""
        ...

    async def load_conversation(self, conversation_id: int) -> Conversation:
        """A conversation with the shape of its tree.

        Raises:
            NotFoundError: There is none with this id.
        """
        ...

    async def update_conversation(self, conversation_id: int, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields. Only messages make a conversation newer: a rename leaves it in its place."""
        ...

    async def list_conversations(
        self, chosen: ListFilter = ..., *, limit: int = 100, offset: int = 0
    ) -> list[Summary]:
        """A page of the list: pinned ones first, then newest first.

        A conversation with neither a message nor a draft is left out.
        """
        ...

    async def count_conversations(self, chosen: ListFilter = ...) -> int:
        """How many conversations the filter lets through."""
        ...

    async def last_used(self) -> int | None:
        """The conversation of the list that a person used last here, pinned or not; None while it is empty.

        What was imported and never written in comes after all others, whatever its date.
        """
        ...

    async def delete_conversation(self, conversation_id: int) -> None:
        """Move to the trash."""
        ...

    async def restore_conversation(self, conversation_id: int) -> None:
        """Take back from the trash."""
        ...

    async def empty_trash(self, before: datetime) -> int:
        """Remove for good what was deleted before ``before``: conversations, and hidden messages.

        Of a hidden message that others follow, an empty place stays. Returns how many conversations.
        """
        ...

    async def copy_conversation(self, conversation_id: int, *, leaf: int | None = None) -> Conversation:
        """A copy: whole, or only the path down to ``leaf`` (a branch into a new conversation)."""
        ...

    async def add_conversations(self, bundles: Sequence[Bundle]) -> list[int | None]:
        """Write whole conversations, all or none: an import. Their ``origin`` tells which are here already.

        Returns:
            For each its id, or None where it was here already. One that lay in the trash is taken back.
        """
        ...

    async def add_missing(self, bundle: Bundle) -> int:
        """Add to the conversation with this ``origin`` the messages of ``bundle`` that it lacks.

        Returns:
            How many they were; where some were, the active path ends where that of ``bundle`` does.
        """
        ...

    # -- messages
    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """The messages with these ids, in this order."""
        ...

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
        """Store a new message with its files, and make it the conversation's leaf.

        The returned message names the files without their contents.
        """
        ...

    async def with_contents(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        """The same attachments with their contents; one whose content was lost by a damage has none.

        One that has its content along keeps it, whether it was stored or not.
        """
        ...

    async def append(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Add pieces to a streaming reply, as ``parts.Gathered`` takes them; costs them, not the reply."""
        ...

    async def rewrite(self, message_id: int, pieces: Sequence[str | Part]) -> None:
        """Put something else in the place of all pieces that were added to a streaming reply."""
        ...

    async def finish_message(self, message: Message) -> None:
        """Store the final parts, status, usage, failure and times of a reply, in one transaction."""
        ...

    async def hide_messages(self, ids: Sequence[int], *, hidden: bool = True) -> None:
        """Hide messages from the path, or show them again; one that was removed for good stays hidden."""
        ...

    async def pieces(self, message_id: int, after: int = 0) -> Came:
        """What has come of a reply since ``after``, which an earlier look gave; costs that, not the reply."""
        ...

    async def ask_to_stop(self, message_id: int) -> None:
        """Ask the program that streams a reply to stop it, wherever it runs: it hears ``StopAsked``.

        Raises:
            NotFoundError: The reply is not streaming.
        """
        ...

    async def interrupt_abandoned(self) -> int:
        """Mark replies ``interrupted`` that a program which is gone was streaming. Returns how many."""
        ...

    # -- what it cost
    async def note_spending(self, spent: Spent) -> None:
        """Keep what a request took that is no reply. What replies take is kept with them, and imports too."""
        ...

    async def spending(self, since: datetime | None = None, until: datetime | None = None) -> list[Spent]:
        """What was spent from ``since`` on and before ``until``, oldest first.

        It stays when conversations and messages are deleted; a copy of a conversation spends nothing.
        """
        ...

    # -- search and recall
    async def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[SearchHit]:
        """Full-text search, newest first. Any typed text is safe.

        The filters ``model:``, ``tag:``, ``from:``, ``before:``, ``after:`` and ``in:title`` may stand there.
        """
        ...

    async def remember_prompt(self, text: str) -> None:
        """Add to the list of prompts that Up recalls; the same text moves to its end."""
        ...

    async def prompts(self, limit: int = 200) -> list[str]:
        """The recalled prompts, newest first."""
        ...

    async def set_new_draft(self, draft: Draft) -> None:
        """Keep what is written in a conversation that is not stored yet."""
        ...

    async def new_draft(self) -> Draft:
        """What is written in a conversation that is not stored yet."""
        ...

    async def claim_draft(self, conversation_id: int, *, found: bool = False) -> str | None:
        """Have the draft of a conversation for this program, until it lets go of it or ends.

        Args:
            conversation_id: The conversation; 0 for the one that is not stored yet.
            found: Whether to take over what programs that are gone had written beside it.

        Returns:
            What was taken over; None where another program that runs has the draft.
        """
        ...

    async def release_draft(self, conversation_id: int) -> None:
        """Let another program have the draft of a conversation."""
        ...

    async def set_draft_beside(self, conversation_id: int, text: str) -> None:
        """Keep what is written here while another program has the draft."""
        ...

    # -- small state of the program: recent models, favourites, theme
    async def get_state(self, key: str, default: str = "", *, scope: Scope = Scope.PERSON) -> str:
        """A small value that outlives the program."""
        ...

    async def set_state(self, key: str, value: str, *, scope: Scope = Scope.PERSON) -> None:
        """Store a small value. A key has one scope."""
        ...

    async def kept(self, names: Iterable[str]) -> dict[str, Kept]:
        """The small values of the person that have these names, and when each was set."""
        ...

    async def take(self, values: Mapping[str, Kept]) -> None:
        """Store small values of the person as they were set in another history; what was set later stays."""
        ...

    # -- life
    def subscribe(self, callback: Callable[[News], None]) -> Callable[[], None]:
        """Call ``callback`` on the event loop after each change, of another program within seconds.

        The pieces of a streaming reply are not announced one by one. Returns the call that ends it.
        """
        ...

    async def look_for_changes(self) -> None:
        """Notify subscribers now if another program has written since the last look."""
        ...

    async def backup(self, target: Path) -> None:
        """Write a whole copy to the file ``target``, while the history is in use: ``restore`` takes it."""
        ...

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        ...
