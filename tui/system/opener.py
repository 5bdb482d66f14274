"""Opening a file with the program that the system has for its kind."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tui.paths import PRIVATE_FILE

_OPENERS = {"darwin": "open", "linux": "xdg-open"}
_PATIENCE = 5.0


def trouble(env: Mapping[str, str], platform: str) -> str:
    """Why no file can be opened from here; empty if one can."""
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return "Over SSH a program would open it on the other machine; it can be saved."
    if platform in ("darwin", "win32") or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return ""
    return "There is no desktop to open it on; it can be saved."


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="segue-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def lent(name: str, data: bytes) -> Path:
    """A file with this content for another program, which goes when this one ends.

    Raises:
        OSError: It can't be written.
    """
    target = _folder() / name
    if not target.exists():
        with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE), "wb") as file:
            file.write(data)
    return target


def open_file(path: Path) -> None:
    """Hand a file to the system. Its program gets no terminal: its own words must not land on our screen.

    Raises:
        OSError: There is no program for that.
    """
    if sys.platform == "win32":
        os.startfile(path)
        return
    quiet = subprocess.DEVNULL
    command = [_OPENERS.get(sys.platform, "xdg-open"), str(path)]
    program = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        code = program.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return  # it is the program itself, and stays
    if code:
        raise OSError(f"{command[0]} ended with {code}")
