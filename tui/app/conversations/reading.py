"""Which conversation is read: opens it, leaves it, changes it, draws it anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, Unpack

from tui.app.actions import Action
from tui.app.commands import Handlers
from tui.chat.attachment import Attachment
from tui.chat.draft import Draft
from tui.engine.conversation_service import ConversationService, fields_of
from tui.engine.session import Act
from tui.errors import NotFoundError, SegueError, UsageError
from tui.history.store import ConversationChanges

if TYPE_CHECKING:
    from tui.app.context import (
        Context,
        WithAsking,
        WithComparing,
        WithElsewhere,
        WithLists,
        WithModels,
        WithStatus,
        WithTranscript,
        WithWriting,
    )

    class _Context(
        Context,
        WithTranscript,
        WithWriting,
        WithStatus,
        WithLists,
        WithModels,
        WithComparing,
        WithAsking,
        WithElsewhere,
        Protocol,
    ): ...


_Find = Callable[[], Awaitable[ConversationService]]


class CurrentConversation:
    """The conversation that is read, on the screen and in the session."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._turn = asyncio.Lock()
        self._wishes = 0
        """How often another one was wanted; only the newest wish is drawn."""
        self._left: Draft | None = Draft()
        """What was written in it, while another one is being opened."""

    @property
    def shown(self) -> bool:
        """Whether it is on the screen; False while another one is being opened."""
        return self._left is None

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"new": self._new, "temporary": self._temporary}

    # -- opening
    async def open(self, service: ConversationService) -> None:
        """Show a conversation, with its draft; a reply in the one before goes on."""
        await self.show(service)
        self._context.writing.send_early()

    async def open_by_id(self, conversation_id: int, at: int | None = None, needle: str = "") -> None:
        """Open a stored conversation.

        Args:
            conversation_id: Which one.
            at: The message to go to.
            needle: The words to mark in it.
        """
        await self._open_found(lambda: self._context.session.find(conversation_id), at, needle)

    async def open_new(self) -> None:
        """Show a new conversation."""
        await self._open_found(self._context.session.new)

    async def _new(self, argument: str) -> None:
        await self.open_new()

    async def _temporary(self, argument: str) -> None:
        await self._open_found(self._context.session.new_temporary)

    async def return_to(self, service: ConversationService) -> None:
        """Show a conversation in which something was undone."""
        if service is self._context.session.current:
            await self.reload()
        else:
            await self.open(service)

    async def show(self, service: ConversationService) -> None:
        """Show a conversation; what was sent before that still waits."""

        async def there() -> ConversationService:
            return service

        await self._show_found(there)

    async def _open_found(self, find: _Find, at: int | None = None, needle: str = "") -> None:
        """Show the conversation that is found; what is written and sent meanwhile is for it."""
        await self._show_found(find, at, needle)
        self._context.writing.send_early()

    async def _show_found(self, find: _Find, at: int | None = None, needle: str = "") -> None:
        """Show one after the other. One that is overtaken is not drawn: what is written is for the next."""
        self._wishes += 1
        wish = self._wishes
        async with self._turn:
            self._leave()
            try:
                service, draft = await self._found(find, at)
            except SegueError:
                if wish == self._wishes:
                    self._come_back()
                raise
            if wish == self._wishes:
                await self._draw(service, draft, at, needle)

    async def _found(self, find: _Find, at: int | None) -> tuple[ConversationService, Draft]:
        drafts = self._context.session.drafts
        await drafts.flush()  # the draft that is left may be one of the conversation that is found
        service = await find()
        if at is not None:
            await service.show(at)
        return service, await drafts.load(service.conversation)

    def _leave(self) -> None:
        """What is written stays with the conversation that is read; the composer is the next one's."""
        context, session = self._context, self._context.session
        context.comparing.leave()
        if self._left is None:
            self._left = context.writing.draft  # until the next draft is there, what is written changes none
            session.drafts.note(session.current.conversation, self._left)
            context.writing.leave()

    def _come_back(self) -> None:
        """No other one could be opened: write on in the one that is drawn."""
        self._enter(self._left or Draft())
        self._context.writing.give_back_early()
        self._context.asking.look()

    def _enter(self, draft: Draft) -> None:
        self._left = None
        self._context.writing.bring(draft)
        self._context.writing.changed()

    async def _draw(self, service: ConversationService, draft: Draft, at: int | None, needle: str) -> None:
        context, session = self._context, self._context.session
        session.turn_to(service)
        self._enter(draft)
        context.writing.recall_soon()
        await self.reload(at)
        context.models.say_unusable()
        if at is not None:
            await context.transcript.jump(at, needle)
            context.status.refresh_keys()
        if context.screen.has_class("-overlay"):  # the next one is being chosen already
            context.transcript.selected = None
        else:
            context.back_to_writing()
        context.asking.look()
        await session.note_here(service)

    async def reload(self, at: int | None = None) -> None:
        """Draw the conversation anew, after its path has changed."""
        service = self._context.session.current
        self._context.transcript.contents = service.contents
        self._context.transcript.load_picture = self._load_picture
        await self._context.transcript.open(service.conversation, service.messages, at)
        self._context.refresh()
        self._context.status.count_soon()
        self._context.lists.list_soon()
        self._context.elsewhere.follow_live()

    async def _load_picture(self, address: str) -> Attachment:
        """Load a picture that is elsewhere."""
        from tui.engine.remote_picture import Route, load_picture

        return await load_picture(address, Route.of(self._context.session.workspace.config))

    # -- changing
    async def change(self, words: str, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields of the conversation, so that undo takes it back.

        Args:
            words: What was done.
            back: What is said when it is undone.
            changes: Its fields.
        """
        await self.alter(back, **changes)
        self._context.say_done(words)

    async def alter(self, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """The same, where whoever asks sees what was done.

        Args:
            back: What is said when it is undone.
            changes: Its fields.
        """
        context, service = self._context, self._context.session.current
        before = fields_of(service.conversation, changes)

        async def undo() -> None:
            await (await context.session.as_it_is(service)).change(**before)
            context.refresh()
            context.lists.list_soon()

        await service.change(**changes)
        context.refresh()
        context.undoable(undo, back)

    async def follow_stored(self) -> None:
        """If the conversation was deleted or changed elsewhere, follow that."""
        session = self._context.session
        conversation = session.current.conversation
        if session.current_id is None:
            return
        try:
            stored = await session.workspace.store.load_conversation(conversation.id)
        except NotFoundError:
            await self._open_instead("This conversation was deleted")
            return
        if stored.deleted and not conversation.deleted:
            await self._open_instead("This conversation is in the trash")
            return
        conversation.title, conversation.titled = stored.title, stored.titled
        conversation.tags, conversation.pinned = stored.tags, stored.pinned
        conversation.archived, conversation.deleted = stored.archived, stored.deleted
        self._context.refresh()

    async def _open_instead(self, words: str) -> None:
        await self.open_new()
        self._context.notify(f"{words}; this is a new one")

    # -- replies
    def let_come(self, service: ConversationService, act: Act, draft: Draft | None = None) -> None:
        """Let a reply begin, and go to where it comes.

        Args:
            service: Where it comes.
            act: Begins it.
            draft: What goes back into the composer if it can't begin.
        """
        session = self._context.session
        if service is session.current:
            self._context.transcript.follow()
        session.begin(service, act, draft or Draft())

    def when_quiet(self) -> None:
        """Refuse what would need a second reply at the same time.

        Raises:
            UsageError: A reply is coming.
        """
        if self._context.session.current.busy:
            raise UsageError("A reply is coming", f"Stop it first: {self._context.keys.name(Action.STOP)}.")
