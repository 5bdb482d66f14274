"""What becomes of a text in tmux, and what tmux keeps to itself.

Its buffer has a text; the clipboard only if tmux and the terminal agree.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_ASK = (
    "tmux",
    "show-options",
    "-sv",
    "set-clipboard",
    ";",
    "display-message",
    "-p",
    "#{client_termfeatures}",
)
_CLIENT = "#{allow-passthrough}|#{window_active}|#{focus-events}|#{client_pid}|#{client_termtype}"
_PATIENCE = 3.0
_PASTE = "Copied to tmux's buffer alone: prefix ] pastes it"


async def words(*, short: bool) -> str:
    """Where a text is now that tmux's buffer has it.

    Args:
        short: The terminal outside takes so much at once.
    """
    clipboard, _, features = (await _asked(_ASK)).partition("\n")
    if clipboard == "off":
        return f"{_PASTE}. For the clipboard: tmux set -s set-clipboard on"
    if "clipboard" not in features.split(","):
        return f"{_PASTE}. If the terminal has a clipboard: tmux set -as terminal-features ',*:clipboard'"
    if not short:
        return f"{_PASTE}. It is too long for the terminal's clipboard"
    return "Copied with tmux, to its buffer and through the terminal (OSC 52)"


class Client(NamedTuple):
    """What is outside tmux, and what comes in from there and goes out."""

    terminal: str = ""
    """As it names itself, as in ``kitty(0.36.4)``."""
    passes: bool = False
    """Whether tmux hands on now what is wrapped: mostly it does so only for a window that is seen."""
    passes_always: bool = False
    """Whether it does so also for windows that are not seen."""
    tells_focus: bool = False
    """Whether tmux tells which window is looked at."""
    environment: Mapping[str, str] = {}
    """What the terminal has told who attached; empty where the system tells that of no other program."""


async def client() -> Client:
    """Ask tmux for it."""
    pane = os.environ.get("TMUX_PANE", "")
    where = ("-t", pane) if pane else ()
    said = await _asked(("tmux", "display-message", *where, "-p", _CLIENT))
    passes, seen, focus, process, terminal, *_ = *said.split("|", 4), "", "", "", "", ""
    always = passes in ("all", "2")
    hands_on = always or (passes in ("on", "1") and seen == "1")
    return Client(terminal, hands_on, always, focus in ("on", "1"), _environment(process))


def _environment(process: str) -> Mapping[str, str]:
    """The environment with which a process of the person's began, as Linux tells it."""
    try:
        lines = Path("/proc", process, "environ").read_bytes().split(b"\0") if process.isdecimal() else []
    except OSError:
        return {}
    pairs = (os.fsdecode(line).partition("=") for line in lines)
    return {name: value for name, _, value in pairs}


async def _asked(command: tuple[str, ...]) -> str:
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=asyncio.subprocess.PIPE, stderr=quiet
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(_PATIENCE):
            return (await process.communicate())[0].decode(errors="replace").strip()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
