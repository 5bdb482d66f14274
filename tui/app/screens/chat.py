"""The main screen: sidebar, conversation, composer, status."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import TextArea

from tui.app.background import in_background
from tui.app.screens.frame import Frame
from tui.app.screens.message_actions import MessageActions
from tui.app.screens.sheets import Sheets
from tui.app.screens.slash_commands import SlashCommands
from tui.app.widgets.composer import Composer
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.notice_line import NoticeLine
from tui.app.widgets.page import Page, TooSmall
from tui.app.widgets.queue_line import QueueLine
from tui.app.widgets.sidebar import Conversations, Sidebar
from tui.app.widgets.slash_menu import SlashMenu
from tui.app.widgets.status_line import StatusLine
from tui.app.widgets.title_line import TitleLine
from tui.errors import ConfigError, HistoryError, SegueError, UsageError

if TYPE_CHECKING:
    from tui.app.app import SegueApp
    from tui.app.chat import Chat
    from tui.app.desk import Desk
    from tui.app.live import LiveReply
    from tui.app.widgets.transcript import Transcript
    from tui.chat.message import Message
    from tui.engine.events import Event

TWICE = 2.0
"""Seconds within which a second Ctrl+C quits."""
SETTLED = 0.5
"""Seconds after the start in which the HTTP client is not loaded."""


class ChatScreen(Screen[None]):
    """What a person looks at while chatting."""

    AUTO_FOCUS = "#draft"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "stop", tooltip="Stop the reply and keep its text", id="stop"),
        Binding("ctrl+c", "interrupt", "copy", tooltip="Copy, or stop; twice: quit", id="interrupt"),
        Binding("ctrl+l", "model", "model", tooltip="Choose a model", id="model", priority=True),
        Binding("ctrl+n", "new", "new", tooltip="A new conversation", id="new", priority=True),
        Binding(
            "ctrl+r",
            "conversations",
            "all",
            tooltip="Find and open a conversation",
            id="conversations",
            priority=True,
        ),
        Binding("ctrl+f", "find", "find", tooltip="Find in this conversation", id="find", priority=True),
        Binding(
            "ctrl+b", "sidebar", "sidebar", tooltip="Show or hide the sidebar", id="sidebar", priority=True
        ),
        Binding("alt+up", "walk(-1)", "messages", tooltip="Walk up the messages", id="message-up"),
        Binding("alt+down", "walk(1)", "messages", tooltip="Walk down the messages", id="message-down"),
        Binding("ctrl+g", "editor", "editor", tooltip="Write in $VISUAL or $EDITOR", id="editor"),
        Binding("ctrl+z", "undo", "undo", tooltip="Take back the last deletion", id="undo"),
    ]

    def __init__(self, classes: str = "") -> None:
        super().__init__(classes=classes)
        self.frame = Frame(self)
        self.actions = MessageActions(self)
        self.commands = SlashCommands(self)
        self.sheets = Sheets(self)
        self._desk: Desk | None = None
        self._early: list[str] = []
        self._shown: Chat | None = None
        self._interrupted = 0.0

    # -- parts
    @classmethod
    def places(cls) -> tuple[type[DOMNode], ...]:
        """The classes whose bindings are active here at one time or another."""
        from tui.app.widgets.transcript import Transcript

        return cls, Composer, Transcript, Conversations

    @property
    def segue(self) -> SegueApp:
        """The app, by its type."""
        return self.app  # type: ignore[return-value]

    @property
    def is_open(self) -> bool:
        """Whether the history is open."""
        return self._desk is not None

    @property
    def desk(self) -> Desk:
        """The conversations at hand.

        Raises:
            UsageError: The history is not open yet.
        """
        if self._desk is None:
            raise UsageError("The history is not open yet")
        return self._desk

    @property
    def composer(self) -> Composer:
        """Where the next message is written."""
        return self.query_one(Composer)

    @property
    def transcript(self) -> Transcript:
        """The conversation that is read; it is there once the history is open."""
        return self.query_one("#transcript")  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """From left to right, from top to bottom."""
        yield Sidebar(id="sidebar")
        with Page(id="main"):
            yield TitleLine(id="title", classes="text")
            yield NoticeLine(id="notice", classes="text")
            yield Vertical(id="reading")
            with Vertical(id="composer", classes="rail"):
                yield QueueLine(id="queue")
                menu = SlashMenu(id="menu")
                yield menu
                yield Composer(menu, id="draft")
            yield StatusLine(id="status", classes="text")
            yield KeyLine(id="keys", classes="text")
        yield TooSmall(id="small")

    # -- the beginning and the end
    def on_mount(self) -> None:
        """Paint first; then open the history."""
        self.frame.begin()
        self.call_after_refresh(self._open_soon)

    def _open_soon(self) -> None:
        in_background(self, "open", self._open_workspace)

    async def _open_workspace(self) -> None:
        segue = self.segue
        for problem in (*segue.config.problems, *segue.key_problems()):
            self.tell(problem)
        from tui.app.desk import Desk  # with the engine, after the first paint
        from tui.app.widgets.transcript import Transcript

        try:
            segue.workspace = workspace = await segue.open_workspace()
            desk = Desk(segue, self, workspace)
            await desk.begin_with(segue.options)
            await segue.recall_theme()
            self.composer.prompts = await workspace.store.prompts()
        except SegueError as error:
            self.tell(error)
            return
        transcript = Transcript(id="transcript")
        await self.query_one("#reading").mount(transcript)
        self.watch(transcript, "selected", self.frame.refresh_keys, init=False)
        self._desk = desk
        workspace.store.subscribe(lambda change: self.frame.list_soon())
        if workspace.store.notice:
            self.query_one(NoticeLine).add(workspace.store.notice)
        await self.open_chat(desk.chat)
        self.set_timer(SETTLED, self._keep_connections)
        for text in filter(None, (segue.options.prompt, *self._early)):
            desk.submit(text)
        if not (self._early or segue.options.prompt):
            await self._attempt(self.sheets.first_run)
        self._early.clear()

    def _keep_connections(self) -> None:
        assert self.segue.workspace is not None
        in_background(self, "open", self.segue.workspace.keep_connections)

    async def finish(self) -> None:
        """Store what is on its way, before the program ends."""
        if self._desk is not None:
            await self._desk.finish(lambda: self.actions.draft)

    # -- the conversation that is read
    async def open_chat(self, chat: Chat, at: int | None = None, needle: str = "") -> None:
        """Show a conversation, with its draft; a reply in the one before goes on."""
        desk = self.desk
        if self._shown is not None:
            desk.drafts.note(desk.chat.conversation, self.actions.draft)
            self.actions.forget()
            self.composer.put("")
        await desk.drafts.flush()
        desk.chat = self._shown = chat
        desk.unread.discard(chat.conversation.id)
        if at is not None:
            await chat.show(at)
        draft = await desk.drafts.load(chat.conversation)
        if draft:
            self.composer.put(draft + self.composer.draft)
        await self.reload(at)
        if at is not None:
            await self.transcript.jump(at, needle)
        self.back_to_writing()

    async def reload(self, at: int | None = None) -> None:
        """Draw the conversation anew, after its path has changed."""
        chat = self.desk.chat
        await self.transcript.open(chat.conversation, chat.messages, at)
        self.frame.refresh()
        self.frame.list_soon()

    def back_to_writing(self) -> None:
        """Give the composer the focus."""
        if self.is_open:
            self.transcript.selected = None
        self.composer.focus()

    # -- what the desk tells
    async def show_begun(self, chat: Chat, before: Sequence[int]) -> None:
        """Show the prompt and the reply that begins; another path is drawn anew."""
        if chat is not self.desk.chat:
            return
        path = chat.conversation.path()
        if before and path[: len(before)] == list(before):
            for message in await chat.messages(path[len(before) :]):
                self.transcript.add(message)
        else:
            await self.reload()
        self.frame.refresh()
        self.frame.list_soon()

    def show_event(self, live: LiveReply, event: Event, *, turned: bool) -> None:
        """Show a piece of a reply, if it is the one that is read."""
        if live is not self.desk.chat.live:
            return
        from tui.engine.events import ReasoningAdded, TextAdded

        match event:
            case TextAdded(message_id, text):
                self.transcript.feed(message_id, text=text)
            case ReasoningAdded(message_id, text):
                self.transcript.feed(message_id, reasoning=text)
            case _:
                self.transcript.note(live.reply.message.id, live.detail)
        if turned:
            self.frame.refresh_status()

    def show_end(self, live: LiveReply, message: Message) -> None:
        """Show how a reply ended."""
        if self.desk.chat.conversation is live.conversation:
            self.transcript.replace(message)
            self.frame.ended(message, live.tokens)
        self.frame.refresh()
        self.frame.list_soon()

    def give_back(self, text: str) -> None:
        """Put prompts that were not sent before what is written now."""
        if text:
            self.composer.put("\n\n".join(filter(None, (text, self.composer.draft))))
        self.frame.refresh()

    def refresh_frame(self) -> None:
        """The queue or the live replies changed."""
        self.frame.refresh()

    def tell(self, error: Exception) -> None:
        """Say what went wrong; what concerns settings and history stays until it is dismissed."""
        if isinstance(error, ConfigError | HistoryError):
            self.query_one(NoticeLine).add(str(error))
        self.notify(str(error), severity="warning", timeout=8)

    def fault(self, error: Exception) -> None:
        """Our own code failed while a reply came."""
        self.app._handle_exception(error)

    def attempt(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do something in the background; what can't be done is told."""
        in_background(self, "acts", self._attempt, act, *arguments)

    async def _attempt(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        try:
            await act(*arguments)
        except SegueError as error:
            self.tell(error)

    # -- what the person does
    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        if self._desk is None:
            self._early.append(event.text)
            self.frame.refresh()
        elif not self.actions.send_edit(event.text):
            self._desk.submit(event.text)

    @on(Composer.Commanded)
    def _commanded(self, event: Composer.Commanded) -> None:
        self.run_command(event.name, event.argument)

    def run_command(self, name: str, argument: str = "") -> None:
        """Run a slash command."""
        self.attempt(self.commands.run, name, argument)

    @on(Composer.TakeBack)
    def _take_back(self) -> None:
        self.composer.put(self._early.pop() if self._early else self.desk.take_back())

    @on(TextArea.Changed, "#draft")
    def _written(self) -> None:
        if self._desk is not None and self.actions.editing is None:
            self._desk.drafts.note(self._desk.chat.conversation, self.composer.draft)

    @on(Composer.Scrolled)
    async def _scrolled(self, event: Composer.Scrolled) -> None:
        if self.is_open:
            await self.transcript.run_action(f"scroll_{event.where}")

    def on_transcript_chosen(self, event: Transcript.Chosen) -> None:
        """Do something with a message."""
        self.attempt(self.actions.do, event.action, event.message_id)

    @on(Sidebar.Opened)
    def _opened(self, event: Sidebar.Opened) -> None:
        self.frame.close_overlay()
        self.attempt(self.open_by_id, event.conversation_id)

    @on(Conversations.Left)
    def _left(self) -> None:
        self.frame.close_overlay()
        self.back_to_writing()

    async def open_by_id(self, conversation_id: int, at: int | None = None, needle: str = "") -> None:
        """Open a stored conversation, at a message if one is given."""
        await self.open_chat(await self.desk.find(conversation_id), at, needle)

    def action_stop(self) -> None:
        """Stop the reply; otherwise close what is open."""
        if self._desk is not None and self._desk.stop():
            return
        if not self.actions.stop_editing() and not self.query_one(NoticeLine).clear():
            self.frame.close_overlay()
        self.frame.refresh()
        self.back_to_writing()

    def action_interrupt(self) -> None:
        """Copy what is selected, else stop the reply, else clear the draft; twice: quit."""
        selected = self.get_selected_text()
        if selected:
            self.attempt(self.segue.copy, selected)
            self.clear_selection()
        elif self._desk is None or not self._desk.stop():
            self._clear_or_quit()

    def _clear_or_quit(self) -> None:
        if time.monotonic() - self._interrupted < TWICE:
            self.attempt(self.segue.leave, 0)
            return
        self._interrupted = time.monotonic()
        again = f"{self.segue.key_for('interrupt')} again quits"
        cleared = self.composer.drop()
        self.notify(f"Draft cleared; ↑ brings it back.   {again}" if cleared else again, timeout=TWICE)

    async def action_new(self) -> None:
        """Begin a new conversation; one that is empty already is new."""
        await self._attempt(self.open_new)

    async def open_new(self) -> None:
        """Show a new conversation."""
        await self.open_chat(await self.desk.new())

    def action_walk(self, step: int) -> None:
        """Choose a message; its keys work until Esc."""
        if self.is_open:
            self.transcript.walk(step)

    def action_sidebar(self) -> None:
        """Show or hide the sidebar."""
        self.frame.toggle_sidebar()

    async def action_editor(self) -> None:
        """Write the draft in the person's editor."""
        self.attempt(self._edit_outside)

    async def _edit_outside(self) -> None:
        from tui.app.editor import edit

        self.composer.put(await edit(self.app, self.composer.draft))

    async def action_undo(self) -> None:
        """Take back the last deletion."""
        await self._attempt(self.actions.undo)

    # -- sheets
    async def action_model(self) -> None:
        """Choose who answers from now on."""
        await self._attempt(self.sheets.pick_model)

    async def action_conversations(self) -> None:
        """Find and open a conversation."""
        await self._attempt(self.sheets.all_conversations)

    async def action_find(self) -> None:
        """Find in this conversation."""
        await self._attempt(self.sheets.find)

    async def use_model(self, model_id: str) -> None:
        """Let a model answer from now on; what is written stays."""
        from tui.app.chat import note_model

        desk = self.desk
        desk.chat.conversation.model = model_id
        self.frame.refresh()
        await note_model(desk.workspace.store, model_id)
        await desk.chat.change(model=model_id)

    # -- events
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.frame.refresh_keys()

    def on_key(self, event: events.Key) -> None:
        """Hand on what was typed before the composer had the focus; what it had itself it would have kept."""
        if self.focused in (None, self.composer) and (event.is_printable or event.key == "enter"):
            event.stop()
            self.composer.post_message(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Hand on what was pasted while nothing had the focus."""
        event.stop()
        self.composer.take_in(event.text)
