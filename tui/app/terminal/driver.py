"""The terminal as the app uses it: nothing typed is lost, one that goes away hangs nothing, none wakes us."""

from __future__ import annotations

import fcntl
import os
import select
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import IO, TYPE_CHECKING, Any

from textual import constants
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.app.terminal.kinds import TerminalKind
from tui.app.terminal.outside import HasOutside
from tui.app.terminal.parser import InputParser
from tui.app.terminal.replies import TELL_SCHEME_NO_MORE, Attributes, Replied
from tui.app.terminal.turning import HasTurning
from tui.app.terminal.uploads import HasUploads

if TYPE_CHECKING:
    from tui.app.terminal.thin import Thin

_AT_ONCE = 4096
_LOOK_UP = 0.1
"""Seconds between two looks at whether the rest of a key's sequence still comes."""

_ASK_FOR_PLACES = "\x1b[>29u"
"""The Kitty keyboard protocol as Textual asks for it, and with the key's place in the standard layout (4)."""
_ASK_NO_MORE = "\x1b[<u"
_LATE = 0.3
"""Seconds after the questions in which the answers of most terminals come: who leaves sooner waits for them,
or they would be typed into what comes after the app."""


class _Output:
    """A terminal to write to. Once it is lost, what is written goes nowhere.

    Textual's writer would end there, and the program wait forever for what it has not written.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.fileno = file.fileno
        self._lost = False

    def write(self, text: str) -> None:
        self._attempt(self._file.write, text)

    def flush(self) -> None:
        self._attempt(self._file.flush)

    def _attempt(self, act: Any, *arguments: str) -> None:
        if self._lost:
            return
        try:
            act(*arguments)
        except OSError:
            self._lost = True


class Terminal(LinuxDriver):
    """Textual's terminal, with our reader and a writer that outlives the terminal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = _Output(self._file)
        self._thin: Thin | None = None
        """Finds what of a frame differs, where only that is sent."""
        self._early: list[str] | None = []
        """What was sent before it was known whether that is wanted."""
        self._bell, self._rope = os.pipe()
        """Rung to wake the reader, which sleeps as long as nothing is typed.

        Kept as long as the process: Textual closes a terminal also when an editor borrows it.
        """
        self._questions = TerminalKind.of(os.environ).questions
        self._asked = 0.0
        self._answered = Event()

    def start_application_mode(self) -> None:
        """Take the terminal; Textual calls this. Keys are also to be told by their place.

        All that is asked is asked here, at once. Nobody waits for an answer.
        """
        self.forget_screen()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if not constants.DISABLE_KITTY_KEY:
            self.write(_ASK_FOR_PLACES)
        if self.input_tty and self._questions:
            self._answered.clear()
            self._asked = time.monotonic()
            self.write(self._questions)
        self.flush()
        if isinstance(self._app, HasOutside):
            self._app.outside.come()
        if isinstance(self._app, HasTurning):
            self._app.turning.come()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was; Textual calls this."""
        self._put_down()
        if isinstance(self._app, HasOutside):
            self._app.outside.leave()
        if isinstance(self._app, HasTurning):
            self._app.turning.leave()
        if isinstance(self._app, HasUploads):
            self._app.uploads.leave()
        if self._asked:
            self.write(TELL_SCHEME_NO_MORE)
        if not constants.DISABLE_KITTY_KEY:
            self.write(_ASK_NO_MORE)
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Write something; of a frame only what differs. Textual calls this."""
        if self._thin is not None:
            data = self._thin.frame(data)
        elif self._early is not None:
            self._early.append(data)
        if data:
            super().write(data)

    # -- what differs
    def send_differences(self, *, fills: bool) -> None:
        """Send of a frame only what differs from what the terminal shows."""
        from tui.app.terminal.thin import Thin

        self._thin = self._thin or Thin(fills=fills)
        early, self._early = self._early, None
        for data in early or ():
            if text := self._thin.put_right(data):
                super().write(text)

    def send_all(self) -> None:
        """Send frames as they are."""
        self._put_down()
        self._thin = self._early = None

    def forget_screen(self) -> None:
        """What the terminal shows is not known any more."""
        if self._thin is not None:
            self._thin.forget()
        elif self._early is not None:
            self._early.clear()

    def _put_down(self) -> None:
        if self._thin is not None:
            super().write(self._thin.put_down())

    def _sigtstp_application(self, *_: object) -> None:
        """Stop, as the shell wishes; Textual's handler of the signal.

        The loop may be writing just now, and what it holds for that would never be free: so it does this.
        While an editor has the terminal, nothing is written and the loop waits for the editor. A program that
        is ending has given the terminal back, whose keys are the system's then: it just ends.
        """
        if self._app._exit:
            return
        if self._auto_restart:
            self._soon(super()._sigtstp_application)
        else:
            super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        """Go on; Textual's handler of the signal. Who was stopped without being asked begins anew, too."""
        if self._app._exit:
            return
        if self._must_signal_resume or not self._auto_restart:
            super()._sigcont_application()
        else:
            self._soon(self._begin_anew)

    def _begin_anew(self) -> None:
        """Take the terminal once more: others may have had it, and nothing must be asked of it twice."""
        self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()

    def _soon(self, act: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the program has ended
            self._loop.call_soon_threadsafe(act)

    def disable_input(self) -> None:
        """Stop reading; Textual calls this, and waits for the reader."""
        if not self._answered.is_set():
            self._answered.wait(max(0.0, self._asked + _LATE - time.monotonic()))
        os.write(self._rope, b"!")
        super().disable_input()
        os.read(self._bell, 1)

    def run_input_thread(self) -> None:
        """Read keys and pastes until the app or the terminal ends; Textual calls this."""
        parser = InputParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        early = self._typed_early()
        while not self.exit_event.is_set():
            wait = _LOOK_UP if parser.waits else None
            if self.fileno in select.select([self.fileno, self._bell], [], [], wait)[0]:
                data = self._read()
                if not data:
                    return
                begin, early = data[:early], max(0, early - len(data))
                text = decode(begin.replace(b"\n", b"\r") + data[len(begin) :])
                for event in parser.feed(text) if text else ():
                    self._take(event)
            for event in parser.tick():
                self._take(event)

    def _take(self, message: Message) -> None:
        self.process_message(message)
        if isinstance(message, Replied) and isinstance(message.reply, Attributes):
            self._answered.set()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _AT_ONCE)
        except OSError:  # the terminal is gone; the lifecycle ends the app
            return b""

    def _typed_early(self) -> int:
        """How many bytes came before the app had the terminal, which then made line feeds of Enter."""
        try:
            waiting = fcntl.ioctl(self.fileno, termios.FIONREAD, bytes(4))
        except OSError:
            return 0
        return int.from_bytes(waiting, sys.byteorder)
