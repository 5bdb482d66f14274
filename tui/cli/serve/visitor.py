"""A visitor: a pseudo-terminal, and the program in it. When the visitor leaves, the terminal is gone.

Then the system tells the program, which stores what comes and ends, as in any terminal that is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import tui
from tui.cli.serve.orders import Size
from tui.system.far import SERVED

AHEAD = 64
"""Pieces that are sent ahead of what was drawn: then the program waits, and a slow page fills no memory."""
_PIECE = 65536
_MOST_KEYS = 32 * 1024 * 1024
"""Bytes that a program may leave unread."""
_END_LIMIT = 10.0
"""Seconds that a program has to store and end; its own limit is lower."""
_OF_OTHER_TERMINALS = (
    *("COLUMNS", "LINES", "TMUX", "TMUX_PANE", "STY", "WINDOW", "WINDOWID", "DISPLAY", "WAYLAND_DISPLAY"),
    *("VTE_VERSION", "WT_SESSION", "WT_PROFILE_ID", "WSL_DISTRO_NAME", "TERMUX_VERSION", "LC_TERMINAL"),
    *("TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "COLORFGBG", "KITTY_WINDOW_ID", "KITTY_PID"),
    *("KONSOLE_VERSION", "TEXTUAL_COLOR_SYSTEM", "NO_COLOR", "ACCESSIBLE"),
)
"""What tells a program of the terminal that ``segue serve`` runs in, which is not the visitor's."""
_BEGIN = "import sys; sys.path.append(sys.argv.pop()); from tui.cli.serve.seat import sit; sit()"


class Visitor:
    """Made by ``welcome``; ``leave`` must be called at the end."""

    def __init__(self, terminal: int, process: asyncio.subprocess.Process) -> None:
        self._terminal = terminal
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self._ahead = 0
        self._reads = False
        self._keys = bytearray()
        self._gone = False
        os.set_blocking(terminal, False)
        self._read_on()

    @classmethod
    async def welcome(cls, size: Size, environment: Mapping[str, str]) -> Visitor:
        """Open a terminal, and the program in it.

        Raises:
            OSError: The system gives no terminal, or no process.
        """
        ours, theirs = os.openpty()
        try:
            _resize(ours, size)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-c", _BEGIN, str(Path(tui.__file__).parents[1])),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
                env=environment_for(environment),
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return cls(ours, process)

    async def output(self) -> AsyncIterator[bytes]:
        """What the program draws, until it ends."""
        while piece := await self._pieces.get():
            yield piece

    def seen(self, pieces: int) -> None:
        """The page has drawn so many; the program may go on."""
        self._ahead = max(0, self._ahead - pieces)
        self._read_on()

    def press(self, keys: bytes) -> bool:
        """Give the program what was typed. Returns False where it takes nothing any more."""
        if self._gone or len(self._keys) + len(keys) > _MOST_KEYS:
            return False
        self._keys += keys
        self._write()
        return True

    def resize(self, size: Size) -> None:
        """Give the terminal another size; the system tells the program."""
        if not self._gone:
            _resize(self._terminal, size)

    async def leave(self) -> None:
        """Close the terminal, and wait until the program has stored what it has and ended."""
        if not self._gone:
            self._gone = True
            self._loop.remove_reader(self._terminal)
            self._loop.remove_writer(self._terminal)
            os.close(self._terminal)
        try:
            async with asyncio.timeout(_END_LIMIT):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def _read_on(self) -> None:
        if not self._reads and not self._gone and self._ahead < AHEAD:
            self._reads = True
            self._loop.add_reader(self._terminal, self._read)

    def _read(self) -> None:
        try:
            piece = os.read(self._terminal, _PIECE)
        except BlockingIOError:
            return
        except OSError:  # the program has ended
            piece = b""
        self._ahead += 1
        self._pieces.put_nowait(piece)
        if not piece or self._ahead >= AHEAD:
            self._reads = False
            self._loop.remove_reader(self._terminal)
        if not piece:
            self._ahead = AHEAD  # nothing more comes

    def _write(self) -> None:
        try:
            del self._keys[: os.write(self._terminal, self._keys)]
        except BlockingIOError:
            pass
        except OSError:  # the program has ended
            self._keys.clear()
        if self._keys:
            self._loop.add_writer(self._terminal, self._write)
        else:
            self._loop.remove_writer(self._terminal)


def environment_for(environment: Mapping[str, str]) -> dict[str, str]:
    """What a visitor's program finds: a terminal with all colours, far from this machine's clipboard."""
    kept = {name: value for name, value in environment.items() if name not in _OF_OTHER_TERMINALS}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", SERVED: "1"}


def _resize(terminal: int, size: Size) -> None:
    if sys.platform != "win32":
        import termios

        with contextlib.suppress(OSError):
            termios.tcsetwinsize(terminal, (size.rows, size.columns))
