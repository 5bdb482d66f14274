"""A screen of its own, in a real terminal: it ends by a key, by who asked for it, with the terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import termios

from tui.app.messages.alone import Alone, show_alone


class Terminal:
    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        self.before = termios.tcgetattr(self.slave)

    def read(self, until: bytes) -> None:
        said = b""
        while until not in said:
            said += os.read(self.master, 4096)


@pytest.fixture
def terminal(monkeypatch) -> Iterator[Terminal]:
    made = Terminal()
    with open(made.slave, "rb", buffering=0) as keys, open(os.dup(made.slave), "wb", buffering=0) as screen:
        monkeypatch.setattr(sys, "__stdin__", keys)
        monkeypatch.setattr(sys, "__stdout__", screen)
        yield made
    if made.master >= 0:
        os.close(made.master)


async def shown(terminal: Terminal) -> asyncio.Task[None]:
    showing = asyncio.create_task(show_alone(Alone(b"PICTURE", b"GONE"), "any key"))
    await asyncio.to_thread(terminal.read, b"PICTURE")
    return showing


async def test_a_key_ends_it_and_the_terminal_is_as_it_was(terminal):
    showing = await shown(terminal)
    os.write(terminal.master, b"x")
    await asyncio.wait_for(showing, 30)
    await asyncio.to_thread(terminal.read, b"GONE")
    assert termios.tcgetattr(terminal.slave) == terminal.before


async def test_who_wants_it_no_more_has_the_terminal_back(terminal):
    showing = await shown(terminal)
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    assert termios.tcgetattr(terminal.slave) == terminal.before


async def test_a_terminal_that_goes_away_ends_it(terminal):
    showing = await shown(terminal)
    os.close(terminal.master)
    terminal.master = -1
    await asyncio.wait_for(showing, 30)
