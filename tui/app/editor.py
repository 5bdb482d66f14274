"""A text in the person's own editor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import tempfile
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
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="segue-") as folder:  # 0700
        path = Path(folder, "message.md")
        path.write_text(text, encoding="utf-8")
        with app.batch_update(), app.suspend():
            try:
                process = await asyncio.create_subprocess_exec(*command, str(path))
                code = await process.wait()
            except OSError as error:
                raise SegueError(
                    f"{command[0]}: {error.strerror}", "Set $EDITOR to another editor."
                ) from None
        if code:
            raise SegueError(f"{command[0]} ended with code {code}", "The draft is as it was.")
        with contextlib.suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    return text
