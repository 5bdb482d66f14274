"""The features of the app, put together over a session. Loaded after the first paint."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, assert_never

from textual.screen import Screen

from tui.app.actions import Action
from tui.app.attention.attention import Attention
from tui.app.background import in_background, to_ask
from tui.app.commands import Handlers
from tui.app.compare.comparing import Comparing
from tui.app.composer.composer import Composer
from tui.app.composer.writing import Writing
from tui.app.conversations.arranging import Arranging
from tui.app.conversations.branches import Branches
from tui.app.conversations.conversation_settings import ConversationSettings
from tui.app.conversations.lists import ConversationLists
from tui.app.conversations.moving import Moving
from tui.app.conversations.news import HistoryNews
from tui.app.conversations.reading import CurrentConversation
from tui.app.keymap import Keys
from tui.app.models.first_model import FirstModel
from tui.app.models.models import Models
from tui.app.options.options import Options
from tui.app.projects.projecting import Projecting
from tui.app.settings.changing import Changing
from tui.app.settings.theming import Theming
from tui.app.spending.spending import Spending
from tui.app.status.presenter import StatusPresenter
from tui.app.tools.asking import Asking
from tui.app.tools.tooling import Tooling
from tui.app.transcript.finding import Finding
from tui.app.transcript.message_actions import MessageActions
from tui.app.transcript.piping import Piping
from tui.app.transcript.shown_replies import ShownReplies
from tui.app.transcript.transcript import Transcript
from tui.app.undo import SHOWN, Acts
from tui.chat.draft import Draft
from tui.engine.conversation_service import ConversationService, Undo
from tui.engine.live import LiveReply
from tui.engine.session import Session
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
    Warned,
)
from tui.engine.workspace import Workspace
from tui.errors import HistoryError, NotFoundError, UsageError
from tui.rendering import warm
from tui.typed_toml import Changes

if TYPE_CHECKING:
    from tui.app.context import Program


SETTLED = 0.5
"""Seconds after the start, and after the first letter, in which nothing is loaded that a reply needs."""
READ = 5.0
"""Seconds after which the person has read why something could not be done."""
_Result = TypeVar("_Result")


class Voice(Protocol):
    """How the screen speaks to the person."""

    @property
    def asked(self) -> bool:
        """Whether anything was asked for before there were features."""
        ...

    def tell(self, error: Exception) -> None:
        """Say what went wrong."""
        ...

    def note(self, words: str) -> None:
        """Say something that stays until it is dismissed."""
        ...

    def unnote(self, words: str) -> None:
        """Say it no more."""
        ...

    def note_for_now(self, words: str) -> None:
        """Say something that stays until it is dismissed, or until the history takes everything again."""
        ...

    @property
    def noticed(self) -> Sequence[str]:
        """What was said and stays, the newest first."""
        ...

    def unnote_passing(self, shown_for: float = 0.0) -> None:
        """The history takes everything again: of what is over by that, say what was said so long no more."""
        ...

    def dismiss_notices(self) -> bool:
        """Say nothing of it any more. Returns whether there was anything."""
        ...

    def attempt_soon(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do something in the background; what can't be done is told."""
        ...


class Features:
    """Makes them, is their ``Context``, and hands on what the session tells."""

    def __init__(
        self,
        program: Program,
        screen: Screen[None],
        voice: Voice,
        composer: Composer,
        acts: Acts,
        early: list[Draft],
        workspace: Workspace,
    ) -> None:
        """Make every feature.

        Args:
            program: The app.
            screen: The main screen, with all its widgets.
            voice: How it speaks to the person.
            composer: Where one writes.
            acts: What was done, and can be undone.
            early: What was sent before this.
            workspace: History and providers.
        """
        self._program = program
        self._voice = voice
        self.tell, self.soon = voice.tell, voice.attempt_soon
        self.note, self.unnote = voice.note, voice.unnote
        self._composer = composer
        self._early = early
        self._showing = asyncio.Lock()
        self._ready = False
        self.screen = screen
        self.acts = acts
        self.session = Session(workspace, temporary=program.options.temporary)
        self.session.subscribe(self._heard)
        self.transcript = screen.query_one(Transcript)
        self.reading = CurrentConversation(self)
        self.writing = Writing(self, composer, early)
        self.asking = Asking(self)
        self.session.asker = self.session.tools.person = self.asking
        self.status = StatusPresenter(self)
        self.lists = ConversationLists(self)
        self.messages = MessageActions(self)
        self.piping = Piping(self)
        self.models = Models(self)
        self.first_model = FirstModel(self, self.models)
        self.comparing = Comparing(self)
        self.finding = Finding(self, self.transcript)
        self.settings = Changing(self, program)
        self.tools = Tooling(self)
        self.options = Options(self)
        self.projects = Projecting(self)
        self._replies = ShownReplies(self)
        self.elsewhere = HistoryNews(self)
        self.moving = Moving(self)
        self.attention = Attention(self, program)
        self.does: Sequence[Handlers] = (
            self.reading.commands,
            self.writing.commands,
            self.lists.commands,
            self.messages.commands,
            self.models.commands,
            self.comparing.commands,
            self.finding.commands,
            Arranging(self).commands,
            Branches(self).commands,
            ConversationSettings(self).commands,
            Theming(self, program).commands,
            self.tools.commands,
            self.options.commands,
            self.settings.commands,
            Spending(self).commands,
            self.projects.commands,
        )
        """The commands that each feature does."""

    @property
    def commands(self) -> Handlers:
        """Every command that a feature does, by name."""
        return ChainMap(*map(dict, self.does))

    # -- the beginning and the end
    async def prepare(self) -> None:
        """Find what the command line asks for, and have at hand what one may write with."""
        try:
            options = self._program.options
            await self.session.begin_with(options, await self.session.drafts.left_in())
        except (NotFoundError, UsageError) as error:
            self.tell(error)
        await self._program.recall_theme()
        await self.writing.begin()

    async def begin(self) -> None:
        """Show the conversation; send what was written meanwhile."""
        options, workspace = self._program.options, self.session.workspace
        self._name_keys()
        self.screen.watch(self.transcript, "selected", self.status.refresh_keys, init=False)
        self.screen.watch(self.transcript, "selected", self.asking.look, init=False)
        self.elsewhere.follow()
        self.screen.app.screen_change_signal.subscribe(self.screen, lambda _: self.asking.look())
        for words in filter(None, (workspace.catalogue.notice, *map(str, workspace.registry.problems))):
            self.note(words)
        await self.reading.show(self.session.current)
        self.attention.refresh()
        self.screen.set_timer(SETTLED, self._begin_beside)
        if options.prompt:
            self._early.insert(0, Draft(options.prompt, options.attachments))
        else:
            self._composer.attach(options.attachments)
        if options.model and not await self.models.use(options.model):
            self.writing.give_back_early()
        elif options.model or not await self._help_to_begin():
            self._send_early()
        self.soon(self._offer)

    async def _help_to_begin(self) -> bool:
        """Where a person is new, show how to begin; who writes or has asked for something is let first.

        Returns:
            Whether that is so.
        """
        if not await self.first_model.find_out():
            return False
        if self._early or not (self._voice.asked or self.writing.written):
            await self.first_model.help_to_begin(self._voice.noticed)
        return True

    def submit(self, draft: Draft) -> None:
        """Send a message; who has never chosen a model does that first."""
        if self.first_model.needed:
            to_ask(self.screen, "first", self._choose_and_send, draft)
        else:
            self.writing.submit(draft)

    async def _choose_and_send(self, draft: Draft) -> None:
        try:
            needed = await self.first_model.find_out()
        except HistoryError as error:
            self.writing.give_back(draft)
            self.tell(error)
            return
        if needed:
            self._early.append(draft)
            await self.first_model.help_to_begin(self._voice.noticed)
        else:
            self.writing.submit(draft)

    def _send_early(self) -> None:
        """Send what was written before; where a project is to be decided on, that comes first."""
        if self.session.projects.unasked is None:
            self.writing.send_early()

    async def _offer(self) -> None:
        """Ask what is asked once. What was sent before stands in the composer until then."""
        others = self.writing.written
        early = self.writing.give_back_early()
        waits = self.writing.written
        try:
            await self.projects.offer()
        finally:
            if early and self.writing.written == waits:
                self._composer.hold(others)
                self.writing.submit(early)
        await self.moving.offer()

    def _name_keys(self) -> None:
        self.transcript.newest_key = self.keys.name(Action.NEWEST)

    def use_settings(self) -> None:
        """The settings are others now."""
        self._name_keys()
        self.transcript.relook()
        self.transcript.refresh()
        self.refresh()
        self.status.refresh_keys()

    def _begin_beside(self) -> None:
        in_background(self.screen, "open", self.attention.begin)
        in_background(self.screen, "open", self.writing.say_prompt_problems)

    def expect_a_reply(self) -> None:
        """Soon a prompt will be sent: have at hand what its reply needs. Until then it takes no memory."""
        if not self._ready:
            self._ready = True
            self.screen.set_timer(SETTLED, self._make_ready)

    def _make_ready(self) -> None:
        in_background(self.screen, "open", self.session.workspace.keep_connections)
        in_background(self.screen, "open", self._load_replies)

    async def _load_replies(self) -> None:
        await asyncio.to_thread(import_module, "tui.engine.reply")
        await asyncio.to_thread(warm.load)

    async def finish(self) -> None:
        """Store what is on its way, before the program ends."""
        await self.session.finish(lambda: self.writing.draft)

    # -- what every feature may ask
    @property
    def keys(self) -> Keys:
        """The keys as they are bound now."""
        return self._program.keys

    def history_written(self) -> None:
        """The history takes what it is given: say no more that it does not, once that could be read."""
        if not self.session.any_refused:
            self._voice.unnote_passing(shown_for=READ)

    def notify(self, words: str, *, warning: bool = False) -> None:
        """Say something for a few seconds."""
        self.screen.notify(words, severity="warning" if warning else "information", markup=False)

    async def show(self, sheet: Screen[_Result], then: Callable[[_Result | None], None]) -> None:
        """Lay a sheet over the main screen; ``then`` gets what was chosen on it."""
        await self.screen.app.push_screen(sheet, then)

    async def ask(self, sheet: Screen[_Result]) -> _Result | None:
        """Lay a sheet over the main screen. Returns what was chosen on it, None if nothing was."""
        return await self.screen.app.push_screen_wait(sheet)

    async def copy(self, text: str) -> None:
        """Put ``text`` into the clipboard, and say how that went."""
        await self._program.copy(text)

    def back_to_writing(self) -> None:
        """Give the composer the focus, at once: the next key is the composer's."""
        self.transcript.selected = None
        self.screen.set_focus(self._composer)

    def refresh(self) -> None:
        """Show what stands round the conversation as it is now."""
        self.writing.refresh()
        self.status.refresh()
        self.attention.refresh()

    # -- undo, and stop
    async def change_settings(self, changes: Changes) -> None:
        """Write changes into the config, and work by it from now on."""
        await self._program.change_settings(changes)

    def undoable(self, undo: Undo, back: str, topic: object = None) -> None:
        """Something was done, and whoever asked for it sees that."""
        self._composer.history.checkpoint()  # what is typed after it is another change
        self.acts.note(undo, back, topic)

    def did(self, words: str, undo: Undo, back: str, topic: object = None) -> None:
        """Something was done: say so, and how it is undone.

        Args:
            words: What was done.
            undo: Undoes it.
            back: What is said then.
            topic: What it was done to.
        """
        self.undoable(undo, back, topic)
        self.say_done(words)

    def say_done(self, words: str) -> None:
        """Say what was done, and which key undoes it."""
        self.screen.notify(f"{words}   {self.keys.name(Action.UNDO)} undo", timeout=SHOWN, markup=False)

    async def undo(self) -> str:
        """Take back what was done last. Returns what is said then."""
        undone = await self.acts.undo()
        await self.reading.follow_stored()
        return undone.back

    def stop(self) -> None:
        """Stop the reply; otherwise close what is open."""
        if self.session.stop() or self.elsewhere.stop_elsewhere():
            return
        if not self.writing.stop_editing() and not self._voice.dismiss_notices():
            self.screen.remove_class("-overlay")
            self.finding.close()
        self.refresh()
        self.back_to_writing()

    # -- what the session tells
    def _heard(self, event: SessionEvent) -> None:
        match event:
            case Fault(fault):
                self._program.fault(fault)
            case _ if not self._program.is_running:  # what was on the screen may be gone already
                pass
            case ReplyBegan(service, live, before):
                self.attention.began(live)
                self.expect_a_reply()
                self.soon(self._began_in_turn, service, live, before)
            case ReplyWentOn(live, piece, turned):
                self.comparing.went_on(live, piece, turned=turned)
                self._replies.went_on(live, piece, turned=turned)
            case ReplyEnded(live, message):
                self.comparing.ended(live, message)
                self._replies.ended(live, message)
                self.attention.ended(live, message)
            case GivenBack(draft):
                self.writing.give_back(draft)
            case QueueChanged() | Titled():
                self.refresh()
            case NotSaved(reason):
                self._say_unsaved(reason)
            case AllSaved():
                self._voice.unnote_passing()
                self.notify("Everything is saved again")
            case Warned(words):
                self.notify(words, warning=True)
            case Problem(error):
                self.tell(error)
            case _:
                assert_never(event)

    async def _began_in_turn(
        self, service: ConversationService, live: LiveReply, before: Sequence[int]
    ) -> None:
        """Show replies in the order in which they begin; what comes meanwhile is read with each."""
        async with self._showing:
            if not await self.comparing.began(service, live):
                await self._replies.began(service, live, before)

    def _say_unsaved(self, why: str) -> None:
        """Say that replies or drafts are not on the disk, for as long as they are not."""
        self._voice.note_for_now(f"{why} It is tried again; /export FILE writes the conversation elsewhere.")
