"""Taking in what the system's clipboard holds, by the system's own tool: an image, otherwise its text.

A terminal pastes text by itself, and no terminal pastes an image.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from tui.chat.attachment import LARGEST, Attachment, attachment_of, media_type_of, size_words
from tui.errors import UsageError
from tui.system.far import is_far

PATIENCE = 10.0
"""Seconds for a tool to answer; PowerShell alone may need five to start."""
_IMAGES = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""What models read, best first: a screen's picture loses nothing as PNG."""

# Both kinds in one call: PowerShell starts slowly.
_POWERSHELL = """\
Add-Type -AssemblyName System.Drawing
$image = Get-Clipboard -Format Image
if ($image) {
    $stream = New-Object IO.MemoryStream
    $image.Save($stream, [Drawing.Imaging.ImageFormat]::Png)
    $bytes = $stream.ToArray()
} else {
    $bytes = [Text.Encoding]::UTF8.GetBytes([string](Get-Clipboard -Raw))
}
[Console]::Out.Write([Convert]::ToBase64String($bytes))
"""
_APPLESCRIPT = """\
try
    the clipboard as «class PNGf»
on error
    the clipboard as text
end try
"""
_APPLE_DATA = re.compile(rb"\xc2\xabdata PNGf([0-9A-F]+)\xc2\xbb")


class NothingHeldError(UsageError):
    """The clipboard holds nothing for a prompt, or can't be reached."""


class Tool(Struct, frozen=True):
    """A program that writes what the clipboard holds to its standard output."""

    read: tuple[str, ...]
    """How it is called; for its choice, or for text where it has to be told."""
    decode: Callable[[bytes], bytes] = bytes
    types: tuple[str, ...] = ()
    """How it is asked which media types there are, if it does not choose by itself."""
    chosen: tuple[str, ...] = ()
    """What, with a media type after it, asks for that one."""

    @property
    def name(self) -> str:
        """Its name, for the person."""
        return self.read[0]


def _from_base64(output: bytes) -> bytes:
    return b64decode(output, validate=False)


def _from_applescript(output: bytes) -> bytes:
    output = output.removesuffix(b"\n")
    data = _APPLE_DATA.fullmatch(output)
    return bytes.fromhex(data[1].decode()) if data else output


_WINDOWS = Tool(("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL), _from_base64)
_MACOS = Tool(("osascript", "-e", _APPLESCRIPT), _from_applescript)
_WAYLAND = Tool(
    ("wl-paste", "--no-newline"), types=("wl-paste", "--list-types"), chosen=("wl-paste", "--type")
)
_XCLIP = ("xclip", "-selection", "clipboard", "-out")
_X11 = Tool(_XCLIP, types=(*_XCLIP, "-target", "TARGETS"), chosen=(*_XCLIP, "-target"))


async def read_clipboard(env: Mapping[str, str] | None = None, platform: str = "") -> Attachment | str:
    """The image in the clipboard, or its text.

    Args:
        env: The environment that tells which clipboards there are; the process's own by default.
        platform: As in ``sys.platform``, which is the default.

    Raises:
        NothingHeldError: It holds neither, or no program here reads it.
        UsageError: It holds too much, or can't be read.
    """
    env = os.environ if env is None else env
    tool = next(tools(env, platform or sys.platform), None)
    if tool is None:
        raise NothingHeldError("No program here reads the clipboard", _advice(env))
    try:
        async with asyncio.timeout(PATIENCE):
            data = await _held(tool)
    except TimeoutError:
        raise UsageError(f"The clipboard can't be read: {tool.name} does not answer") from None
    except (OSError, ValueError):
        raise UsageError(f"The clipboard can't be read: {tool.name} failed") from None
    return _taken(data)


def tools(env: Mapping[str, str], platform: str) -> Iterator[Tool]:
    """The programs that are there, best first. Over SSH the far machine has the wrong clipboard."""
    near = not is_far(env)
    wanted = (
        (near and platform == "darwin", _MACOS),
        (near and (platform == "win32" or env.get("WSL_DISTRO_NAME")), _WINDOWS),
        (env.get("WAYLAND_DISPLAY"), _WAYLAND),
        (env.get("DISPLAY"), _X11),
    )
    return (tool for fits, tool in wanted if fits and shutil.which(tool.name, path=env.get("PATH")))


def _advice(env: Mapping[str, str]) -> str:
    if env.get("WAYLAND_DISPLAY"):
        return "wl-paste, of wl-clipboard, does."
    if env.get("DISPLAY"):
        return "xclip does."
    return "/attach PATH takes an image from a file."


async def _held(tool: Tool) -> bytes:
    """What the clipboard holds: an image if there is one; nothing if there is nothing."""
    wanted = None
    if tool.types:
        offered = (await _output(tool.types)).decode("utf-8", "replace").split()
        wanted = next((image for image in _IMAGES if image in offered), None)
    return tool.decode(await _output((*tool.chosen, wanted) if wanted else tool.read))


async def _output(command: Sequence[str]) -> bytes:
    """What a command writes, no more than an image may have in its longest notation; nothing if it fails."""
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=quiet,
        stdout=asyncio.subprocess.PIPE,
        stderr=quiet,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # the terminal stays as it is
    )
    assert process.stdout is not None
    try:
        output = bytearray()
        while len(output) <= 2 * LARGEST and (piece := await process.stdout.read(1 << 16)):
            output += piece
        if len(output) > 2 * LARGEST:
            raise _too_large()
        return bytes(output) if await process.wait() == 0 else b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _taken(data: bytes) -> Attachment | str:
    if len(data) > LARGEST:
        raise _too_large()
    media_type = media_type_of(data) or ""
    if media_type in _IMAGES:
        return attachment_of(f"clipboard.{media_type.removeprefix('image/')}", data)
    try:
        if text := data.decode():
            return text
    except UnicodeDecodeError:
        pass
    raise NothingHeldError("There is no image in the clipboard, and no text")


def _too_large() -> UsageError:
    return UsageError("What is in the clipboard is too large", f"An image may have {size_words(LARGEST)}.")
