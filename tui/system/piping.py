"""A text given to a command of the person's, by the system's shell: without a terminal, and killable.

It starts only when it is called, and what is shown of it before comes from here too: ``shell``.
"""

from __future__ import annotations

import asyncio
import codecs
import locale
import math
import os
import signal
import subprocess
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from tui.errors import SegueError

MOST = 50_000
"""Characters of output; a command that writes more is stopped."""
_PIECE = 16_384
_LOOK = 0.02
"""Seconds between two looks whether it has ended."""
_LAST_WORDS = 0.3
"""Seconds for what was written when the command has ended; what it left running is not waited for."""
_AFTER_TERM = 1.0
"""Seconds after it was told to end until it is ended."""
_SECRET = "_API_KEY"
"""What the names of variables end with that hold keys: the text may be a program of a model's."""


class Output(Struct, frozen=True):
    """What came of it."""

    text: str
    code: int
    """Its exit code; that of one that was ended says so too."""
    cut: bool = False
    """Whether it was stopped because it wrote too much."""


def shell() -> str:
    """The program that reads the command."""
    return os.environ.get("COMSPEC", "cmd.exe") if sys.platform == "win32" else "/bin/sh"


async def pipe(command: str, folder: Path, text: str, tell: Callable[[str], object]) -> Output:
    """Run a command with ``text`` as its input. Cancelling ends it, and all that it started.

    Args:
        command: As the shell reads it.
        folder: Where it runs.
        text: Its standard input, as UTF-8.
        tell: Gets each piece of what it writes, whether on standard output or on standard error.

    Raises:
        SegueError: It can't be started.
    """
    starting = asyncio.ensure_future(_start(command, folder))
    try:
        process = await asyncio.shield(starting)
    except (OSError, ValueError) as error:
        raise SegueError(f"It can't be started: {getattr(error, 'strerror', None) or error}") from None
    except asyncio.CancelledError:  # else asyncio would end it alone, and wait for what it has started
        await asyncio.wait({starting})
        if starting.exception() is None:
            await _finish(starting.result())
        raise
    told: list[str] = []
    writing = asyncio.ensure_future(_write(process, text))
    reading = asyncio.ensure_future(_read(process, told, tell))
    try:
        while process.returncode is None and not reading.done():
            await asyncio.wait({reading}, timeout=_LOOK)
        cut = reading.done() and reading.result()
        if cut:
            await _end(process)
        await _ends(process)
        await asyncio.wait({reading}, timeout=_LAST_WORDS)
        return Output("".join(told)[:MOST], process.returncode or 0, cut)
    finally:
        for task in (writing, reading):
            task.cancel()
        await asyncio.gather(writing, reading, return_exceptions=True)
        await asyncio.shield(_finish(process))


async def _start(command: str, folder: Path) -> asyncio.subprocess.Process:
    env = {name: value for name, value in os.environ.items() if not name.upper().endswith(_SECRET)}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return await asyncio.create_subprocess_shell(
            command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=folder, env=env, creationflags=flags
        )
    # A session of its own has no terminal to write to or to read from.
    return await asyncio.create_subprocess_exec(
        shell(),
        "-c",
        command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        cwd=folder,
        env=env,
        start_new_session=True,
    )


async def _write(process: asyncio.subprocess.Process, text: str) -> None:
    assert process.stdin is not None
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it does not want to know all of it
            process.stdin.write(text.encode("utf-8", "replace"))
            await process.stdin.drain()
    finally:
        process.stdin.close()


async def _read(process: asyncio.subprocess.Process, told: list[str], tell: Callable[[str], object]) -> bool:
    """Hear what it writes, to the end. Returns True at once where that is too much."""
    assert process.stdout is not None
    encoding = locale.getpreferredencoding(False) if sys.platform == "win32" else "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    length = 0
    while data := await process.stdout.read(_PIECE):
        piece = decoder.decode(data)
        told.append(piece)
        tell(piece)
        length += len(piece)
        if length > MOST:
            return True
    return False


async def _finish(process: asyncio.subprocess.Process) -> None:
    """End it, and read its output to the end: its pipe would outlive the loop."""
    await _end(process)
    assert process.stdout is not None
    with suppress(TimeoutError):  # what has left its group may have it open for ever
        async with asyncio.timeout(_AFTER_TERM):
            while await process.stdout.read(_PIECE):
                pass
            await process.wait()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it with all that it started: told to at first, where there is a way to tell it."""
    if sys.platform == "win32":
        if process.returncode is None:
            with suppress(OSError):
                words = ("taskkill", "/T", "/F", "/PID", str(process.pid))
                await (await asyncio.create_subprocess_exec(*words, stdout=DEVNULL, stderr=DEVNULL)).wait()
            with suppress(ProcessLookupError, PermissionError):
                process.kill()
            await _ends(process)
        return
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        await _ends(process, _AFTER_TERM)
    _signal(process, signal.SIGKILL)  # also what it left running
    await _ends(process)


async def _ends(process: asyncio.subprocess.Process, seconds: float = math.inf) -> None:
    """Wait until it has ended; not, as ``wait`` does, for those who have its output still open."""
    end = time.monotonic() + seconds
    while process.returncode is None and time.monotonic() < end:  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(_LOOK)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
