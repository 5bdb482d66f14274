"""What tmux tells of the terminal outside, and what Linux tells of who attached to it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there is no tmux on Windows", allow_module_level=True)

import pty

from tui.app.terminal.kinds import TerminalKind, Turner
from tui.system import tmux

PATIENCE = 20.0


@pytest.fixture
def attached(monkeypatch, tmp_path) -> Iterator[None]:
    """A tmux of our own, in a terminal that tells who it is by its environment alone."""
    socket = str(tmp_path / "socket")
    for name in ("TMUX", "TMUX_PANE", "TERM_PROGRAM", "LC_TERMINAL"):
        monkeypatch.delenv(name, raising=False)
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "VTE_VERSION": "7006"}
    command = ["tmux", "-S", socket, "-f", "/dev/null", "new-session", "cat"]
    client = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.read(master, 1)  # it draws
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    yield
    subprocess.run(["tmux", "-S", socket, "kill-server"], check=True)
    client.wait(PATIENCE)
    os.close(master)
    os.close(slave)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux tells it")
async def test_a_terminal_that_answers_nothing_is_known_by_what_it_told_who_attached(attached):
    async with asyncio.timeout(PATIENCE):
        while not (client := await tmux.client()).environment:
            pass
    assert (client.terminal, client.environment["VTE_VERSION"]) == ("", "7006")
    kind = TerminalKind.of(os.environ).behind(client.terminal, client.environment, passes=client.passes)
    assert (kind.name, kind.version, kind.turner) == ("vte", (0, 70, 6), Turner.PARTED)
