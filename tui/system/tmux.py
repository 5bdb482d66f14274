"""What becomes of a text in tmux: its buffer has it; the clipboard only if tmux and the terminal agree."""

from __future__ import annotations

import asyncio

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
_PATIENCE = 3.0
_PASTE = "Copied to tmux's buffer alone: prefix ] pastes it"


async def words(*, short: bool) -> str:
    """Where a text is now that tmux's buffer has it.

    Args:
        short: The terminal outside takes so much at once.
    """
    clipboard, _, features = (await _asked()).partition("\n")
    if clipboard == "off":
        return f"{_PASTE}. For the clipboard: tmux set -s set-clipboard on"
    if "clipboard" not in features.split(","):
        return f"{_PASTE}. If the terminal has a clipboard: tmux set -as terminal-features ',*:clipboard'"
    if not short:
        return f"{_PASTE}. It is too long for the terminal's clipboard"
    return "Copied with tmux, to its buffer and through the terminal (OSC 52)"


async def _asked() -> str:
    """What tmux's clipboard option is, and below it what the terminal of its client can do."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *_ASK, stdin=quiet, stdout=asyncio.subprocess.PIPE, stderr=quiet
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
