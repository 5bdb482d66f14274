"""The main screen: what it has at the first paint, and its keys. The features open right after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen

from tui.app.actions import BEHIND, Action
from tui.app.background import in_background, to_ask
from tui.app.commands import COMMANDS, Handlers, find, told, unknown
from tui.app.composer.composer import ASK, Composer
from tui.app.keymap import bind
from tui.app.life import while_alive
from tui.app.status.key_line import IDLE, KeyLine, hints
from tui.app.status.status_line import StatusLine
from tui.app.status.title_line import TitleLine
from tui.app.theme.grid import WIDE
from tui.app.theme.page import Page, TooSmall
from tui.app.undo import Acts
from tui.chat.draft import Draft, joined
from tui.errors import NOT_NOW, ConfigError, HistoryError, SegueError, UsageError

if TYPE_CHECKING:
    from tui.app.composer.attached_lines import AttachedLines
    from tui.app.context import Program
    from tui.app.conversations.sidebar import SidebarList
    from tui.app.conversations.sidebar_edge import SidebarEdge
    from tui.app.features import Features
    from tui.app.messages.message_list import MessageList
    from tui.app.status.notice_line import NoticeLine
    from tui.app.transcript.transcript import Transcript
    from tui.engine.workspace import Workspace

FIRST_KEYS = 0.1
"""Seconds in which keys that were pressed while the program started are shown, before the features open."""
TWICE = 3.0
"""Seconds within which a second Ctrl+C quits."""


class MainScreen(Screen[None]):
    """The conversation that is read, with all round it. One can write before the history is open."""

    AUTO_FOCUS = "#draft"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.STOP, "stop"),
        bind(Action.INTERRUPT, "interrupt"),
        bind(Action.MODEL, "model", priority=True),
        bind(Action.NEW, "new", priority=True),
        bind(Action.CONVERSATIONS, "conversations", priority=True),
        bind(Action.FIND, "find", priority=True),
        bind(Action.TIMELINE, "timeline", priority=True),
        bind(Action.SIDEBAR, "sidebar", priority=True),
        bind(Action.SETTINGS, "settings", priority=True),
        bind(Action.OPTIONS, "options", priority=True),
        bind(Action.NEXT_MODEL, "next_model", priority=True),
        bind(Action.NEXT_EFFORT, "next_effort", priority=True),
        bind(Action.MESSAGE_UP, "walk(-1)"),
        bind(Action.MESSAGE_DOWN, "walk(1)"),
        bind(Action.NEWEST, "newest"),
        bind(Action.EDITOR, "editor"),
        bind(Action.UNDO, "undo"),
    ]

    def __init__(self, program: Program, classes: str = "") -> None:
        """Make the screen; nothing is opened before it is painted.

        Args:
            program: The app.
            classes: How much room there is.
        """
        super().__init__(classes=classes)
        self.program = program
        self.features: Features | None = None
        """What can be done here, once the history is open."""
        self.acts = Acts(lambda: self.composer.newest_change)
        """What was done, here and on the screens above."""
        self.early: list[Draft] = []
        """What was sent while there was no conversation to send it in."""
        self._opened = asyncio.Event()
        self.asked = False
        """Whether anything was asked for while history and providers were opened."""
        self._interrupted = 0.0

    # -- parts
    @property
    def composer(self) -> Composer:
        """Where the next message is written."""
        return self.query_one(Composer)

    def compose(self) -> ComposeResult:
        """The page at the first paint; sidebar, transcript and notices come into it with the features."""
        yield Vertical(id="sidebar")
        with Page(id="main", classes="-opening"):
            yield TitleLine(id="title", classes="text")
            with Vertical(id="composer", classes="rail"):
                yield Composer(id="draft")
            yield StatusLine(id="status", classes="text")
            yield KeyLine(id="keys", classes="text")
        yield TooSmall(id="small")

    # -- the beginning and the end
    def on_mount(self) -> None:
        """Paint first; then open the features."""
        self.composer.placeholder = ASK
        status = self.query_one(StatusLine)
        status.model = self.program.options.model or self.program.config.model
        status.visible = status.model is not None  # else the history says who answers
        keys = self.query_one(KeyLine)
        keys.hints, keys.beside = hints(self.program.keys, IDLE), "sidebar-keys"
        self.set_focus(self.composer)
        self._free_keys()
        self._use_vim()
        self._widen(self.program.config.sidebar.width)
        self.app.call_later(self.program.take_early_keys)
        self.call_after_refresh(while_alive(self, self.set_timer), FIRST_KEYS, self._open_soon)

    def _free_keys(self) -> None:
        """A key that the person set for something here is no key of the text field any more."""
        keys = self.program.keys
        here = [action for action in Action if action.scope in BEHIND and action in keys.wanted]
        self.composer.free({key for action in here for key in keys.of(action)})

    def _use_vim(self) -> None:
        """Vim's keys where one writes, if they are wanted."""
        if self.program.config.vim == (self.composer.vim is not None):
            return
        if not self.program.config.vim:
            self.composer.vim = None
            return
        from tui.app.composer.vim_keys import VimKeys

        self.composer.vim = VimKeys(self.composer)

    def _widen(self, cells: int) -> None:
        """Give the sidebar its width."""
        styles = self.query_one("#sidebar").styles
        if styles.width is None or styles.width.cells != cells:  # to set it costs a layout
            styles.width = cells

    def use_settings(self) -> None:
        """The settings are others now: keys, and what is said of them."""
        self._free_keys()
        self._use_vim()
        self._widen(self.program.config.sidebar.width)
        self.query_one(Page).find_edges()
        if self.features is not None:
            self.features.use_settings()

    def _open_soon(self) -> None:
        in_background(self, "open", self._open)

    async def _open(self) -> None:
        """Put what is missing on the screen, open the history, and begin."""
        try:
            await self._mount_the_rest()
            for problem in self.program.setting_problems():
                self.note(str(problem))
            self.program.workspace = workspace = await self.program.open_workspace()
            await self._begin(workspace)
        except SegueError as error:
            self.note(str(error))
        finally:
            self._opened.set()

    async def _mount_the_rest(self) -> None:
        from tui.app.conversations.sidebar import SidebarList
        from tui.app.conversations.sidebar_edge import SidebarEdge
        from tui.app.lists.wordmark import Wordmark
        from tui.app.transcript.transcript import Transcript

        beside = Wordmark(id="wordmark"), SidebarList(id="conversations"), KeyLine(id="sidebar-keys")
        with self.app.batch_update():  # it is all laid out and painted once
            await self.query_one("#sidebar").mount(*beside)
            self.query_one("#main").remove_class("-opening")
            await self.query_one("#main").mount(Transcript(id="transcript"), before="#composer")
            await self.query_one("#main").mount(SidebarEdge())

    async def _begin(self, workspace: Workspace) -> None:
        from tui.app.features import Features

        features = Features(self.program, self, self, self.composer, self.acts, self.early, workspace)
        await features.prepare()
        self.features = features
        await features.begin()

    async def finish(self) -> None:
        """Store what is on its way, before the program ends; what was just typed is worth waiting for."""
        await self._opened.wait()
        if self.features is not None:
            await self.features.finish()

    async def with_features(self, act: Callable[[Features], Awaitable[None]]) -> None:
        """Do something that needs the features; if they are not open yet, as soon as they are."""
        if self.features is not None:
            await self.attempt(act, self.features)
        else:
            self.asked = True
            to_ask(self, "acts", self.attempt, self._when_open, act)

    async def _when_open(self, act: Callable[[Features], Awaitable[None]]) -> None:
        await self._opened.wait()
        if self.features is None:
            raise UsageError("The history could not be opened")
        await act(self.features)

    def tell(self, error: Exception) -> None:
        """Say what went wrong; what concerns settings and history stays until it is dismissed, or over."""
        if isinstance(error, NOT_NOW):
            self.note_for_now(str(error))
        elif isinstance(error, ConfigError | HistoryError):
            self.note(str(error))
        else:
            self.notify(told(error, self.program.keys), severity="warning")

    def note(self, words: str) -> None:
        """Say something that stays until it is dismissed; under another screen, there for a moment too."""
        self._notice_line().add(words)
        self._say_over_others(words)

    def unnote(self, words: str) -> None:
        """Say it no more."""
        for line in self._notice_lines:
            line.drop(words)

    def note_for_now(self, words: str) -> None:
        """Say something that stays until it is dismissed, or until the history takes everything again."""
        self._notice_line().add_passing(words)
        self._say_over_others(words)

    def _notice_line(self) -> NoticeLine:
        """The line of notices; it comes with the first one."""
        from tui.app.status.notice_line import NoticeLine

        for line in self._notice_lines:
            return line
        line = NoticeLine()
        self.query_one("#main").mount(line, after="#title")
        return line

    @property
    def _notice_lines(self) -> list[NoticeLine]:
        """The line of notices, once there was one."""
        return [cast("NoticeLine", line) for line in self.query("#notice")]

    @property
    def noticed(self) -> Sequence[str]:
        """What was said and stays, the newest first."""
        return [words for line in self._notice_lines for words in line.notices]

    def unnote_passing(self, shown_for: float = 0.0) -> None:
        """The history takes everything again: of what is over by that, say what was said so long no more."""
        for line in self._notice_lines:
            line.drop_passing(shown_for)

    def dismiss_notices(self) -> bool:
        """Say nothing of it any more. Returns whether there was anything."""
        return any([line.clear() for line in self._notice_lines])

    def _say_over_others(self, words: str) -> None:
        if self.features is not None and not self.is_active:
            self.notify(words, severity="warning")

    async def attempt(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do something; what can't be done is told."""
        try:
            await act(*arguments)
        except SegueError as error:
            self.tell(error)

    def attempt_soon(self, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """Do something in the background; what can't be done is told."""
        in_background(self, "acts", self.attempt, act, *arguments)

    def back_to_writing(self) -> None:
        """Give the composer the focus, at once: the next key is the composer's."""
        if self.features is not None:
            self.features.back_to_writing()
        else:
            self.set_focus(self.composer)

    # -- what is written
    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        if self.features is None:
            self.early.append(event.draft)
        else:
            self.features.submit(event.draft)

    @on(Composer.Commanded)
    def _commanded(self, event: Composer.Commanded) -> None:
        self.run_command(event.name, event.argument)

    def run_command(self, name: str, argument: str = "") -> None:
        """Run a slash command."""
        to_ask(self, "acts", self.with_features, lambda features: self._run(features, name, argument))

    async def _run(self, features: Features, name: str, argument: str) -> None:
        saved = features.writing.saved_prompts()
        does = {**features.commands, **self.commands}.get(name)
        if does is not None:
            features.comparing.make_room_for(name)
            try:
                await does(argument)
            except SegueError:
                self._leave_typed(name, argument)
                raise
        elif find(name, saved):
            features.submit(Draft(f"/{name} {argument}".rstrip()))
        else:
            raise unknown(name, (*COMMANDS, *saved))

    def _leave_typed(self, name: str, argument: str) -> None:
        """What was typed for a command that can't be done stands there again, to be put right."""
        if argument and not self.composer.written:
            self.composer.hold(Draft(f"/{name} {argument}"))

    @property
    def commands(self) -> Handlers:
        """What the screen itself does by name; the rest is done by the features."""
        return {
            "editor": self._editor,
            "sidebar": self._sidebar,
            "redraw": self._redraw,
            "suspend": self._suspend,
            "help": self.show_help,
            "quit": self._quit,
        }

    async def _editor(self, argument: str) -> None:
        self.action_editor()

    async def _sidebar(self, argument: str) -> None:
        self.action_sidebar()

    async def _redraw(self, argument: str) -> None:
        self.program.redraw()

    async def _suspend(self, argument: str) -> None:
        self.program.suspend_program()

    async def _quit(self, argument: str) -> None:
        self.program.leave_soon(0)

    async def show_help(self, argument: str = "") -> None:
        """Show all keys and commands; the same key closes them."""
        from tui.app.composer.vim import KEYS
        from tui.app.help.help_screen import HelpScreen, all_sections

        if isinstance(self.app.screen, HelpScreen):
            self.app.screen.dismiss(None)
            return
        vim = KEYS if self.program.config.vim else ()
        await self.app.push_screen(HelpScreen(all_sections(self.program.keys, vim)))

    @on(Composer.Changed)
    @on(Composer.FilesChanged)
    def _written(self) -> None:
        if self.composer.written:
            self._interrupted = 0.0
        if self.features is not None:
            self.features.writing.changed()
            if self.composer.written:
                self.features.expect_a_reply()

    @on(Composer.ModeChanged)
    def refresh_keys(self) -> None:
        """Keys mean something else now."""
        if self.features is not None:
            self.features.status.refresh_keys()

    def on_attached_lines_removed(self, event: AttachedLines.Removed) -> None:
        """Let a file not go along."""
        self.composer.detach(event.place)

    @on(Composer.Copied)
    def _copied(self, event: Composer.Copied) -> None:
        self.attempt_soon(self.program.copy, event.text)

    @on(Composer.FromClipboard)
    def _from_clipboard(self) -> None:
        self.attempt_soon(self.composer.take_clipboard)

    @on(Composer.TakeBack)
    def _take_back(self) -> None:
        if self.features is not None:
            self.features.writing.take_back()

    @on(Composer.Offered)
    def _offered(self, event: Composer.Offered) -> None:
        if self.features is not None:
            self.features.transcript.do_offered(event.action)

    @on(Composer.Scrolled)
    async def _scrolled(self, event: Composer.Scrolled) -> None:
        if self.features is not None:
            await self.features.transcript.run_action(event.action)

    # -- what widgets say whose classes load with the features: so the handlers go by name
    def on_transcript_keys_changed(self) -> None:
        """Keys mean something else now."""
        self.refresh_keys()

    def on_transcript_pipe_asked(self, event: Transcript.PipeAsked) -> None:
        """Give a block of code to a command."""
        if self.features is not None:
            self.attempt_soon(self.features.piping.ask, event.code, event.language)

    def on_message_list_chosen(self, event: MessageList.Chosen) -> None:
        """Do something with a message."""
        if self.features is not None:
            self.attempt_soon(self._do_with_message, self.features, event.action, event.message_id)

    async def _do_with_message(self, features: Features, action: Action, message_id: int) -> None:
        try:
            await features.messages.do(action, message_id)
        finally:
            features.transcript.done()

    def on_sidebar_list_opened(self, event: SidebarList.Opened) -> None:
        """Open a conversation."""
        self.remove_class("-overlay")
        self.back_to_writing()
        self.attempt_soon(
            self.with_features, lambda features: features.reading.open_by_id(event.conversation_id)
        )

    def on_sidebar_edge_dragged(self, event: SidebarEdge.Dragged) -> None:
        """Make the sidebar wider or narrower; the settings keep it."""
        self._widen(event.width)
        if event.settled:
            self.attempt_soon(self.program.change_settings, {("sidebar", "width"): event.width})

    def on_sidebar_list_left(self) -> None:
        """Back from the sidebar."""
        self.remove_class("-overlay")
        self.back_to_writing()

    # -- keys
    def action_stop(self) -> None:
        """Stop the reply; otherwise close what is open."""
        if self.features is not None:
            self.features.stop()

    def action_interrupt(self) -> None:
        """Copy what is selected, else stop the reply, else clear the draft; twice: quit."""
        selected = self.get_selected_text()
        if selected:
            self.attempt_soon(self.program.copy, selected)
            self.clear_selection()
        elif self.features is None or not self.features.session.stop():
            self._clear_or_quit()

    def _clear_or_quit(self) -> None:
        if time.monotonic() - self._interrupted < TWICE and not self.composer.written:
            self.program.leave_soon(0)
            return
        self._interrupted = time.monotonic()
        keys = self.program.keys
        again = f"{keys.name(Action.INTERRUPT)} again quits"
        if cleared := self.composer.take():
            self.acts.note(partial(self._bring_back, cleared), "The draft is back")
        self.notify(
            f"Draft cleared; {keys.name(Action.OLDER)} brings it back.   {again}" if cleared else again,
            timeout=TWICE,
        )

    async def _bring_back(self, draft: Draft) -> None:
        self.composer.hold(joined([draft, self.composer.written]))

    async def action_model(self) -> None:
        """Choose who answers from now on."""
        await self.with_features(lambda features: features.models.pick())

    def action_rename(self) -> None:
        """Give the conversation a title."""
        self.run_command("title")

    async def action_new(self) -> None:
        """Begin a new conversation."""
        await self.with_features(lambda features: features.reading.open_new())

    async def action_conversations(self) -> None:
        """Find and open a conversation."""
        await self.with_features(lambda features: features.lists.all_conversations())

    async def action_settings(self) -> None:
        """All settings and keys."""
        await self.with_features(lambda features: features.settings.open())

    async def action_options(self) -> None:
        """How this conversation is answered."""
        await self.with_features(lambda features: features.options.open())

    async def action_next_model(self) -> None:
        """Let the next of the models used lately answer."""
        await self.with_features(lambda features: features.options.next_model())

    async def action_next_effort(self) -> None:
        """Another reasoning effort."""
        await self.with_features(lambda features: features.options.next_effort())

    async def action_find(self) -> None:
        """Find in this conversation."""
        await self.with_features(lambda features: features.finding.open())

    async def action_timeline(self) -> None:
        """Go to a prompt of this conversation."""
        await self.with_features(lambda features: features.lists.prompts())

    def action_sidebar(self) -> None:
        """Show or hide the sidebar: beside the page where there is room, else over it."""
        if self.size.width >= WIDE:
            self.toggle_class("-page-only")
            self.back_to_writing()
        elif self.features is not None:
            self.features.lists.toggle_overlay()

    def action_walk(self, step: int) -> None:
        """Choose a message; its keys work until Esc."""
        if self.features is not None:
            self.features.transcript.walk(step)

    def action_newest(self) -> None:
        """Go to the newest line, and follow."""
        if self.features is not None:
            self.features.transcript.follow()

    def action_editor(self) -> None:
        """Write the draft in the person's editor."""
        self.attempt_soon(self._edit_outside)

    async def _edit_outside(self) -> None:
        from tui.system.editor import edit

        self.composer.rewrite(await edit(self.app, self.composer.draft))

    async def action_undo(self) -> None:
        """Take back what was done last: typed, deleted, arranged."""
        if self.acts.typed_last:
            self.composer.undo_typing()
        else:
            await self.with_features(self._undo)

    async def _undo(self, features: Features) -> None:
        features.notify(await features.undo())

    # -- keys while the composer has not the focus
    def on_key(self, event: events.Key) -> None:
        """Hand on what nothing else takes: letters are always the composer's, but for those of a message."""
        early = self.focused in (None, self.composer)
        reading = self.features is not None and self.focused is self.features.transcript
        enter = event.key == "enter" and (early or (reading and not self._choosing))
        if (event.is_printable and not self._choosing) or enter:
            event.stop()
            self.remove_class("-overlay")
            self.back_to_writing()
            self.composer.post_message(events.Key(event.key, event.character))

    @property
    def _choosing(self) -> bool:
        return self.features is not None and self.features.transcript.selected is not None

    def on_paste(self, event: events.Paste) -> None:
        """Hand on what was pasted while nothing had the focus."""
        event.stop()
        self.composer.post_message(events.Paste(event.text))

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        if self.features is not None:
            if self.focused is self.composer:
                self.features.transcript.selected = None  # who writes has left the messages
            self.features.writing.refresh_files()
            self.features.status.refresh_keys()
            self.features.asking.look()
