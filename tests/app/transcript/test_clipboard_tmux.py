"""Copying out in a real tmux: its buffer has the text, and what becomes of the clipboard is said truly."""

import asyncio
import os
import shutil
import subprocess
from base64 import b64encode

import pytest
from textual.app import App

from tui.system.clipboard import copy

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Terminal(App[None]):
    def copy_to_clipboard(self, text):
        """tmux takes it from no program, unless it is told to."""


@pytest.fixture
def tmux(tmp_path, monkeypatch):
    """A tmux of our own: runs its commands."""
    socket = tmp_path / "socket"
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX_PANE"):
        monkeypatch.delenv(name, raising=False)

    def run(*command):
        server = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        return subprocess.run([*server, *command], check=True, capture_output=True, text=True).stdout

    run("new-session", "-d", "cat")
    yield run
    run("kill-server")


@pytest.fixture
def terminal(tmux, tmp_path, monkeypatch):
    """Puts the tmux into a terminal of a kind: the descriptor gives what the terminal is sent."""
    clients = []

    def attach(kind):
        master, slave = os.openpty()
        monkeypatch.setenv("TERM", kind)
        command = ("tmux", "-S", str(tmp_path / "socket"), "attach")
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
        client = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        clients.append((client, master))
        while not tmux("list-clients"):
            pass
        return master

    yield attach
    for client, master in clients:
        client.kill()
        client.wait()
        os.close(master)


async def until_sent(master, wanted):
    """Read what a terminal is sent until something is in it."""
    sent = b""
    async with asyncio.timeout(20):
        while wanted not in sent:
            sent += await asyncio.to_thread(os.read, master, 1 << 16)


async def test_the_text_goes_through_tmux_into_the_terminals_clipboard(tmux, terminal, tmp_path):
    master = terminal("xterm-256color")
    copied = await copy(Terminal(), "naïve\nlines", None, tmp_path)
    assert copied.way == "tmux"
    assert copied.words == "Copied with tmux, to its buffer and through the terminal (OSC 52)"
    assert tmux("show-buffer") == "naïve\nlines"
    await until_sent(master, b"\x1b]52;;" + b64encode("naïve\nlines".encode()))


async def test_a_tmux_that_sets_no_clipboard_is_told_with_what_to_do(tmux, terminal, tmp_path):
    terminal("xterm-256color")
    tmux("set-option", "-s", "set-clipboard", "off")
    copied = await copy(Terminal(), "text", None, tmp_path)
    assert "buffer alone" in copied.words
    assert "set-clipboard on" in copied.words
    assert tmux("show-buffer") == "text"


async def test_a_terminal_that_tmux_knows_to_have_no_clipboard_is_told(tmux, terminal, tmp_path):
    terminal("vt100")
    copied = await copy(Terminal(), "text", None, tmp_path)
    assert "terminal-features" in copied.words
    assert tmux("show-buffer") == "text"


async def test_what_is_too_long_for_the_terminal_is_in_the_buffer_whole(tmux, terminal, tmp_path):
    master = terminal("xterm-256color")
    text = "words " * 20_000
    taken = asyncio.create_task(
        until_sent(master, b64encode(text.encode())[-40:])
    )  # tmux sends it none the less
    copied = await copy(Terminal(), text, None, tmp_path)
    assert "too long" in copied.words
    assert tmux("show-buffer") == text
    await taken
