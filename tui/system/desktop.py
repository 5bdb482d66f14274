"""Notices of the system's own, where the person sits before it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress

_PATIENCE = 3.0
_TITLE = "Segue"
_WORDS = "SEGUE_NOTICE"
"""The variable that holds the words for PowerShell: in its line they could be read as a command."""
_MAC = (
    "osascript",
    "-e",
    f'on run argv\ndisplay notification (item 1 of argv) with title "{_TITLE}"\nend run',
)
_WINDOWS = f"""
[Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]>$null
$kind = [Windows.UI.Notifications.ToastNotificationManager]
$toast = $kind::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$lines = $toast.GetElementsByTagName('text')
$lines.Item(0).InnerText = '{_TITLE}'
$lines.Item(1).InnerText = $env:{_WORDS}
$kind::CreateToastNotifier('{_TITLE}').Show([Windows.UI.Notifications.ToastNotification]::new($toast))
"""


async def notify(words: str) -> bool:
    """Show ``words``, one safe line. Returns whether the system took them."""
    command = command_of(words, os.environ, sys.platform)
    if not command or shutil.which(command[0]) is None:
        return False
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=quiet, stderr=quiet, env={**os.environ, _WORDS: words}
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_PATIENCE):
            return await process.wait() == 0
    except TimeoutError:
        with suppress(ProcessLookupError):  # it has just ended
            process.kill()
        await process.wait()
        return False


def command_of(words: str, env: Mapping[str, str], platform: str) -> tuple[str, ...]:
    """The program with its arguments; none over SSH, whose other end nobody sits before."""
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return ()
    if platform == "darwin":
        return (*_MAC, words.lstrip("-"))
    if platform == "win32":
        return ("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS)
    if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        from html import escape  # its table of entities is for notices alone

        return ("notify-send", f"--app-name={_TITLE}", "--", _TITLE, escape(words, quote=False))
    return ()
