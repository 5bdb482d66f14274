"""A text in the person's own editor: outside the app, or where there is no app."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import SegueError

if TYPE_CHECKING:
    from textual.app import App

_FALLBACK = "notepad" if os.name == "nt" else "vi"


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

    with _draft(text) as (command, path):
        try:
            with app.batch_update(), app.suspend():  # an error in here would leave the app without a terminal
                [code] = await asyncio.gather(_run(command), return_exceptions=True)
        except SuspendNotSupported:
            raise SegueError("This terminal can't be lent to an editor") from None
        if isinstance(code, BaseException):
            raise code
        return _written(command, path, code, text)


def edit_here(text: str) -> str:
    """Let the person edit ``text`` where nothing else uses the terminal; waits for the editor.

    Raises:
        SegueError: As ``edit``.
    """
    with _draft(text) as (command, path):
        return _written(command, path, subprocess.run(command).returncode, text)


@contextlib.contextmanager
def _draft(text: str) -> Iterator[tuple[list[str], Path]]:
    """The command that edits a file with ``text``, and the file."""
    command = editor_command()
    with contextlib.ExitStack() as files:
        try:
            folder = files.enter_context(tempfile.TemporaryDirectory(prefix="segue-"))  # 0700
            path = Path(folder, "message.md")
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise SegueError(f"There is no place for the text to edit: {error.strerror}") from None
        try:
            yield [*command, str(path)], path
        except OSError as error:
            reason = f"{command[0]}: {error.strerror}"
            raise SegueError(reason, "Set $EDITOR to another editor.") from None


def _written(command: Sequence[str], path: Path, code: int, text: str) -> str:
    """What the editor left."""
    if code:
        raise SegueError(f"{command[0]} ended with code {code}", "The draft is as it was.")
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    return text


async def _run(command: Sequence[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:  # the app ends, and takes its child along
            process.terminate()
            await process.wait()
