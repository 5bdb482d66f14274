"""A monkey at a terminal in which the whole program runs, with a server on loopback and a home of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.conftest import Home
from tests.monkey.ends import EndedError, Report
from tests.monkey.hand import ESCAPE, F1, Act, Hand, Rested, Sized, Typed
from tests.monkey.server import serving

COLUMNS, ROWS = 100, 30
PATIENCE = 30.0
"""Seconds after which the program does not answer any more."""
EVERY = 100
"""Acts after which it is asked whether it lives."""
FAULT = b"Segue has a fault"
NOWHERE = "http://127.0.0.1:9"


def run(seed: int, seconds: float, folder: Path) -> Report:
    """Let the monkey use the program for so many seconds.

    Raises:
        EndedError: The program ended, or answers no more.
    """
    with serving(seed) as url:
        terminal = _Terminal(_home(seed, url, folder), folder)
        report, done = Report(seed), []
        try:
            terminal.await_output()
            for act in _for(seconds, Hand(seed, COLUMNS, ROWS).acts()):
                done.append(act)
                terminal.do(act)
                if len(done) % EVERY == 0:
                    terminal.ask()
                if not terminal.running:
                    break
            else:
                terminal.ask()
        except TimeoutError as error:
            raise EndedError(
                seed, done, f"{error}\n{terminal.last_words}\n{terminal.whereabouts()}"
            ) from None
        finally:
            terminal.close()
    if terminal.code not in (None, 0) or FAULT in terminal.output or list(folder.rglob("crash-*")):
        crashes = "\n".join(crash.read_text() for crash in folder.rglob("crash-*"))
        raise EndedError(seed, done, f"code {terminal.code}\n{terminal.last_words}\n{crashes}")
    report.acts, report.quits = len(done), int(terminal.code == 0)
    return report


def _for(seconds: float, acts: Iterator[Act]) -> Iterator[Act]:
    until = time.monotonic() + seconds
    for act in acts:
        if time.monotonic() > until:
            return
        yield act


def _home(seed: int, url: str, folder: Path) -> Home:
    chance = Random(seed)
    home = Home(folder)
    home.configure(
        (f'model = "lab/m{chance.randint(0, 9)}"\n' if chance.random() < 0.7 else "")
        + f"vim = {str(chance.random() < 0.3).lower()}\n"
        + f'[providers.lab]\ntype = "openai"\nurl = "{url}"\n'
    )
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        home.variables[name] = ""
    # Nothing outside is opened or asked for: no browser, no other host, and no editor. While one had the
    # terminal, keys would be the system's: Ctrl+Z would stop the program, with nobody there to wake it.
    home.variables |= {"BROWSER": "true", "EDITOR": '"', "VISUAL": '"'}
    home.variables |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)
    home.variables |= {"NO_PROXY": "127.0.0.1,localhost", "PYTHONFAULTHANDLER": "1"}
    return home


class _Terminal:
    """A pseudo-terminal, and the program in it."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.output = b""
        self.code: int | None = None
        """The exit code, if the program ended by itself."""
        self._read = 0
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (ROWS, COLUMNS))
        os.set_blocking(self._master, False)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={
                **home.env,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def last_words(self) -> str:
        return self.output[-1500:].decode(errors="replace")

    def whereabouts(self) -> str:
        """End the program, and tell what it was doing."""
        self.output = b""
        self._process.send_signal(signal.SIGABRT)
        self._read_for(2.0)
        return self.output.decode(errors="replace")

    def do(self, act: Act) -> None:
        match act:
            case Typed(text):
                self._write(text.encode())
            case Sized(columns, rows):
                termios.tcsetwinsize(self._master, (rows, columns))
            case Rested(seconds):
                self._read_for(seconds)
        self._read_for(0)

    def ask(self) -> None:
        """See whether a key that leads somewhere in every state is answered."""
        self._read_for(0.2)
        self.do(Typed(ESCAPE))
        self._read_for(0.3)
        termios.tcsetwinsize(self._master, (ROWS, COLUMNS))  # one in which something can be drawn
        self.do(Typed(F1))
        self.await_output()

    def await_output(self) -> None:
        before, until = self._read, time.monotonic() + PATIENCE
        while self._read == before and self.running:
            self._read_for(0.1)
            if time.monotonic() > until:
                raise TimeoutError("it does not answer")

    def close(self) -> None:
        self._read_for(0.1)
        self.code = self._process.poll()
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def _write(self, data: bytes) -> None:
        until = time.monotonic() + PATIENCE
        while data and self.running:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self._read_for(0.05)
            except OSError:  # it has ended
                return
            if time.monotonic() > until:
                raise TimeoutError("it takes no keys")

    def _read_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while select.select([self._master], [], [], max(0.0, until - time.monotonic()))[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self._read += len(data)
            self.output = (self.output + data)[-200_000:]
