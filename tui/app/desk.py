"""The conversations at hand: the one that is read, those still being answered, what waits behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.background import in_background
from tui.app.chat import Chat
from tui.app.drafts import AT_WORK, Drafts
from tui.app.live import LiveReplies, LiveReply, key_of
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, joined
from tui.chat.message import Message, Status
from tui.checked import numbered
from tui.engine.choice import choose_model, note_model
from tui.engine.conversation_service import Place
from tui.engine.engine import Engine
from tui.engine.events import Event, Finished, Saved, Unsaved
from tui.engine.folder import Folder
from tui.engine.reply import Reply
from tui.engine.start_options import StartOptions
from tui.errors import NotFoundError, SegueError

if TYPE_CHECKING:
    from textual.app import App

    from tui.engine.workspace import Workspace

_WENT_WELL = frozenset({Status.COMPLETE, Status.LENGTH, Status.TOOL, Status.EMPTY})
"""Ends after which a queued prompt is sent; after any other the person decides."""
_FIRST_TURN = 2
"""Messages after the first reply: then a model may name the conversation."""

_NOTHING = Draft()
Act = Callable[[], Awaitable[Reply]]


class Face(Protocol):
    """What shows the desk: the chat screen."""

    async def show_begun(self, chat: Chat, live: LiveReply, before: Sequence[int]) -> None:
        """A reply begins; ``before`` is the path as it was."""
        ...

    def show_event(self, live: LiveReply, event: Event, *, turned: bool) -> None:
        """A reply went on; ``turned`` if it does something else now."""
        ...

    def show_end(self, live: LiveReply, message: Message) -> None:
        """A reply has ended."""
        ...

    def show_unsaved(self, why: str) -> None:
        """The history does not take a reply that came; without a reason, it has all again."""
        ...

    def give_back(self, draft: Draft) -> None:
        """A prompt was not sent; it goes back into the composer."""
        ...

    def tell(self, error: SegueError) -> None:
        """Something went wrong that the person should know."""
        ...

    def fault(self, error: Exception) -> None:
        """Our own code failed."""
        ...

    def refresh_frame(self) -> None:
        """The queue, or which replies live, changed."""
        ...


class Desk:
    """Chats, live replies and queues, over one workspace."""

    def __init__(self, app: App[None], face: Face, workspace: Workspace, *, temporary: bool = False) -> None:
        """Take over the workspace; its end stops every reply.

        Args:
            app: Runs the workers.
            face: Shows what happens.
            workspace: The parts to work with.
            temporary: Nothing of this run is kept: the store is one in memory.
        """
        self.workspace = workspace
        self.drafts = Drafts(app, workspace.store, face.tell, self._queued)
        self.live = LiveReplies(app, self._heard, face.fault)
        self.unread: set[int] = set()
        self._app = app
        self._face = face
        self._kept = Place(workspace.store, workspace.engine, temporary)
        self._forgotten: Place | None = None
        self._chats: dict[int, Chat] = {}
        self._folder: Folder | None = None
        self.chat = self._chat(self._kept, Conversation(0))
        workspace.at_close.push_async_callback(self.live.stop_all)

    # -- which conversation
    def _chat(self, place: Place, conversation: Conversation) -> Chat:
        return Chat(place, self.workspace.catalogue, self.live, conversation)

    async def begin_with(self, options: StartOptions) -> None:
        """Take the conversation that the command line names, the one with an unsent draft, or a new one."""
        store = self.workspace.store
        wanted = options.open_id
        if wanted is None and options.continue_last:
            wanted = await store.last_used()
        elif options.here:
            self._folder = Folder(store)
            wanted = await self._folder.last()
        elif wanted is None and not (
            options.prompt or options.attachments or options.model or options.temporary
        ):
            wanted = numbered(await store.get_state(AT_WORK))
        try:
            self.chat = await self.find(wanted) if wanted else await self.new()
            if self.chat.conversation.deleted and options.open_id is None:
                self.chat = await self.new()
        except NotFoundError as error:
            self.chat = await self.new()
            if options.open_id is not None:
                self._face.tell(error)

    async def find(self, conversation_id: int) -> Chat:
        """A stored conversation; the same object while it is being answered."""
        known = self._chats.get(-conversation_id if self._kept.temporary else conversation_id)
        if known is not None:
            return known
        conversation = await self._kept.store.load_conversation(conversation_id)
        conversation.temporary = self._kept.temporary
        return self._chat(self._kept, conversation)

    async def new(self) -> Chat:
        """An empty conversation, which is stored with its first prompt."""
        return self._chat(self._kept, await self._blank(self._kept))

    async def new_temporary(self) -> Chat:
        """An empty conversation that is kept in memory only."""
        if self._forgotten is None:
            from tui.history.sqlite.history import open_history

            store = await open_history(None)
            workspace = self.workspace
            workspace.at_close.push_async_callback(store.close)
            engine = Engine(store, workspace.registry, workspace.catalogue)
            self._forgotten = Place(store, engine, temporary=True)
        return self._chat(self._forgotten, await self._blank(self._forgotten))

    async def _blank(self, place: Place) -> Conversation:
        workspace = self.workspace
        model = await choose_model(workspace.config, workspace.store, workspace.registry, workspace.catalogue)
        system = workspace.config.system
        return Conversation(0, model=model, system=system, temporary=place.temporary)

    def adopt(self, conversation: Conversation) -> Chat:
        """A conversation that was just made in the place of the one that is read."""
        conversation.temporary = self.chat.place.temporary
        return self._chat(self.chat.place, conversation)

    @property
    def kept(self) -> Place:
        """Where conversations are kept that are not temporary."""
        return self._kept

    @property
    def current(self) -> int | None:
        """The id of the conversation that is read, if it is in the list."""
        return self.chat.conversation.id or None if self.chat.place is self._kept else None

    async def catch_up(self) -> bool:
        """Take in what another program has done to the conversation that is read. False if nothing."""
        chat = self.chat
        if self.current is None or self._at_work(chat):
            return False
        stored = await self._kept.store.load_conversation(self.current)
        return not self._at_work(chat) and chat.conversation.take_in(stored)

    def _at_work(self, chat: Chat) -> bool:
        """Whether replies come or are about to, on the path or beside it."""
        return chat.busy or bool(self.live.of(chat.conversation))

    # -- prompts
    def submit(self, draft: Draft) -> None:
        """Send ``draft`` in the conversation that is read, or queue it behind the reply that comes."""
        chat = self.chat
        if chat.busy:
            self.queue(chat, draft)
        else:
            self._send(chat, draft)

    def queue(self, chat: Chat, draft: Draft) -> None:
        """Let a prompt wait for the end of the reply."""
        chat.queue.append(draft)
        self._queue_changed(chat)

    def _queue_changed(self, chat: Chat) -> None:
        self.drafts.note_waiting(chat.conversation)
        self._face.refresh_frame()

    def _queued(self, conversation: Conversation) -> list[Draft]:
        chats = (self.chat, *self._chats.values())
        return next((chat.queue for chat in chats if chat.conversation is conversation), [])

    def _send(self, chat: Chat, draft: Draft) -> None:
        self.begin(chat, lambda: chat.send(draft.text, draft.attachments), draft)

    def take_back(self) -> Draft:
        """The last queued prompt of the conversation that is read, which is queued no more."""
        draft = self.chat.queue.pop() if self.chat.queue else Draft()
        self._queue_changed(self.chat)
        return draft

    def _give_back(self, chat: Chat, *prompts: Draft) -> None:
        """Prompts that are not sent stand in the composer again, or in the draft of their conversation."""
        draft = joined([*prompts, *chat.queue])
        chat.queue.clear()
        if chat is self.chat:
            self._face.give_back(draft)
        elif draft:
            self.drafts.note(chat.conversation, joined([draft, self.drafts.written(chat.conversation)]))

    # -- replies
    def begin(self, chat: Chat, act: Act, draft: Draft = _NOTHING) -> None:
        """Let a reply begin; if it can't, ``draft`` goes back to the person."""
        self.begin_each(chat, (act,), draft)

    def begin_each(self, chat: Chat, acts: Sequence[Act], draft: Draft = _NOTHING) -> None:
        """Let replies begin one after the other, to come side by side; ``draft`` is the prompt of the first.

        Each is on its own: one that can't begin takes no other with it, unless it had the prompt.
        """
        chat.preparing = True
        in_background(self._app, "begin", self._begin_each, chat, acts, draft)

    async def _begin_each(self, chat: Chat, acts: Sequence[Act], draft: Draft) -> None:
        for act in acts:
            chat.preparing = True
            if not await self._begin(chat, act, draft) and draft:
                return
            draft = _NOTHING

    async def _begin(self, chat: Chat, act: Act, draft: Draft) -> bool:
        """Let a reply begin. Returns whether it did."""
        conversation, before = chat.conversation, chat.conversation.path()
        try:
            live = await chat.start(await act())
        except SegueError as error:
            chat.preparing = False  # before the keys are shown anew
            self._face.tell(error)
            self._give_back(chat, draft)
            self._let_go(chat)
            return False
        finally:
            chat.preparing = False
        self._chats[chat.key] = chat
        if chat.conversation is not conversation:
            self.drafts.note(conversation, _NOTHING)  # the page is not blank any more, nor has it a draft
        await self._face.show_begun(chat, live, before)
        if not chat.conversation.temporary:
            await self._note_use(chat, live.reply.message.model)
        return True

    async def _note_use(self, chat: Chat, model: str | None) -> None:
        """Remember which model was used last, and which conversation in this folder."""
        try:
            if model:
                await note_model(self.workspace.store, model)
            await self.note_place(chat)
        except SegueError as error:
            self._face.tell(error)

    async def note_place(self, chat: Chat) -> None:
        """A conversation is read or was begun; if the person works by folder, this folder keeps it."""
        if self._folder is not None and chat.conversation.id:
            await self._folder.note(chat.conversation)

    @property
    def live_hues(self) -> dict[int, str]:
        """The stored conversations that are being answered, with the hue of the model."""
        return {
            live.conversation.id: live.conversation.hues.get(live.reply.message.model or "", "sky")
            for live in self.live
            if self._chats[key_of(live.conversation)].place is self._kept
        }

    def stop(self) -> bool:
        """Stop the reply that comes in the conversation that is read. Returns whether there was one."""
        live = self.chat.live
        if live is not None:
            self.live.stop(live)
        return live is not None

    def _heard(self, live: LiveReply, event: Event, turned: bool) -> None:
        match event:
            case Unsaved(reason=reason):
                self._face.show_unsaved(reason)
            case Saved() if self.live.all_saved:
                self._face.show_unsaved("")
            case Finished(message):
                self._ended(live, message)
            case _:
                self._face.show_event(live, event, turned=turned)

    def _ended(self, live: LiveReply, message: Message) -> None:
        chat = self._chats[key_of(live.conversation)]
        if chat is not self.chat and chat.place is self._kept:
            self.unread.add(live.conversation.id)
        self._face.show_end(live, message)
        if chat.busy:  # it came beside the path; what is queued waits for the reply that is on it
            return
        if message.status in _WENT_WELL:
            if self.workspace.config.auto_title and message.status is Status.COMPLETE:
                self._name_soon(chat)
            self._send_next(chat)
        else:
            self._give_back(chat)
        self._let_go(chat)

    def _let_go(self, chat: Chat) -> None:
        """Forget a chat in which nothing comes, so that it is read anew when it is opened again."""
        if not self._at_work(chat):
            self._chats.pop(chat.key, None)

    def _name_soon(self, chat: Chat) -> None:
        if len(chat.conversation.path()) == _FIRST_TURN:
            in_background(self._app, "title", self._name, chat)

    async def _name(self, chat: Chat) -> None:
        try:
            named = await chat.place.engine.name(chat.conversation)
        except SegueError as error:  # the first words stay
            self._app.log.warning(f"no title: {error}")
            return
        if named:
            self._face.refresh_frame()

    def _send_next(self, chat: Chat) -> None:
        if chat.queue:
            self._send(chat, chat.queue.pop(0))
            self._queue_changed(chat)

    # -- the end
    async def finish(self, draft: Callable[[], Draft]) -> None:
        """Stop and store every reply, and keep what was not sent.

        Args:
            draft: Gives what stands in the composer once the queued prompts are back in it.
        """
        begun = [worker for worker in self._app.workers if worker.group == "begin"]
        await asyncio.gather(*(worker.wait() for worker in begun), return_exceptions=True)
        await self.live.stop_all()
        self._give_back(self.chat)
        self.drafts.note(self.chat.conversation, draft())
        await self.drafts.flush()
