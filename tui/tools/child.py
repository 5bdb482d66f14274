"""Work on bytes of strangers in a process of its own, which can be killed: its faults cost nothing here."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from tui.errors import SegueError
from tui.text import one_line

SCRIPTS = Path(__file__).parent / "scripts"
_LONGEST_REASON = 200
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL")
"""What a child gets of ours: no key is among it."""


class ChildError(SegueError):
    """The child did not do it: too slow, too large, or it failed."""


class Limits(Struct, frozen=True):
    """What a child may take."""

    seconds: float = 10.0
    memory: int = 256_000_000
    """Bytes of address space, where the system can limit it."""


USUAL = Limits()


async def run_child(script: Path, arguments: list[str], data: bytes, limits: Limits) -> bytes:
    """What a script writes that is given ``data``.

    It sees none of our modules and paths (``-I``), and none of our environment but what Python needs.

    Args:
        script: A file that imports nothing of ours. Its first argument is the limit of its memory.
        arguments: The others.
        data: Its standard input.
        limits: What it may take.

    Raises:
        ChildError: It failed, or took more than it may.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(script),
            str(limits.memory),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise ChildError(f"No process can be started: {error.strerror}") from None
    try:
        async with asyncio.timeout(limits.seconds):
            written, said = await process.communicate(data)
    except TimeoutError:
        raise ChildError(f"It took more than {limits.seconds:g} s") from None
    finally:
        await _end(process)
    if process.returncode:
        words = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ChildError(one_line(words, _LONGEST_REASON) or "It took more memory than it may")
    return written


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it if it still runs. Its pipes are read to their end, or their readers would outlive the loop."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await asyncio.shield(process.wait())
