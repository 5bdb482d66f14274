"""The image in the system's clipboard goes along, read by whatever tool there is; a text is a paste."""

import base64
import os
import sys

import pytest

from tui.chat.attachment import Attachment
from tui.errors import UsageError
from tui.system import clipboard_image
from tui.system.clipboard_image import NothingHeldError, read_clipboard, tools

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stands for a tool with a shell script")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
X11 = {"DISPLAY": ":0"}


@pytest.fixture
def tool(tmp_path):
    """Puts a tool on the path that writes the file named like the last of its arguments, or fails."""
    folder = tmp_path / "tools"
    folder.mkdir()

    def make(name, body='cat "$(dirname "$0")/$(echo "$last" | tr / _)"', **held):
        path = folder / name
        path.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$@" >> "{folder}/calls"\n{body}\n')
        path.chmod(0o755)
        for key, content in held.items():
            (folder / key).write_bytes(content)
        return folder / "calls"

    return make


@pytest.fixture
def env(tmp_path, monkeypatch):
    """An environment without any clipboard, whose programs are those of the test, and of a shell."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}")
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    return {"PATH": str(tmp_path / "tools")}


def holding(image=PNG, types=b"TARGETS\ntext/html\nimage/png\n", text=b"words"):
    """What wl-paste and xclip are asked for, and what they write."""
    held = {"image_png": image, "TARGETS": types, "--list-types": types}
    return held | {"--no-newline": text, "-out": text}


# -- each platform's tool
async def test_wayland(tool, env):
    calls = tool("wl-paste", **holding())
    held = await read_clipboard(env | WAYLAND, "linux")
    assert held.name == "clipboard.png" and held.data == PNG
    assert calls.read_text().splitlines() == ["--list-types", "--type image/png"]


async def test_x11(tool, env):
    calls = tool("xclip", **holding())
    held = await read_clipboard(env | X11, "linux")
    assert held.data == PNG
    asked = "-selection clipboard -out -target"
    assert calls.read_text().splitlines() == [f"{asked} TARGETS", f"{asked} image/png"]


async def test_macos(tool, env):
    calls = tool("osascript", body='cat "$(dirname "$0")/data"', data="«data PNGf".encode())
    (calls.parent / "data").write_bytes(f"«data PNGf{PNG.hex().upper()}»\n".encode())
    assert (await read_clipboard(env, "darwin")).data == PNG
    assert "the clipboard as «class PNGf»" in calls.read_text()


@pytest.mark.parametrize(("variables", "platform"), [({}, "win32"), ({"WSL_DISTRO_NAME": "Debian"}, "linux")])
async def test_windows_and_its_linux(tool, env, variables, platform):
    calls = tool("powershell.exe", body='cat "$(dirname "$0")/data"', data=base64.b64encode(PNG))
    assert (await read_clipboard(env | variables, platform)).data == PNG
    assert "Get-Clipboard -Format Image" in calls.read_text()


async def test_an_image_that_is_there_only_as_jpeg(tool, env):
    tool("wl-paste", **holding(types=b"image/bmp\nimage/jpeg\n"), image_jpeg=JPEG)
    held = await read_clipboard(env | WAYLAND, "linux")
    assert held.name == "clipboard.jpeg" and held.data == JPEG


def test_over_ssh_no_tool_of_the_far_machine_is_used(tool, env):
    for name in ("osascript", "powershell.exe"):
        tool(name)
    far = env | {"SSH_CONNECTION": "1 2 3 4"}
    assert [tool.name for tool in tools(env, "darwin")] == ["osascript"]
    assert list(tools(far, "darwin")) == [] == list(tools(far, "win32"))


# -- a text instead
@pytest.mark.parametrize(
    ("name", "variables", "platform", "output"),
    [
        ("wl-paste", WAYLAND, "linux", "naïve\n"),
        ("xclip", X11, "linux", "naïve\n"),
        ("osascript", {}, "darwin", "naïve\n\n"),
        ("powershell.exe", {}, "win32", base64.b64encode("naïve\n".encode()).decode()),
    ],
)
async def test_a_text_is_given_as_it_is(tool, env, name, variables, platform, output):
    tool(name, body='cat "$(dirname "$0")/data"', data=output.encode())
    assert await read_clipboard(env | variables, platform) == "naïve\n"


async def test_what_calls_itself_an_image_and_is_none_is_no_image(tool, env):
    tool("xclip", **holding(image=b"words"))  # as some programs answer whatever they are asked for
    assert await read_clipboard(env | X11, "linux") == "words"


# -- nothing, too much, no answer
async def test_an_empty_clipboard_is_said(tool, env):
    tool("wl-paste", body="exit 1")
    with pytest.raises(NothingHeldError, match="There is no image in the clipboard, and no text"):
        await read_clipboard(env | WAYLAND, "linux")


@pytest.mark.parametrize(
    ("variables", "advice"), [(WAYLAND, "wl-clipboard"), (X11, "xclip"), ({}, "/attach PATH")]
)
async def test_without_a_tool_it_is_said_what_does_it(env, variables, advice):
    with pytest.raises(NothingHeldError, match=f"No program here reads the clipboard.*{advice}"):
        await read_clipboard(env | variables, "linux")


@pytest.mark.parametrize("size", [500, 100_000])
async def test_more_than_a_model_takes_is_said_and_never_read_whole(tool, env, monkeypatch, size):
    monkeypatch.setattr(clipboard_image, "LARGEST", 400)
    tool("wl-paste", **holding(image=PNG[:16] + bytes(size)))
    with pytest.raises(UsageError, match=r"What is in the clipboard is too large.*400 bytes"):
        await read_clipboard(env | WAYLAND, "linux")


async def test_a_tool_that_hangs_is_ended_and_said(tool, env, monkeypatch):
    monkeypatch.setattr(clipboard_image, "PATIENCE", 0.2)
    tool("wl-paste", body="exec sleep 600")
    with pytest.raises(UsageError, match="wl-paste does not answer"):
        await read_clipboard(env | WAYLAND, "linux")


async def test_a_tool_that_answers_nonsense_is_said(tool, env):
    tool("powershell.exe", body="printf x")
    with pytest.raises(UsageError, match=r"powershell\.exe failed"):
        await read_clipboard(env, "win32")


# -- in the app
@pytest.fixture
def desktop(tool, env, monkeypatch):
    """A desktop whose clipboard can be filled."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr(sys, "platform", "linux")
    return lambda **held: tool("wl-paste", **holding(**held))


async def test_ctrl_v_attaches_the_image_and_undo_takes_it_back(run, desktop):
    desktop()
    async with run() as world:
        await world.type("What is this?")
        await world.pilot.press("ctrl+v")
        await world.sees("clipboard.png  image  77 kB")
        assert world.composer.draft == "What is this?"
        await world.pilot.press("ctrl+z")
        assert world.composer.attachments == ()


async def test_ctrl_v_inserts_a_text(run, desktop):
    desktop(types=b"text/plain\n", text=b"two\nlines")
    async with run() as world:
        await world.type("Say ")
        await world.pilot.press("ctrl+v")
        await world.until(lambda: world.composer.draft == "Say two\nlines")


async def test_ctrl_v_without_a_clipboard_inserts_what_was_copied_here(run, env, monkeypatch):
    async with run() as world:
        world.app.copy_to_clipboard("copied here")
        await world.pilot.press("ctrl+v")
        await world.until(lambda: world.composer.draft == "copied here")


async def test_the_command_does_the_same_and_trouble_is_told(run, desktop):
    desktop(types=b"", text=b"")
    async with run() as world:
        await world.say("/paste")
        await world.sees("There is no image in the clipboard")
        desktop()
        await world.say("/paste")
        await world.until(lambda: [type(file) for file in world.composer.attachments] == [Attachment])


async def test_the_key_can_be_another(run, desktop):
    desktop()
    async with run(keys={"paste": "f7"}) as world:
        await world.pilot.press("f7")
        await world.sees("clipboard.png")
