"""The terminal below the prompt: its size, its echo, and whether it wraps its lines anew."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from tui.errors import UsageError
from tui.text import is_text

STEADY = 0.3
"""Seconds after which a size stays: tmux wraps its lines at once, and tells of a size up to 0.25 s later."""
LONGEST_WAIT = 3.0
"""Seconds after which a size counts that never stays."""
ANSWERED_BY = 1.0
"""Seconds in which a terminal says its name, also over a slow line."""
_USUAL = os.terminal_size((80, 24))
_ASK_NAME = b"\x1b[>q\x1b[c"
"""Every terminal answers the second question: then no answer to the first one is to come."""
_NAME = re.compile(rb"\x1bP>\|([^\x07\x1b]*)\x1b\\")
_ANSWER = re.compile(rb"\x1bP[^\x1b]*\x1b\\|\x1b\[\?[\d;]*c")
_LAST_ANSWER = re.compile(rb"\x1b\[\?[\d;]*c")
_RIGID = ("", "xterm", "mlterm", "screen")
"""Names of those whose lines stay as they were written when the width changes; of the others nobody knows."""


def check() -> None:
    """Let the terminal move its cursor.

    Raises:
        UsageError: It can't.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "segue --inline needs a terminal, and standard input or output is not one",
            "segue --plain is the same as lines, also in a pipe.",
        )
    if not _moves():
        raise UsageError(
            "This terminal can't move its cursor, and segue --inline draws over what it has drawn",
            "segue --plain only ever adds lines.",
        )


def _moves() -> bool:
    if sys.platform == "win32":
        return _takes_sequences()
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return False
    try:
        import curses

        curses.setupterm()
        return bool(curses.tigetstr("cuu") or curses.tigetstr("cuu1"))
    except Exception:  # what its terminfo says is not known here; those that have none move
        return True


def _takes_sequences() -> bool:
    """Let the console of Windows take what steers a terminal. False if it is too old."""
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    kernel: Any = ctypes.windll.kernel32
    console, mode = msvcrt.get_osfhandle(sys.stdout.fileno()), ctypes.c_ulong()
    takes = 0x0004
    if not kernel.GetConsoleMode(console, ctypes.byref(mode)):
        return False
    return bool(mode.value & takes or kernel.SetConsoleMode(console, mode.value | takes))


class Terminal:
    """Knows its size now, and what becomes of its lines when that changes."""

    def __init__(self) -> None:
        self._size = self._size_now()
        self._changed = -STEADY
        self._wraps: bool | None = None
        self.put_back: Callable[[str], None] = lambda text: None
        """Takes what the person typed while the terminal was asked."""

    # -- its size
    @property
    def size(self) -> os.terminal_size:
        """Columns and rows now."""
        self._look()
        return self._size

    @property
    def steady(self) -> bool:
        """Whether the size has been the same for a while: nothing is drawn until then."""
        self._look()
        return time.monotonic() - self._changed >= STEADY

    def settle(self) -> None:
        """Wait until it is, where something must be drawn."""
        until = time.monotonic() + LONGEST_WAIT
        while not self.steady and time.monotonic() < until:
            time.sleep(STEADY / 10)

    def _look(self) -> None:
        size = self._size_now()
        if size != self._size:
            self._size, self._changed = size, time.monotonic()

    @staticmethod
    def _size_now() -> os.terminal_size:
        try:
            size = os.get_terminal_size(sys.stdout.fileno())
        except (OSError, ValueError):
            return _USUAL
        return size if size.columns > 0 and size.lines > 0 else _USUAL

    # -- what it is
    @property
    def wraps(self) -> bool:
        """Whether it wraps its lines anew for another width."""
        if self._wraps is None:
            self._wraps = sys.platform == "win32" or self._find_out()
        return self._wraps

    def _find_out(self) -> bool:
        from tui.app.terminal.kinds import TerminalKind

        if os.environ.get("XTERM_VERSION") and not os.environ.get("TMUX"):
            return False  # its other variables may be those of the terminal that it was started from
        kind = TerminalKind.of(os.environ)
        if not (kind.name or kind.inside or kind.mute):
            kind = kind.named(self._name())
        return (kind.inside or kind.name) not in _RIGID

    def _name(self) -> str:
        """What it answers when it is asked for its name."""
        if sys.platform == "win32":
            return ""
        heard, until = b"", time.monotonic() + ANSWERED_BY
        with self._key_by_key():
            os.write(sys.stdout.fileno(), _ASK_NAME)
            while not _LAST_ANSWER.search(heard) and (left := until - time.monotonic()) > 0:
                if select.select([sys.stdin], [], [], left)[0]:
                    if not (more := os.read(sys.stdin.fileno(), 4096)):
                        break
                    heard += more
        typed = _ANSWER.sub(b"", heard).decode(errors="replace").replace("\r", "\n")
        self.put_back("".join(each for each in typed if each == "\n" or is_text(each)))
        name = _NAME.search(heard)
        return name[1].decode(errors="replace") if name else ""

    @contextlib.contextmanager
    def _key_by_key(self) -> Iterator[None]:
        if sys.platform != "win32":
            import termios

            before = termios.tcgetattr(sys.stdin)
            now = [*before]
            now[3] &= ~(termios.ICANON | termios.ECHO)
            termios.tcsetattr(sys.stdin, termios.TCSANOW, now)
            try:
                yield
            finally:
                termios.tcsetattr(sys.stdin, termios.TCSANOW, before)

    # -- its echo
    def echo(self, wanted: bool) -> None:
        """Show what is typed, or not: below rows that are drawn again it would move the cursor."""
        if sys.platform != "win32":
            import termios

            with contextlib.suppress(termios.error):
                mode = termios.tcgetattr(sys.stdin)
                mode[3] = mode[3] | termios.ECHO if wanted else mode[3] & ~termios.ECHO
                termios.tcsetattr(sys.stdin, termios.TCSANOW, mode)
