"""Copying out says truly where the text went."""

import os
import stat
import sys

import pytest
from textual.app import App

from tui.system.clipboard import copy, terminal_trouble, tools

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="stands for a tool with a shell script")


class Terminal(App[None]):
    """Keeps what is written to the terminal's clipboard."""

    sent: str | None = None

    def copy_to_clipboard(self, text):
        self.sent = text


@pytest.fixture
def tool(tmp_path):
    """Puts a tool on the path that keeps what it is given, or fails."""

    def make(name, body='cat > "$(dirname "$0")/clipboard"'):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return tmp_path / "clipboard"

    return make


@pytest.fixture
def env(tmp_path, monkeypatch):
    """An environment without any clipboard, whose programs are only those of the test."""
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    return {"PATH": str(tmp_path), "TERM": "xterm-256color"}


@POSIX
@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wl-copy"),
        ({"DISPLAY": ":0"}, "xclip"),
        ({"DISPLAY": ":0"}, "xsel"),
        ({"SSH_CONNECTION": "1 2 3 4", "DISPLAY": "localhost:10.0"}, "xclip"),
        ({"TERMUX_VERSION": "0.118"}, "termux-clipboard-set"),
    ],
)
async def test_the_systems_tool_gets_the_text(tool, env, tmp_path, variables, name):
    clipboard = tool(name)
    copied = await copy(app := Terminal(), "naïve 世界\n  x", env | variables, tmp_path)
    assert copied.way == name
    assert copied.words == f"Copied with {name}"
    assert clipboard.read_text() == "naïve 世界\n  x" == app.sent


@POSIX
async def test_a_tool_that_fails_is_not_believed(tool, env, tmp_path):
    tool("wl-copy", "exit 1")
    clipboard = tool("xclip")
    copied = await copy(Terminal(), "text", env | {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, tmp_path)
    assert copied.way == "xclip"
    assert clipboard.read_text() == "text"


async def test_without_a_tool_the_terminal_is_used(env, tmp_path):
    copied = await copy(app := Terminal(), "text", env | {"SSH_TTY": "/dev/pts/1"}, tmp_path)
    assert copied.way == "terminal"
    assert "OSC 52" in copied.words
    assert app.sent == "text"


@pytest.mark.parametrize(
    "variables",
    [
        {"TERM": "linux"},
        {"TERM": "dumb"},
        {"VTE_VERSION": "7802"},
        {"TERM_PROGRAM": "Apple_Terminal"},
        {"STY": "1.pts"},
        {"TMUX": "x"},
    ],
)
async def test_where_no_clipboard_is_reached_the_text_is_saved_for_its_owner_alone(env, tmp_path, variables):
    folder = tmp_path / "cache"
    for text in ("first", "naïve\n"):
        copied = await copy(Terminal(), text, env | variables, folder)
        assert copied.way == "file"
        assert str(copied.path) in copied.words
        assert copied.path.read_text(encoding="utf-8") == text
    if sys.platform != "win32":
        assert stat.S_IMODE(copied.path.stat().st_mode) == 0o600


async def test_a_file_that_can_not_be_written_is_said(env, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    copied = await copy(Terminal(), "text", env | {"TERM": "linux"}, tmp_path / "cache")
    assert copied.way == "nowhere"
    assert "could not be saved" in copied.words


async def test_what_is_copied_is_what_is_seen(env, tmp_path):
    await copy(app := Terminal(), "a\x1b[31m\ud800\u202eb", env, tmp_path)
    assert app.sent == "a␛[31m�<U+202E>b"


@POSIX
@pytest.mark.parametrize(("tools", "way"), [([], "file"), (["xclip"], "xclip")])
async def test_a_text_too_long_for_the_terminal_is_not_sent_to_it(tool, env, tmp_path, tools, way):
    for name in tools:
        tool(name)
    text = "x" * 60_000
    copied = await copy(app := Terminal(), text, env | {"DISPLAY": ":0"}, tmp_path / "cache")
    assert copied.way == way
    assert app.sent is None
    assert app.clipboard == text  # to be pasted here


def test_a_text_too_long_for_the_terminal_is_told():
    assert "too long" in terminal_trouble({"TERM": "xterm"}, "x" * 60_000)
    assert terminal_trouble({"TERM": "xterm"}, "x" * 50_000) == ""


def test_over_ssh_no_tool_of_the_far_machine_is_used(tmp_path):
    for name in ("pbcopy", "clip.exe"):
        (tmp_path / name).touch(mode=0o755)
    env = {"PATH": str(tmp_path)}
    assert [tool.name for tool in tools(env, "darwin")] == ["pbcopy"]
    assert list(tools(env | {"SSH_CONNECTION": "x"}, "darwin")) == []
    assert [tool.name for tool in tools(env | {"WSL_DISTRO_NAME": "Debian"}, "linux")] == ["clip.exe"]
