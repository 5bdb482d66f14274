"""The whole program in a real pseudo-terminal: what only a terminal shows."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import pty
import termios

import pyte

ENTER, ESCAPE, CTRL_C, CTRL_L, CTRL_Q, CTRL_R = "\r", "\x1b", "\x03", "\x0c", "\x11", "\x12"
PATIENCE = 30.0
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l")


class Terminal:
    """A program in a pseudo-terminal, and the screen that its output makes."""

    def __init__(self, env: dict[str, str], *arguments: str, columns: int = 80, rows: int = 24) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.output = b""
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (rows, columns))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(slave)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def see(self, *words: str) -> None:
        """Read until all ``words`` stand on the screen."""
        self._read_until(lambda: all(word in self.text for word in words))
        missing = [word for word in words if word not in self.text]
        assert not missing, f"not on the screen: {missing}\n{self.text}"

    def see_no(self, word: str) -> None:
        """Read until ``word`` is gone."""
        self._read_until(lambda: word not in self.text)
        assert word not in self.text, self.text

    def end(self) -> int:
        """Read to the end of the program and return its exit code."""
        self._read_until(lambda: False)
        return self.process.wait(PATIENCE)

    def vanish(self) -> None:
        """Close the terminal's window."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read_until(self, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not enough() and time.monotonic() < deadline:
            ready, _, _ = select.select([self._master], [], [], 0.5)
            if not ready:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the other end is closed
                return
            if not data:
                return
            self.output += data
            self._stream.feed(data)


@pytest.fixture
def terminal(lab) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **size: int) -> Terminal:
        opened.append(Terminal(lab.env, *arguments, **size))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def test_chat_switch_model_quit_and_come_back(terminal, model_server):
    model_server.reply = "I am {model}."
    first = terminal()
    first.see("lab/big"[4:])
    first.press("Who are you?" + ENTER)
    first.see("I am big.", "ready")
    first.press("And you?" + CTRL_L)
    first.see("context")
    first.press("small" + ENTER)
    first.see_no("context")
    first.see("And you?")  # what was typed is still there
    first.press(ENTER)
    first.see("I am small.", "ready")
    assert [r["model"] for r in model_server.requests] == ["big", "small"]
    first.press(CTRL_Q)
    assert first.end() == 0
    again = terminal("--continue")
    again.see("I am big.", "I am small.")
    again.press(CTRL_Q)
    assert again.end() == 0


def test_a_draft_survives_a_quit(terminal):
    first = terminal()
    first.see("big")
    first.press("half a thought")
    first.see("half a thought")
    first.press(CTRL_Q)
    assert first.end() == 0
    again = terminal("--continue")
    again.see("half a thought")


def test_escape_stops_and_keeps_the_text(terminal, model_server):
    model_server.hold_after = 2
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.press(ESCAPE)
    app.see("stopped", "Hello from")
    assert model_server.left.wait(10), "the server never saw the connection close"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_saves_the_reply_and_restores_the_terminal(terminal, model_server, number, code):
    model_server.hold_after = 2
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.process.send_signal(number)
    assert app.end() == code
    assert [sequence for sequence in RESTORED if sequence not in app.output] == []
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hello from", "stopped")


@pytest.mark.skipif(sys.platform == "darwin", reason="its terminals can't be polled")
def test_a_terminal_that_vanishes_ends_the_program_and_saves_the_reply(terminal, model_server):
    model_server.hold_after = 2
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.vanish()
    assert app.process.wait(PATIENCE) == 129
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hello from", "stopped")


def test_kill_9_keeps_prompt_and_text_and_says_interrupted(lab, terminal, model_server):
    model_server.hold_after = 3
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from the")
    lab.wait_for_stored("Hello from the")
    app.process.kill()
    app.end()
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hi", "Hello from the", "Segue ended before this reply did")


def test_ctrl_c_stops_then_asks_then_quits(terminal):
    app = terminal()
    app.see("big")
    app.press(CTRL_C)
    app.see("again")
    app.press(CTRL_C)
    assert app.end() == 0


def test_a_tiny_terminal_gets_one_clear_line(terminal):
    app = terminal(columns=30, rows=8)
    app.see("40")
    app.press(CTRL_Q)
    assert app.end() == 0


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_poor_terminal_does_not_crash(lab, kind):
    app = Terminal(lab.env | {"TERM": kind})
    try:
        app.see("big")
        app.press(CTRL_Q)
        assert app.end() == 0
    finally:
        app.close()
