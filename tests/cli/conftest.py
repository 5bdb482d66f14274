"""The program in a pseudo-terminal, and what stood there."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 30.0


class Console:
    """``segue`` in a terminal that keeps every byte."""

    def __init__(
        self, env: dict[str, str], *arguments: str, term: str = "xterm-256color", work: Path
    ) -> None:
        import fcntl
        import pty
        import termios

        self.output = b""
        self._seen = 0
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**env, "TERM": term, "INPUTRC": os.devnull},
            cwd=work,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    @property
    def text(self) -> str:
        """All that was written, the echo of what was typed too."""
        return self.output.decode().replace("\r\n", "\n")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def say(self, text: str) -> None:
        """Type a line, once the person is asked."""
        self.see("you: ")
        self.type(f"{text}\r")

    def see(self, words: str) -> None:
        """Read until ``words`` come after all that was seen before."""
        deadline = time.monotonic() + PATIENCE
        while (place := self.text.find(words, self._seen)) < 0:
            assert time.monotonic() < deadline and self._read(), f"not seen: {words}\n{self.text}"
        self._seen = place + len(words)

    def end(self) -> int:
        """Read to the end of the program and return its exit code."""
        while self._read():
            pass
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

    def _read(self) -> bool:
        """Take what comes. False at the end."""
        if not select.select([self._master], [], [], PATIENCE)[0]:
            return False
        with contextlib.suppress(OSError):  # the other end is closed
            data = os.read(self._master, 65536)
            self.output += data
            return bool(data)
        return False


@pytest.fixture
def console(lab) -> Iterator[Callable[..., Console]]:
    opened: list[Console] = []

    def open_console(*arguments: str, term: str = "xterm-256color", **env: str) -> Console:
        opened.append(Console({**lab.env, **env}, *arguments, term=term, work=lab.work))
        return opened[-1]

    yield open_console
    for one in opened:
        one.close()


@pytest.fixture
def script(lab) -> Callable[..., str]:
    """Runs ``segue --plain`` with lines on standard input. Returns what it wrote."""

    def run(*lines: str, options: tuple[str, ...] = (), code: int = 0) -> str:
        return lab.segue("--plain", *options, given="".join(f"{line}\n" for line in lines), code=code).stdout

    return run


@pytest.fixture
def stored(lab) -> Callable[[], list[dict[str, object]]]:
    """The messages of the newest conversation."""

    def messages() -> list[dict[str, object]]:
        newest = json.loads(lab.segue("history", "list", "--json").stdout)[0]
        shown = lab.segue("history", "show", str(newest["id"]), "--json").stdout
        found: list[dict[str, object]] = json.loads(shown)["messages"]
        return found

    return messages
