"""The Textual app: themes, keys, palette, life and death. What is seen is on its screens."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.binding import BindingType
from textual.errors import NoWidget
from textual.filter import LineFilter, Monochrome, NoColor
from textual.scrollbar import ScrollBar

from tui.app import keymap
from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import Keys, Listens, bind
from tui.app.life import GONE, has_gone
from tui.app.lists.pointing import teach_pointing
from tui.app.main_screen import MainScreen
from tui.app.terminal.abilities import FEW, MANY, TRUE, Abilities, Differing
from tui.app.terminal.cell_size import USUAL
from tui.app.terminal.key_sequences import MODIFIERS
from tui.app.terminal.keys import teach_alt_enter, teach_texts, teach_windows
from tui.app.terminal.kinds import TerminalKind
from tui.app.terminal.light import Light
from tui.app.terminal.line_filters import Ascii, LastLine, together
from tui.app.terminal.outside import Outside
from tui.app.terminal.replies import Attributes, Named, Replied, ShowsStatus
from tui.app.terminal.turning import Turning
from tui.app.terminal.uploads import Uploads
from tui.app.theme.foreign import fitted
from tui.app.theme.grid import MEASURE, SMALLEST, TALL, WIDE
from tui.app.theme.scroll_thumb import SlimThumb
from tui.app.theme.themes import AUTO, DARK_THEME, FEW_COLOURS, GREY_THEMES, LIGHT_THEME, THEMES
from tui.app.turns import PATIENCE, AskingDone, KeyDone, KeySettled, Turns, stays
from tui.cells import cells
from tui.config import Config, is_stale, reread
from tui.engine.start_options import StartOptions
from tui.errors import ConfigError, SegueError, UsageError
from tui.paths import Paths
from tui.system.job_control import has_a_shell
from tui.system.signals import let_nobody_interrupt, on_deadly_signals, on_lost_terminal
from tui.text import clean, one_line

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from tui.app.messages.by_pixels import ByPixels
    from tui.app.messages.gallery import Gallery
    from tui.engine.workspace import Workspace
    from tui.typed_toml import Changes

__all__ = ["SegueApp", "StartOptions"]

_NO_COLOUR = NoColor()
SETTLED = 0.5
"""Seconds after the start from which on it is sent what differs: what finds that takes time to load."""
OPENING = 10.0
"""Seconds in which history and providers are there, on a machine that is busy with others."""
TOLD, WARNED = 3.0, 5.0
"""Seconds that a toast stays at least."""
READ = 16
"""Cells that are read in a second, of words that come unasked."""
_SIXELS = 4
"""Among the attributes of terminals that draw them."""
SETTINGS_PAUSE = 2.0
"""Seconds between two looks whether somebody has written the settings, while keys come: microseconds each."""
LONGEST_GOODBYE = 5.0
"""Seconds that storing what is on its way may take at the end."""


class _Ending(Exception):
    """The terminal is not taken back: the program ends."""


class SegueApp(App[None]):
    """Segue in a terminal."""

    TITLE = "Segue"
    CSS_PATH = ["app.tcss", "main_screen.tcss"]  # noqa: RUF012 - the default screen loads no file of its own
    ENABLE_COMMAND_PALETTE = False
    """Ours is a sheet like the others."""
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - declared so by Textual
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (SMALLEST[1], "-short"), (TALL, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.QUIT, "quit", priority=True),
        bind(Action.PALETTE, "palette", priority=True),
        bind(Action.HELP, "help", priority=True),
        bind(Action.REDRAW, "redraw", priority=True),
        bind(Action.SUSPEND, "suspend", priority=True),
    ]

    def __init__(
        self,
        config: Config,
        open_workspace: Callable[[], Awaitable[Workspace]],
        start: StartOptions | None = None,
        terminal: Abilities = Abilities(),  # noqa: B008 - it never changes
    ) -> None:
        """Make the app; nothing is opened before it runs.

        Args:
            config: The settings.
            open_workspace: Opens history and providers; called after the first paint.
            start: What to begin with.
            terminal: What it can show.
        """
        super().__init__()
        self.config = config
        self.options = start or StartOptions()
        self.open_workspace = open_workspace
        self.workspace: Workspace | None = None
        self._leaving = False
        self._early: list[events.Event] | None = []
        self._turns = Turns(self.on_event, self.set_timer, self.post_message, self._patience)
        for theme in GREY_THEMES if terminal.colours == MANY else THEMES:
            self.register_theme(theme)
        self._few_colours = terminal.colours == FEW
        self._light = Light(self._write, self.set_timer, self._follow_light)
        self.outside = Outside(self._write, TerminalKind.of(os.environ), only_ascii=terminal.ascii)
        """What is shown of the program outside its page."""
        self.outside.known = self._terminal_known
        self.turning = Turning(self._write, lambda: self.outside.kind, lambda: self.config.bidi)
        """Who turns text that runs from right to left."""
        self._turned_by = self.turning.filters
        self.uploads = Uploads(self._write, lambda sequence: self.outside.kind.sent(sequence))
        """The pictures that the terminal holds."""
        self.touched = time.monotonic()
        """When the person did something last."""
        self._looked_at_settings = self.touched
        self.chosen_theme = AUTO
        """What the person has chosen: a theme, or that of the terminal."""
        self.use_theme(self._configured_theme())
        self._terminal = terminal
        self._all_colours = terminal.colours == TRUE
        self._drawn_words = terminal.ascii or terminal.colours == FEW
        self._last_line = LastLine()
        self._draws_sixels = False
        self._glyphs = [Ascii()] if terminal.ascii else []
        self.animation_level = "none"
        self.keys = Keys(config.keys)
        """Which key each action has."""
        if self.keys.wanted:
            self.set_keymap(self.keys.wanted)

    # -- what Textual asks
    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every drawn line goes through."""
        filters = [*super().get_line_filters(), *self.turning.filters, *self._glyphs, self._last_line]
        if self.native_ansi_color:
            # Under NO_COLOR Textual makes greys of all colours; of the terminal's own it would make black.
            filters = [_NO_COLOUR if isinstance(each, Monochrome) else each for each in filters]
        return (together(tuple(filters)),)

    def get_driver_class(self) -> type[Driver]:
        """Our terminal in place of Textual's, where there is one of ours."""
        driver = super().get_driver_class()
        if sys.platform == "win32":
            teach_windows()
            return driver
        from textual.drivers.linux_driver import LinuxDriver

        from tui.app.terminal.driver import Terminal

        return Terminal if driver is LinuxDriver else driver

    def get_default_screen(self) -> Screen[Any]:
        """The conversation."""
        size = self.size
        wide = "-wide" if size.width >= WIDE else "-narrow"
        tall = "-tall" if size.height >= TALL else "-short"
        return MainScreen(self, classes=f"{wide} {tall}")  # as the breakpoints will say: one layout less

    def refresh_css(self, animate: bool = True) -> None:
        """Style anew all that there is; while there is nothing, Textual would read every style twice."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def _send_differences(self) -> None:
        """Send as little as the terminal and the person let us."""
        if not isinstance(self._driver, Differing):
            return
        if self._terminal.scrolls and self.config.bytes == "thin":
            self._driver.send_differences(fills=self._terminal.fills)
        else:
            self._driver.send_all()

    def _forget_screen(self) -> None:
        """What the terminal shows is not known any more: what is drawn next is sent whole."""
        if isinstance(self._driver, Differing):
            self._driver.forget_screen()

    def on_resize(self, event: events.Resize) -> None:
        """Terminals do as they like with what they show when their size changes.

        Where one came and went, what is told last may be the size that all is laid out for: it is drawn anew.
        """
        self._forget_screen()
        if self.screen_stack and event.size == self.screen.outer_size:
            self.redraw()

    def on_mount(self) -> None:
        """Catch the signals that end programs, and draw all anew when the shell lets this one go on."""
        self.set_timer(SETTLED, self._send_differences)
        self.app_resume_signal.subscribe(self, lambda _: self.redraw())
        if not self.is_headless:
            on_deadly_signals(self.leave_soon)
            on_lost_terminal(self.leave_soon)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast in the place of the one before, for as long as its words take to be read.

        Its text is never markup, whoever wrote it.
        """
        message, title = clean(message), clean(title)
        seconds = timeout or max(TOLD if severity == "information" else WARNED, cells(message) / READ)
        super().notify(message, title=title, severity=severity, timeout=seconds, markup=False)

    def on_notify(self) -> None:
        """Take the toast before away; Textual shows the new one after this."""
        self.clear_notifications()
        self.screen.query("ToastHolder").remove()  # also one that is not composed yet

    # -- keys
    async def on_event(self, event: events.Event) -> None:
        """Take an event; keys and pastes wait for the composer, or later ones would overtake them."""
        if isinstance(event, events.InputEvent):
            if has_gone(self):
                return  # its screens go one by one: a key may meet any of them
            self.touched = time.monotonic()
            self._look_at_settings()
        if isinstance(event, events.Key) and event.key in MODIFIERS:
            return  # Shift alone is no key
        if self._early is not None and isinstance(event, events.Key | events.Paste):
            self._early.append(event)
            return
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if typed and self.screen_stack:
            await self._take_typed(event)
        elif self._too_early(event):
            self.screen.post_message(event)
        elif not self._too_late(event):
            await super().on_event(event)
            await self._turns.passed(event)

    async def _take_typed(self, event: events.Event) -> None:
        """Give a key or a paste to where the keys go, in its turn."""
        if self._turns.hold(event):
            return
        if isinstance(event, events.Key):
            if isinstance(self.screen, Listens) and self.screen.listening:
                self.screen.heard(event.key)
                return
            key = self._meant(event)
            if key is None:
                return
            event = key
        target = self.focused or self.screen
        self._turns.begin(target)
        await super().on_event(event)
        if stays(event, target):
            self._turns.end()
        else:
            self._turns.follow(event, target)

    def _patience(self) -> float:
        """Seconds for which a screen is waited for; while history and providers are opened, longer."""
        return OPENING if self.main_screen.features is None else PATIENCE

    async def on_key_done(self, message: KeyDone) -> None:
        """The next key may come."""
        await self._turns.passed(message)

    async def on_key_settled(self, message: KeySettled) -> None:
        """What a key has led to is done."""
        await self._turns.passed(message)

    async def on_screen_seen(self) -> None:
        """Keys that were typed for a screen may go to it."""
        await self._turns.arrived()

    def expects_screen(self, work: object) -> None:
        """A screen is about to be laid over the others: keys wait for it."""
        self._turns.expect(work)

    async def on_asking_done(self, message: AskingDone) -> None:
        """There is nothing more to wait for."""
        await self._turns.expect_no_more(message.work)

    def _meant(self, event: events.Key) -> events.Key | None:
        """The key, or both where another one came before it; None while the second is waited for."""
        before, keys = self.keys.begun, self.keys
        key = keys.take(event.key, lambda: self.screen.active_bindings)
        if before or keys.begun:
            self.main_screen.refresh_keys()
        if key is None:
            return None
        return event if key == event.key else events.Key(key, None)

    def _too_early(self, event: events.Event) -> bool:
        """Whether a key that another screen did not want meets one which has none of its parts yet."""
        left_over = isinstance(event, events.Key) and event.is_forwarded
        return left_over and bool(self.screen_stack) and not self.screen.is_mounted

    def _too_late(self, event: events.Event) -> bool:
        """Whether that for which an event was meant has gone: Textual would look for it, and fail."""
        if not self.screen_stack:
            return isinstance(event, events.InputEvent | events.AppFocus | events.AppBlur)
        if not isinstance(event, events.MouseDown | events.MouseMove):
            return False
        try:
            drawn, _ = self.screen.get_widget_at(event.x, event.y)
        except NoWidget:
            return False
        return not drawn.is_attached

    async def take_early_keys(self) -> None:
        """Take what was typed before there was a composer, in its order and before all that follows."""
        early, self._early = self._early, None
        for event in early or ():
            await self.on_event(event)

    @property
    def main_screen(self) -> MainScreen:
        """The screen with the conversation, whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    # -- the terminal
    def _write(self, sequence: str) -> None:
        """Write what draws nothing to the terminal."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def on_replied(self, event: Replied) -> None:
        """The terminal has said something."""
        self._light.told(event.reply)
        match event.reply:
            case Named(words):
                self.outside.kind = self.outside.kind.named(words)
                self.outside.show()
            case Attributes(numbers):
                self._draws_sixels = _SIXELS in numbers
            case ShowsStatus():
                self.outside.shows_status = True
                self.outside.show()
            case _:
                pass

    @cached_property
    def gallery(self) -> Gallery:
        """The pictures of messages."""
        from tui.app.messages.gallery import Gallery, Way

        def way() -> Way:
            if self._pictures_are_words:
                return Way.WORDS
            return Way.KITTY if self._holds_pictures else Way.CELLS

        def by_pixels() -> ByPixels:
            from tui.app.messages.by_pixels import ByPixels

            return ByPixels(lambda: self.outside.kind, self.uploads, lambda: self._draws_sixels)

        return Gallery(way, self.uploads, USUAL if self.is_headless else None, by_pixels)

    @property
    def _holds_pictures(self) -> bool:
        """Whether the terminal is let hold them."""
        draw = self.config.pictures.draw
        return draw == "kitty" or (draw == "auto" and self.outside.kind.placeholders and self._all_colours)

    def _terminal_known(self) -> None:
        """Draw as it can, now that it is known which it is."""
        self._settle_turning()
        if self.screen_stack and self.main_screen.features is not None:
            self.main_screen.features.transcript.relook()

    def _settle_turning(self) -> None:
        """Draw anew if text that runs from right to left is turned by another now."""
        self.turning.settle()
        filters = self.turning.filters
        if filters != self._turned_by:
            self._turned_by = filters
            for screen in self.screen_stack:
                for widget in screen.walk_children(with_self=True):
                    widget.refresh()

    @property
    def _pictures_are_words(self) -> bool:
        return self.config.pictures.draw == "off" or self._drawn_words or self.no_color

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend the terminal. It is taken back however the work ends, also cut short or by an error.

        A program that is ending takes it no more: it has been given back for good.
        """
        cut: BaseException | None = None
        with suppress(_Ending), super().suspend():
            try:
                yield
            except BaseException as error:
                cut = error  # it goes on once the terminal is ours: Textual's way would leave none
            if self._exit:
                raise _Ending
        if cut is not None:
            raise cut

    # -- settings
    def setting_problems(self) -> list[SegueError]:
        """Everything that is wrong in the config, also what only the app can tell."""
        return self.problems_of(self.config)

    def problems_of(self, config: Config) -> list[SegueError]:
        """Everything that is wrong in settings, also their theme and their keys."""
        problems: list[SegueError] = [*config.problems, *keymap.problems(config)]
        if self._theme_called(config.theme) is None:
            words = f"{config.place('theme')}: theme: there is no {one_line(config.theme)}"
            unknown = ConfigError(words, "/theme lists them.")
            unknown.at = ("theme",)
            problems.append(unknown)
        return problems

    def use_config(self, config: Config) -> None:
        """Work by these settings from now on."""
        before, self.config = self.config, config
        self.keys = Keys(config.keys)
        self.set_keymap(self.keys.wanted)
        self._send_differences()
        self._settle_turning()
        if config.theme != before.theme:
            self.use_theme(self._configured_theme())
        if self.workspace is not None:
            self.workspace.use(config)
        self.main_screen.use_settings()

    @property
    def measure(self) -> int:
        """Cells of prose in a row at most."""
        width = self.config.width
        return MEASURE if width == "auto" else width

    def _configured_theme(self) -> str:
        return self._theme_called(self.config.theme) or AUTO

    async def change_settings(self, changes: Changes) -> None:
        """Write changes into the config, and work by it from now on.

        Raises:
            ConfigError: They make no sense, or can't be written.
        """
        from tui.config_file import change

        work = partial(change, self.config.path, changes, self.problems_of)
        self.use_config(await asyncio.to_thread(work))
        if ("theme",) in changes:
            self.use_theme(self._configured_theme())
            await self._keep_theme(self.chosen_theme)

    async def reread_settings(self) -> None:
        """Work by what the config says now, if somebody has written it since."""
        before = self.config
        config = await asyncio.to_thread(reread, before)
        if config is before or self.config is not before:
            return
        told = list(map(str, self.setting_problems()))
        self.use_config(config)
        wrong = list(map(str, self.setting_problems()))
        for words in told:
            if words not in wrong:
                self.main_screen.unnote(words)
        for words in wrong:
            if words not in told:
                self.main_screen.note(words)
        if not config.broken:
            self.notify(f"{config.path.name} was changed elsewhere, and counts here now.")

    # -- what every screen may need
    async def copy(self, text: str) -> None:
        """Put ``text`` into the clipboard, and say how that went."""
        from tui.system.clipboard import copy

        self.notify((await copy(self, text)).words)

    async def choose_theme(self, name: str) -> None:
        """Use a theme, from now on and in later runs.

        Raises:
            UsageError: There is no such theme.
        """
        known = self._theme_called(name)
        if known is None:
            raise UsageError(f"There is no theme {one_line(name)}", "As in /theme light.")
        if ("theme",) in self.config.lines:
            await self.change_settings({("theme",): known})
        self.use_theme(known)
        await self._keep_theme(known)

    async def _keep_theme(self, name: str) -> None:
        if self.workspace is not None:
            await self.workspace.preferences.keep_theme(name, few_colours=self._few_colours)

    def _theme_called(self, name: str) -> str | None:
        """The theme that is meant: ours also without their first name."""
        if name == AUTO:
            return AUTO
        return next((known for known in (name, f"segue-{name}") if known in self.available_themes), None)

    def use_theme(self, name: str) -> None:
        """Show a theme, or that of the terminal; one of Textual's is made to fit our tones first."""
        self.chosen_theme = name
        shown = self._theme_of_terminal if name == AUTO else name
        self.register_theme(fitted(self.available_themes[shown]))
        self.theme = shown

    @property
    def _theme_of_terminal(self) -> str:
        if self._few_colours:
            return FEW_COLOURS
        return DARK_THEME if self._light.dark else LIGHT_THEME

    def _follow_light(self) -> None:
        if self.chosen_theme == AUTO:
            self.use_theme(AUTO)

    async def recall_theme(self) -> None:
        """Use the theme that was chosen in an earlier run, unless the config names another."""
        assert self.workspace is not None
        kept = await self.workspace.preferences.theme(few_colours=self._few_colours)
        if (kept == AUTO or kept in self.available_themes) and ("theme",) not in self.config.lines:
            self.use_theme(kept)

    # -- actions
    def action_palette(self) -> None:
        """Find a command; the same key closes the list."""
        from tui.app.commands import COMMANDS
        from tui.app.help.palette import Palette

        if isinstance(self.screen, Palette):
            self.screen.action_close()
        else:
            features = self.main_screen.features
            saved = features.writing.saved_prompts() if features else ()
            self.push_screen(Palette([*COMMANDS, *saved], self.keys.name), self._run_command)

    def _run_command(self, name: str | None) -> None:
        if name is not None:
            self.main_screen.run_command(name)

    async def action_help(self) -> None:
        """Show all keys and commands."""
        await self.main_screen.with_features(lambda _: self.main_screen.show_help())

    def action_redraw(self) -> None:
        """Draw the whole screen anew."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the whole screen anew: another program may have written on it."""
        self._forget_screen()
        self.refresh(layout=True)

    async def action_suspend(self) -> None:
        """Stop until the shell lets the program go on; where that can't be, say so."""
        await self.main_screen.attempt(self._suspend)

    async def _suspend(self) -> None:
        self.suspend_program()

    def suspend_program(self) -> None:
        """Stop until the shell lets the program go on.

        Raises:
            UsageError: The system or the terminal has no such thing, or no shell waits.
        """
        driver = self._driver
        if sys.platform == "win32":
            raise UsageError("Windows can't suspend a program", "Another tab of the terminal has a shell.")
        if driver is None or not driver.can_suspend:
            raise UsageError("This terminal can't suspend a program")
        if not has_a_shell():
            raise UsageError("There is no shell to go back to", "Start the program from one to suspend it.")
        self.action_suspend_process()

    async def action_quit(self) -> None:
        """Keep what is coming, and quit."""
        self.leave_soon(0)

    def action_help_quit(self) -> None:
        """Say nothing: Textual would tell how to quit wherever an interruption found nothing to do."""

    def leave_soon(self, code: int) -> None:
        """End in the background: what is being stored may need the app."""
        in_background(self, "leave", self.leave, code)

    async def leave(self, code: int) -> None:
        """End: replies are stopped and stored, the draft written, the workspace closed.

        Args:
            code: The exit code of the program.
        """
        if self._leaving:
            return
        self._leaving = True
        if not self.is_headless:
            let_nobody_interrupt()  # the terminal is given back before all is stored
        await self._wait_a_while(self.main_screen.finish())
        features = self.main_screen.features
        lost = "\n".join(f"segue: {words}" for words in features.session.lost) if features is not None else ""
        self.exit(return_code=code or int(bool(lost)), message=Text(lost) if lost else None)

    async def on_unmount(self) -> None:
        """Close the workspace, however the app ended."""
        workspace, self.workspace = self.workspace, None
        if workspace is not None:
            await self._wait_a_while(workspace.close())

    async def _wait_a_while(self, end: Awaitable[None]) -> None:
        """Wait for an end, but not for a disk or a server that hangs: what is lost by that is told."""
        try:
            async with asyncio.timeout(LONGEST_GOODBYE):
                await end
        except TimeoutError:
            self.log.warning("the end was not waited for")

    def _look_at_settings(self) -> None:
        """Follow what others wrote: where the terminal does not tell that the person is back, a key does."""
        if self.touched - self._looked_at_settings >= SETTINGS_PAUSE and self.workspace is not None:
            self._looked_at_settings = self.touched
            if is_stale(self.config):
                in_background(self.main_screen, "settings", self.reread_settings)

    async def on_app_focus(self) -> None:
        """Look at what other programs wrote meanwhile: on the screen, in the settings and the history."""
        self.redraw()
        self._light.looked_at()
        self._focus(focused=True)
        if self.workspace is not None:
            if is_stale(self.config):
                await self.reread_settings()
            await self.main_screen.attempt(self.workspace.store.look_for_changes)

    def on_app_blur(self) -> None:
        """The person looks elsewhere."""
        self._focus(focused=False)

    def _focus(self, *, focused: bool) -> None:
        if self.screen_stack and self.main_screen.features is not None:
            self.main_screen.features.attention.focus(focused)

    # -- faults
    def fault(self, error: Exception) -> None:
        """Our own code has failed: end, with a report."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """End after a fault of ours, with a private report instead of a traceback with locals."""
        from tui.system import crash_reports as crash

        cause = getattr(error, "error", error)  # a worker's fault comes wrapped
        if isinstance(cause, GONE) and has_gone(active_message_pump.get(self)):
            self.log.warning(f"looked for what has gone: {cause}")
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        log = self.workspace.paths.log if self.workspace else Paths.default().log
        report = crash.write_report(cause, log)
        self.panic(Text(crash.last_words(cause, report)))


teach_alt_enter()
teach_texts()
teach_pointing()
ScrollBar.renderer = SlimThumb
