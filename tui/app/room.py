"""What is behind the chat screen: the conversation that is read, and everything that is done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Unpack, assert_never, cast

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.commands import NAMES, Command, saved
from tui.app.compare.comparing import Comparing
from tui.app.composer.attached_lines import AttachedLines
from tui.app.composer.queue_line import QueueLine
from tui.app.composer.slash_menu import SlashMenu
from tui.app.conversations.sidebar import Conversations, Sidebar
from tui.app.history_news import HistoryNews
from tui.app.message_actions import MessageActions
from tui.app.sheets import Sheets
from tui.app.slash_commands import SlashCommands
from tui.app.status.notice_line import NoticeLine
from tui.app.status.presenter import Frame
from tui.app.transcript.transcript import Transcript
from tui.app.undo import SHOWN
from tui.chat.draft import Draft, joined
from tui.engine.choice import note_model
from tui.engine.conversation_service import ConversationService
from tui.engine.events import Event, ReasoningAdded, TextAdded, TextWasReasoning
from tui.engine.live import LiveReply
from tui.engine.session import Act, Session
from tui.engine.session_events import (
    AllSaved,
    Fault,
    GivenBack,
    NotSaved,
    Problem,
    QueueChanged,
    ReplyBegan,
    ReplyEnded,
    ReplyWentOn,
    SessionEvent,
    Titled,
)
from tui.errors import HistoryError, NotFoundError, SegueError, UsageError
from tui.rendering import warm

if TYPE_CHECKING:
    from tui.app.app import SegueApp
    from tui.app.chat_screen import ChatScreen
    from tui.app.composer.composer import Composer
    from tui.app.status.page import Page
    from tui.chat.message import Message
    from tui.engine.conversation_service import Undo
    from tui.engine.workspace import Workspace
    from tui.history.store import ConversationChanges

SETTLED = 0.5
"""Seconds after the start in which neither the HTTP client nor the Markdown parser is loaded."""


async def open_room(screen: ChatScreen) -> None:
    """Put sidebar, conversation and notices into the frame, open the history, and begin."""
    app = screen.segue
    await _furnish(screen)
    for problem in app.setting_problems():
        screen.note(str(problem))
    try:
        app.workspace = workspace = await app.open_workspace()
        await ChatRoom(screen, workspace).begin()
    except SegueError as error:
        screen.note(str(error))


async def _furnish(screen: ChatScreen) -> None:
    page: Page = screen.query_one("#main")  # type: ignore[assignment]
    menu = SlashMenu(id="menu")
    await screen.query_one("#sidebar").mount(Sidebar())
    await page.mount(NoticeLine(id="notice", classes="text"), before="#reading")
    await screen.query_one("#reading").mount(Transcript(id="transcript"))
    above = QueueLine(id="queue"), menu, AttachedLines(id="attached")
    await screen.query_one("#composer").mount(*above, before="#draft")
    screen.composer.menu = menu


class ChatRoom:
    """Session and screen, brought together."""

    def __init__(self, screen: ChatScreen, workspace: Workspace) -> None:
        self.screen = screen
        self.session = Session(workspace, temporary=screen.segue.options.temporary)
        self.session.subscribe(self._heard)
        self.frame = Frame(self)
        self.actions = MessageActions(self)
        self.commands = SlashCommands(self)
        self.sheets = Sheets(self)
        self.comparing = Comparing(self)
        self._news = HistoryNews(self)
        self._shown: ConversationService | None = None
        self._unsaved = ""
        self._showing = asyncio.Lock()

    # -- parts
    @property
    def app(self) -> SegueApp:
        """The app."""
        return self.screen.segue

    @property
    def composer(self) -> Composer:
        """Where the next message is written."""
        return self.screen.composer

    @property
    def transcript(self) -> Transcript:
        """The conversation that is read."""
        return self.screen.query_one(Transcript)

    # -- the beginning and the end
    async def begin(self) -> None:
        """Show what the command line asks for; send what was written meanwhile."""
        options, store = self.app.options, self.session.workspace.store
        try:
            await self.session.begin_with(options, await self.session.drafts.left_in())
        except NotFoundError as error:
            self.tell(error)
        await self.app.recall_theme()
        self.composer.recall.prompts = [Draft(text) for text in await store.prompts()]
        self.screen.room = self
        self.composer.saved = self.saved_prompts
        if self.composer.menu is not None:
            self.composer.menu.models = self._models
            self.composer.menu.saved = self.saved_prompts
        self.transcript.newest_key = self.app.keys.name(Action.NEWEST)
        self.screen.watch(self.transcript, "selected", self.frame.refresh_keys, init=False)
        self._news.follow()
        if words := self.session.workspace.catalogue.notice:
            self.screen.note(words)
        for problem in self.session.workspace.registry.problems:
            self.screen.note(str(problem))
        await self._show(self.session.current)
        self.screen.set_timer(SETTLED, self._make_ready)
        if options.prompt:
            self.screen.early.insert(0, Draft(options.prompt, options.attachments))
        else:
            self.composer.attach(options.attachments)
        if options.model and not await self.sheets.use_model(options.model):
            self.give_back_early()
        elif not await self.sheets.first_run():
            self._send_early()

    def _models(self) -> list[str]:
        """The models that can be used now."""
        workspace = self.session.workspace
        able = {entry.name for entry in workspace.registry.providers() if entry.available}
        return [m.id for m in workspace.catalogue.models() if m.available and m.provider in able]

    def saved_prompts(self) -> Sequence[Command]:
        """The prompts that are kept as files, as commands."""
        return saved(self.session.workspace.saved_prompts.all())

    async def _say_prompt_problems(self) -> None:
        for problem in await asyncio.to_thread(self.session.workspace.saved_prompts.problems, NAMES):
            self.screen.note(str(problem))

    def _make_ready(self) -> None:
        in_background(self.screen, "open", self._say_prompt_problems)
        in_background(self.screen, "open", self.session.workspace.keep_connections)
        in_background(self.screen, "open", partial(asyncio.to_thread, warm.load))

    async def finish(self) -> None:
        """Store what is on its way, before the program ends."""
        await self.session.finish(lambda: self.actions.draft)

    # -- the conversation that is read
    async def open_chat(self, chat: ConversationService) -> None:
        """Show a conversation, with its draft; a reply in the one before goes on."""
        self._leave()
        await self._show(chat)
        self._send_early()

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
            chat = await finding
        except SegueError:
            await self._show(self.session.current)
            raise
        await self._show(chat, at, needle)
        self._send_early()

    async def open_by_id(self, conversation_id: int, at: int | None = None, needle: str = "") -> None:
        """Open a stored conversation, at a message if one is given."""
        await self.open_found(self.session.find(conversation_id), at, needle)

    async def open_new(self) -> None:
        """Show a new conversation."""
        await self.open_found(self.session.new())

    def _leave(self) -> None:
        """What is written stays with the conversation that is read; the composer is the next one's."""
        self.comparing.leave()
        if self._shown is not None:
            self.session.drafts.note(self.session.current.conversation, self.actions.draft)
            self.actions.forget()
            self.composer.hold(Draft())
            self._shown = None  # until the draft is there, what is written is no change of it

    async def _show(self, chat: ConversationService, at: int | None = None, needle: str = "") -> None:
        session = self.session
        await session.drafts.flush()
        session.turn_to(chat)
        if at is not None:
            await chat.show(at)
        draft = await session.drafts.load(chat.conversation)
        if draft:
            newer = self.composer.written
            self.composer.hold(Draft(draft.text + newer.text, draft.attachments + newer.attachments))
        self._shown = chat
        self.written()
        await self.reload(at)
        if at is not None:
            await self.transcript.jump(at, needle)
            self.frame.refresh_keys()
        self.screen.back_to_writing()
        await session.note_place(chat)

    def _send_early(self) -> None:
        """Send what was sent before there was a conversation to send it in."""
        early = self.screen.early.copy()
        self.screen.early.clear()
        for draft in early:
            self.submit(draft)

    async def reload(self, at: int | None = None) -> None:
        """Draw the conversation anew, after its path has changed."""
        chat = self.session.current
        await self.transcript.open(chat.conversation, chat.messages, at)
        self.refresh_frame()
        self.frame.count_soon()
        self.frame.list_soon()

    async def use_model(self, model_id: str) -> None:
        """Let a model answer from now on; what is written stays."""
        self.session.current.conversation.model = model_id
        self.refresh_frame()
        self.frame.count_soon()
        await note_model(self.session.workspace.store, model_id)
        await self.session.current.change(model=model_id)

    # -- what the session tells
    def _heard(self, event: SessionEvent) -> None:
        match event:
            case Fault(fault):
                self.fault(fault)
            case _ if not self.app.is_running:  # what was on the screen may be gone already
                pass
            case ReplyBegan(chat, live, before):
                self.screen.attempt_soon(self._show_in_turn, chat, live, before)
            case ReplyWentOn(live, piece, turned):
                self.show_event(live, piece, turned=turned)
            case ReplyEnded(live, message):
                self.show_end(live, message)
            case GivenBack(draft):
                self.give_back(draft)
            case QueueChanged() | Titled():
                self.refresh_frame()
            case NotSaved(reason):
                self.show_unsaved(reason)
            case AllSaved():
                self.show_saved()
            case Problem(error):
                self.tell(error)
            case _:
                assert_never(event)

    async def _show_in_turn(self, chat: ConversationService, live: LiveReply, before: Sequence[int]) -> None:
        """Show replies in the order in which they begin; what comes meanwhile is read with each."""
        async with self._showing:
            await self.show_begun(chat, live, before)

    async def show_begun(self, chat: ConversationService, live: LiveReply, before: Sequence[int]) -> None:
        """Show the prompt and the reply that begins; another path is drawn anew."""
        if await self.comparing.began(chat, live) or chat is not self.session.current:
            return
        path = chat.conversation.path()
        if before and path[: len(before)] == list(before):
            for message in await chat.messages(path[len(before) :]):
                self.transcript.add(message)
        else:
            following = self.transcript.following
            await self.reload()
            if following:
                self.transcript.follow()
        self.refresh_frame()
        self.frame.count_soon()
        self.frame.list_soon()

    def show_event(self, live: LiveReply, event: Event, *, turned: bool) -> None:
        """Show a piece of a reply, if it is the one that is read."""
        self.comparing.went_on(live, event, turned=turned)
        if live.conversation is not self.session.current.conversation:
            return
        match event:
            case TextAdded(message_id, text):
                self.transcript.feed(message_id, text=text)
            case ReasoningAdded(message_id, text):
                self.transcript.feed(message_id, reasoning=text)
            case TextWasReasoning():
                self.transcript.replace(live.snapshot())
            case _ if turned:
                self.transcript.note(live.reply.message.id, live.detail)
            case _:
                pass
        if turned:
            self.frame.refresh_status()

    def show_end(self, live: LiveReply, message: Message) -> None:
        """Show how a reply ended."""
        self.comparing.ended(live, message)
        if self.session.current.conversation is live.conversation:
            self.transcript.replace(message)
            if message.id == live.conversation.leaf:
                self.frame.ended(message, live.tokens)
                self.frame.count_soon()
        self.refresh_frame()
        self.frame.list_soon()

    def show_unsaved(self, why: str) -> None:
        """Say that replies are not on the disk, for as long as they are not."""
        self.screen.query_one(NoticeLine).drop(self._unsaved)
        self._unsaved = f"{why} It is tried again; /export FILE writes the conversation elsewhere."
        self.screen.note(self._unsaved)

    def show_saved(self) -> None:
        """Say that the disk has all again."""
        self.screen.query_one(NoticeLine).drop(self._unsaved)
        self.app.notify("Everything is saved again")

    def give_back(self, draft: Draft) -> None:
        """Put prompts that were not sent before what is written now."""
        if draft:
            self.composer.hold(joined([draft, self.composer.written]))
        self.refresh_frame()

    def give_back_early(self) -> Draft:
        """Let what was sent early wait in the composer. Returns it."""
        early = joined(self.screen.early)
        self.screen.early.clear()
        self.give_back(early)
        return early

    def refresh_frame(self) -> None:
        """The queue or the live replies changed."""
        self.frame.refresh()

    def tell(self, error: Exception) -> None:
        """Say what went wrong."""
        self.screen.tell(error)

    def fault(self, error: Exception) -> None:
        """Our own code failed while a reply came."""
        self.app._handle_exception(error)

    # -- what can be undone
    def did(self, words: str, undo: Undo, back: str, topic: object = None) -> None:
        """Something was done: say so, and how it is undone.

        Args:
            words: What was done.
            undo: Undoes it.
            back: What is said then.
            topic: What it was done to.
        """
        self.composer.history.checkpoint()  # what is typed after it is another change
        self.screen.acts.note(undo, back, topic)
        self.app.notify(f"{words}   {self.app.keys.name(Action.UNDO)} undo", timeout=SHOWN)

    async def undo(self) -> None:
        """Undo what was done last."""
        undone = await self.screen.acts.undo()
        await self.follow_stored()
        self.app.notify(undone.back)

    async def change(self, words: str, back: str, **changes: Unpack[ConversationChanges]) -> None:
        """Change the conversation that is read, so that undo takes it back.

        Args:
            words: What was done.
            back: What is said when it is undone.
            changes: Its fields.
        """
        chat = self.session.current
        before = cast("ConversationChanges", {name: getattr(chat.conversation, name) for name in changes})

        async def undo() -> None:
            await (await self.session.as_it_is(chat)).change(**before)
            self.refresh_frame()
            self.frame.list_soon()

        await chat.change(**changes)
        self.refresh_frame()
        self.did(words, undo, back)

    async def return_to(self, chat: ConversationService) -> None:
        """Show a conversation in which something was undone."""
        if chat is self.session.current:
            await self.reload()
        else:
            await self.open_chat(chat)

    async def follow_stored(self) -> None:
        """If the conversation that is read was deleted or changed elsewhere, follow that."""
        conversation = self.session.current.conversation
        if self.session.current_id is None:
            return
        try:
            stored = await self.session.workspace.store.load_conversation(conversation.id)
        except HistoryError:
            await self.open_new()
            return
        conversation.title, conversation.titled = stored.title, stored.titled
        conversation.tags, conversation.pinned = stored.tags, stored.pinned
        conversation.archived = stored.archived
        self.refresh_frame()

    # -- what the person does
    def submit(self, draft: Draft) -> None:
        """Send a message, or the new version of one."""
        if self._shown is None:
            self.screen.early.append(draft)
            return
        try:
            draft = replace(draft, text=self.session.workspace.saved_prompts.expand(draft.text))
        except UsageError as error:
            self.give_back(draft)
            self.tell(error)
            return
        if self.actions.send_edit(draft):
            return
        if not self.session.current.busy:
            self.transcript.follow()
        self.session.submit(draft)

    def let_come(self, act: Act, draft: Draft | None = None) -> None:
        """Let a reply begin in the conversation that is read, and go to where it comes.

        Args:
            act: Begins it.
            draft: What goes back into the composer if it can't begin.
        """
        self.transcript.follow()
        self.session.begin(self.session.current, act, draft or Draft())

    def written(self) -> None:
        """The draft changed."""
        self.frame.refresh_files()
        if self._shown is not None and self.actions.editing is None:
            self.session.drafts.note(self.session.current.conversation, self.composer.written)

    def stop(self) -> None:
        """Stop the reply; otherwise close what is open."""
        if self.session.stop():
            return
        if not self.actions.stop_editing() and not self.screen.query_one(NoticeLine).clear():
            self.screen.remove_class("-overlay")
            self.screen.query("FindBar").remove()
            self.transcript.end_find()
        self.refresh_frame()
        self.screen.back_to_writing()

    def toggle_overlay(self) -> None:
        """Lay the sidebar over the page, or take it away."""
        self.screen.toggle_class("-overlay")
        if self.screen.has_class("-overlay"):
            self.screen.query_one(Conversations).focus()
        else:
            self.screen.back_to_writing()
