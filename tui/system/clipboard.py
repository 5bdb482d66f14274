"""Copying out: the system's own tool, tmux, the terminal; where none is reached, a file. Says which it was.

A terminal is asked through OSC 52 and never answers, so it is believed only where it is known to obey.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from tui.paths import PRIVATE_FILE, Paths, private_dir
from tui.system import tmux
from tui.system.far import is_far
from tui.text import clean

if TYPE_CHECKING:
    from textual.app import App

_PATIENCE = 3.0
"""Seconds for a tool to take the text."""
_OSC52_LIMIT = 74_994
"""Bytes that every terminal with OSC 52 takes at once."""
_MUTE_TERMS = frozenset({"", "dumb", "linux", "vt100", "vt220"})


class Copied(Struct, frozen=True):
    """Where a copied text went."""

    way: str
    """The tool's name, ``terminal``, ``file``, or ``nowhere``."""
    words: str
    """For the person."""
    path: Path | None = None
    """Where it was saved, if no clipboard could be reached."""


class Tool(NamedTuple):
    """A program that takes the text on its standard input."""

    command: tuple[str, ...]
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        """Its name, for the person."""
        return self.command[0]


async def copy(
    app: App[Any], text: str, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> Copied:
    """Put ``text`` into the clipboard; call it only for a key or a click of the person.

    Args:
        app: Writes to the terminal.
        text: Made safe first: what is copied is what is seen.
        env: The environment that tells which clipboards there are; the process's own by default.
        folder: Where to save if there is none; the cache folder by default.
    """
    env = os.environ if env is None else env
    text = clean(text)
    if short(text):
        app.copy_to_clipboard(text)
    else:
        app._clipboard = text  # a terminal would take a part of it; what is pasted here is whole
    trouble = terminal_trouble(env, text)
    copied = await _by_tool(text, env)
    if copied is None and not trouble:
        return Copied("terminal", "Copied through the terminal (OSC 52)")
    return copied or await _saved(text, folder, trouble)


async def copy_by_tool(text: str, env: Mapping[str, str] | None = None, folder: Path | None = None) -> Copied:
    """As ``copy``, where nothing but text may be written to the terminal."""
    text = clean(text)
    copied = await _by_tool(text, os.environ if env is None else env)
    return copied or await _saved(text, folder, "No clipboard is reached")


def tools(env: Mapping[str, str], platform: str) -> Iterator[Tool]:
    """The programs to try, best first. Over SSH a tool of the far machine would fill the wrong clipboard."""
    far = is_far(env)
    wanted: list[Tool] = []
    if platform == "darwin" and not far:
        wanted.append(Tool(("pbcopy",)))
    if (platform == "win32" or env.get("WSL_DISTRO_NAME")) and not far:
        wanted.append(Tool(("clip.exe",), "utf-16"))
    if env.get("WAYLAND_DISPLAY"):
        wanted.append(Tool(("wl-copy",)))
    if env.get("DISPLAY"):
        wanted.append(Tool(("xclip", "-selection", "clipboard", "-in")))
        wanted.append(Tool(("xsel", "--clipboard", "--input")))
    if env.get("TERMUX_VERSION"):
        wanted.append(Tool(("termux-clipboard-set",)))
    if env.get("TMUX"):
        # tmux keeps OSC 52 of programs to itself by default; with -w (since 3.2) it passes its own buffer on.
        wanted.append(Tool(("tmux", "load-buffer", "-w", "-")))
        wanted.append(Tool(("tmux", "load-buffer", "-")))
    return (tool for tool in wanted if shutil.which(tool.name, path=env.get("PATH")))


def terminal_trouble(env: Mapping[str, str], text: str) -> str:
    """Why the terminal can't have set its clipboard; empty if it can."""
    term = env.get("TERM", "")
    if env.get("TMUX") or env.get("STY") or term.split("-")[0] in ("screen", "tmux"):
        return "This multiplexer passes no clipboard on"
    # https://gitlab.gnome.org/GNOME/vte/-/issues/2495: by decision, and so in all that is built on it.
    if env.get("VTE_VERSION") or env.get("TERM_PROGRAM") == "Apple_Terminal" or term in _MUTE_TERMS:
        return "This terminal sets no clipboard"
    return "" if short(text) else "This is too long for the terminal's clipboard"


def short(text: str) -> bool:
    """Whether a terminal takes ``text`` at once."""
    return len(b64encode(text.encode())) <= _OSC52_LIMIT


async def _by_tool(text: str, env: Mapping[str, str]) -> Copied | None:
    for tool in tools(env, sys.platform):
        if await _fed(tool, text):
            said = await tmux.words(short=short(text)) if tool.name == "tmux" else f"Copied with {tool.name}"
            return Copied(tool.name, said)
    return None


async def _fed(tool: Tool, text: str) -> bool:
    """Give ``text`` to a tool. Returns whether it took it."""
    quiet = asyncio.subprocess.DEVNULL  # such tools stay behind to serve the clipboard, and keep what is open
    try:
        process = await asyncio.create_subprocess_exec(
            *tool.command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.communicate(text.encode(tool.encoding))
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0


async def _saved(text: str, folder: Path | None, trouble: str) -> Copied:
    folder = Paths.default().cache if folder is None else folder
    return await asyncio.to_thread(_save, text, folder / "copied.txt", trouble)


def _save(text: str, path: Path, trouble: str) -> Copied:
    try:
        private_dir(path.parent)
        path.unlink(missing_ok=True)
        with open(
            os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE), "w", encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError as error:
        return Copied("nowhere", f"{trouble}, and it could not be saved: {error.strerror or error}")
    return Copied("file", f"{trouble}; saved to {path}", path)
