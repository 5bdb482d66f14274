"""A text in the person's own editor: outside the app, or where there is no app."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import SegueError

if TYPE_CHECKING:
    from textual.app import App

_FALLBACK = "notepad" if os.name == "nt" else "vi"
_AT_ONCE = 2.0
"""Seconds in which nobody writes: an editor that ends in them has a window of its own, and is not done."""
_WAITING = frozenset(
    {"vi", "vim", "nvim", "nano", "pico", "emacs", "micro", "hx", "helix", "kak", "ed", "joe", "ne", "mcedit"}
)
"""Editors that end when one is done, however soon that is."""
_FLAGS = {"gvim": "-f", "mvim": "-f", "kate": "--block", "mate": "-w"}
"""What makes an editor wait that knows no ``--wait``."""
_kept: dict[str, Path] = {}
"""The files that editors may still have open, by the text that they were given."""


def editor_command() -> list[str]:
    """What ``$VISUAL`` or ``$EDITOR`` says, else the system's plain editor.

    Raises:
        SegueError: The variable is not a command.
    """
    words = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _FALLBACK
    try:
        command = shlex.split(words, posix=os.name != "nt")
    except ValueError:
        command = []
    if not command:
        raise SegueError(f"$VISUAL or $EDITOR is no command: {words}", "Set it as in EDITOR=nano.")
    return command


async def edit(app: App[None], text: str) -> str:
    """Let the person edit ``text`` outside the app, and return it.

    The terminal is the editor's meanwhile; replies go on coming, and are drawn afterwards.

    Raises:
        SegueError: The editor can't be started, failed, or left no text.
    """
    from textual.app import SuspendNotSupported

    if (written := _written_meanwhile(text)) is not None:
        return written
    begun = time.monotonic()
    with _draft(text) as (command, path):
        try:
            with app.batch_update(), app.suspend():
                code = await _run(command)
        except SuspendNotSupported:
            raise SegueError("This terminal can't be lent to an editor") from None
        return _written(command, path, code, text, time.monotonic() - begun)


def edit_here(text: str) -> str:
    """Let the person edit ``text`` where nothing else uses the terminal; waits for the editor.

    Raises:
        SegueError: As ``edit``.
    """
    if (written := _written_meanwhile(text)) is not None:
        return written
    begun = time.monotonic()
    with _draft(text) as (command, path):
        code = subprocess.run(command).returncode
        return _written(command, path, code, text, time.monotonic() - begun)


def _written_meanwhile(text: str) -> str | None:
    """What was saved in the editor's window since this text was given to it; the file is done with then."""
    path = _kept.get(text)
    with contextlib.suppress(OSError):
        if path is not None and (found := _read(path)) != text.rstrip("\n"):
            del _kept[text]
            shutil.rmtree(path.parent, ignore_errors=True)
            return found
    return None


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")


@contextlib.contextmanager
def _draft(text: str) -> Iterator[tuple[list[str], Path]]:
    """The command that edits a file with ``text``, and the file."""
    command = editor_command()
    try:
        path = Path(tempfile.mkdtemp(prefix="segue-"), "message.md")  # 0700
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SegueError(f"There is no place for the text to edit: {error.strerror}") from None
    try:
        yield [*command, str(path)], path
    except OSError as error:
        reason = f"{command[0]}: {error.strerror}"
        raise SegueError(reason, "Set $EDITOR to another editor.") from None
    finally:
        if path not in _kept.values():
            shutil.rmtree(path.parent, ignore_errors=True)


def _written(command: Sequence[str], path: Path, code: int, text: str, seconds: float) -> str:
    """What the editor left; one that came back at once may still have the file open."""
    if code:
        raise SegueError(f"{command[0]} ended with code {code}", "The draft is as it was.")
    with contextlib.suppress(FileNotFoundError):
        found = _read(path)
        name = Path(command[0]).stem.lower()
        if found == text.rstrip("\n") and seconds < _AT_ONCE and name not in _WAITING:
            raise _came_back(name, path, text)
        return found
    return text


def _came_back(name: str, path: Path, text: str) -> SegueError:
    """An editor did not wait: the file stays, and what is saved in it can be fetched."""
    _kept[text] = path
    flag = _FLAGS.get(name, "--wait")
    return SegueError(
        f"{name} came back at once and changed nothing",
        f"If it has a window of its own, set EDITOR='{name} {flag}'. The text is in {path}: "
        "save it there, and ask for the editor again.",
    )


async def _run(command: Sequence[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:  # the app ends, and takes its child along
            process.terminate()
            await process.wait()
