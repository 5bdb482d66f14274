"""Which conversation is read: opens it, leaves it, changes it, draws it anew."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, Unpack, cast

from tui.app.actions import Action
from tui.app.commands import Handlers
from tui.app.context import (
    Context,
    WithAsking,
    WithComparing,
    WithLists,
    WithStatus,
    WithTranscript,
    WithWriting,
)
from tui.chat.draft import Draft
from tui.engine.conversation_service import ConversationService
from tui.engine.session import Act
from tui.errors import HistoryError, SegueError, UsageError
from tui.history.store import ConversationChanges


class _Context(
    Context, WithTranscript, WithWriting, WithStatus, WithLists, WithComparing, WithAsking, Protocol
): ...


class CurrentConversation:
    """The conversation that is read, on the screen and in the session."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self.shown = False
        """Whether it is on the screen; False while another one is being opened."""

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"new": self._new, "temporary": self._temporary}

    # -- opening
    async def open(self, service: ConversationService) -> None:
        """Show a conversation, with its draft; a reply in the one before goes on."""
        self._leave()
        await self.show(service)
        self._context.writing.send_early()

    async def open_found(
        self, finding: Awaitable[ConversationService], at: int | None = None, needle: str = ""
    ) -> None:
        """Show the conversation that is found; what is written and sent meanwhile is for it.

        Args:
            finding: Finds it; if that fails, the one before is shown again.
            at: The message to go to.
            needle: The words to mark in it.
        """
        self._leave()
        try:
            service = await finding
        except SegueError:
            await self.show(self._context.session.current)
            raise
        await self.show(service, at, needle)
        self._context.writing.send_early()

    async def open_by_id(self, conversation_id: int, at: int | None = None, needle: str = "") -> None:
        """Open a stored conversation, at a message if one is given."""
        await self.open_found(self._context.session.find(conversation_id), at, needle)

    async def open_new(self) -> None:
        """Show a new conversation."""
        await self.open_found(self._context.session.new())

    async def _new(self, argument: str) -> None:
        await self.open_new()

    async def _temporary(self, argument: str) -> None:
        await self.open_found(self._context.session.new_temporary())

    async def return_to(self, service: ConversationService) -> None:
        """Show a conversation in which something was undone."""
        if service is self._context.session.current:
            await self.reload()
        else:
            await self.open(service)

    def _leave(self) -> None:
        """What is written stays with the conversation that is read; the composer is the next one's."""
        context, session = self._context, self._context.session
        context.comparing.leave()
        if self.shown:
            session.drafts.note(session.current.conversation, context.writing.draft)
            context.writing.leave()
            self.shown = False  # until the draft is there, what is written is no change of it

    async def show(self, service: ConversationService, at: int | None = None, needle: str = "") -> None:
        """Show a conversation where none is shown."""
        context, session = self._context, self._context.session
        await session.drafts.flush()
        session.turn_to(service)
        if at is not None:
            await service.show(at)
        context.writing.bring(await session.drafts.load(service.conversation))
        self.shown = True
        context.writing.changed()
        await self.reload(at)
        if at is not None:
            await context.transcript.jump(at, needle)
            context.status.refresh_keys()
        context.back_to_writing()
        context.asking.look()
        await session.note_here(service)

    async def reload(self, at: int | None = None) -> None:
        """Draw the conversation anew, after its path has changed."""
        service = self._context.session.current
        await self._context.transcript.open(service.conversation, service.messages, at)
        self._context.refresh()
        self._context.status.count_soon()
        self._context.lists.list_soon()

    # -- changing
    async def change(self, words: str, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields of the conversation, so that undo takes it back.

        Args:
            words: What was done.
            back: What is said when it is undone.
            changes: Its fields.
        """
        context, service = self._context, self._context.session.current
        before = cast("ConversationChanges", {name: getattr(service.conversation, name) for name in changes})

        async def undo() -> None:
            await (await context.session.as_it_is(service)).change(**before)
            context.refresh()
            context.lists.list_soon()

        await service.change(**changes)
        context.refresh()
        context.did(words, undo, back)

    async def follow_stored(self) -> None:
        """If the conversation was deleted or changed elsewhere, follow that."""
        session = self._context.session
        conversation = session.current.conversation
        if session.current_id is None:
            return
        try:
            stored = await session.workspace.store.load_conversation(conversation.id)
        except HistoryError:
            await self.open_new()
            return
        conversation.title, conversation.titled = stored.title, stored.titled
        conversation.tags, conversation.pinned = stored.tags, stored.pinned
        conversation.archived = stored.archived
        self._context.refresh()

    # -- replies
    def let_come(self, act: Act, draft: Draft | None = None) -> None:
        """Let a reply begin, and go to where it comes.

        Args:
            act: Begins it.
            draft: What goes back into the composer if it can't begin.
        """
        session = self._context.session
        self._context.transcript.follow()
        session.begin(session.current, act, draft or Draft())

    def when_quiet(self) -> None:
        """Refuse what would need a second reply at the same time.

        Raises:
            UsageError: A reply is coming.
        """
        if self._context.session.current.busy:
            raise UsageError("A reply is coming", f"Stop it first: {self._context.keys.name(Action.STOP)}.")
