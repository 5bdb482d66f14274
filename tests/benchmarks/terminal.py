"""A program in a pseudo-terminal, with a home of its own; its line can be a slow one."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds after which something that was waited for will not come."""
_KEPT = 1 << 16
"""Bytes of the output that are looked at."""
_SLICE = 0.005
"""Seconds of a slow line that are read at once."""
SIZE = (120, 40)
"""Columns and rows."""


class Ended(Exception):
    """A program ended before it wrote what was waited for."""


@dataclass(slots=True)
class Program:
    """One that runs: what it has written so far, and its keyboard."""

    child: subprocess.Popen[bytes]
    master: int
    output: bytes = b""
    taken: int = 0
    """Bytes that were read."""
    rate: float = 0
    """Bytes a second that the line carries; as fast as it goes without."""

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def wait_for(self, mark: str) -> float:
        """Read until ``mark`` is in the output; returns the time when it was.

        Raises:
            Ended: It never was.
        """
        wanted = mark.encode()
        while wanted not in self.output:
            if not self._read(PATIENCE):
                raise Ended(f"{self.child.args} never wrote {mark!r}")
        return time.perf_counter()

    def read_for(self, seconds: float) -> None:
        """Read on, as a terminal does, for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def read_until_quiet(self, seconds: float) -> None:
        """Read until nothing comes for so long, or it ends."""
        while self._read(seconds):
            pass

    @property
    def cpu(self) -> float:
        """CPU seconds that it has taken so far."""
        command = ["ps", "-o", "cputimes=", "-p", str(self.child.pid)]
        stat = Path(f"/proc/{self.child.pid}/stat")
        if not stat.exists():  # whole seconds, elsewhere than on Linux
            return float(subprocess.run(command, check=True, capture_output=True).stdout)
        user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Resident megabytes now."""
        return memory_of(self.child.pid)

    def wait(self) -> None:
        """Read until it ends."""
        while self._read(PATIENCE):
            pass
        if self.child.wait(PATIENCE):
            raise SystemExit(f"{self.child.args} failed\n{self.output[-2000:].decode(errors='replace')}")

    def _read(self, seconds: float) -> bool:
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        with suppress(OSError):  # Linux's way to say that nobody writes any more
            begun = time.perf_counter()
            data = os.read(self.master, max(1, int(self.rate * _SLICE)) if self.rate else 1 << 16)
            self.taken += len(data)
            if self.rate:
                time.sleep(max(0, begun + len(data) / self.rate - time.perf_counter()))
            self.output = (self.output + data)[-_KEPT:]
            return bool(data)
        return False


def memory_of(process: int) -> float:
    """Resident megabytes now; what the system calls the most so far has those of the parent in it."""
    command = ["ps", "-o", "rss=", "-p", str(process)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout) / 1024


@contextmanager
def running(
    module: str, *arguments: object, home: Path, size: tuple[int, int] = SIZE, **variables: str
) -> Iterator[Program]:
    """Run ``python -m MODULE ARGUMENTS`` and end it afterwards."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (size[1], size[0]))
    folders = {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that is installed is compiled
    environment = {**kept, **folders, "HOME": str(home), "TERM": "xterm-256color", **variables}
    child = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        **{"stdin": slave, "stdout": slave, "stderr": slave, "env": environment, "cwd": ROOT},
    )
    os.close(slave)
    try:
        yield Program(child, master)
    finally:
        child.kill()
        child.wait()
        os.close(master)


def figures(module: str, *arguments: object, home: Path) -> dict[str, Any]:
    """What a program that measures itself has found."""
    result = home / "result.json"
    with running(module, *arguments, home=home, RESULT=str(result)) as program:
        program.wait()
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found
