"""Terminals that can be asked what they show: the cells, their colours, and the cursor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pyte

XTERM = os.environ.get("SEGUE_XTERM", "")
"""A folder in which ``npm install`` has put ``@xterm/headless``."""
NO_WRAP = "\x1b[?7l"

Shown = list[Any]


def pyte_screen(columns: int, rows: int) -> tuple[pyte.Screen, pyte.Stream]:
    """One of pyte's, with what is written to it."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.Stream(screen)
    stream.feed(NO_WRAP)
    return screen, stream


def pyte_shows(screen: pyte.Screen) -> Shown:
    """Its cells; of a blank one sees no colour but that of the ground."""
    cells = [[_cell(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]
    return [*cells, (screen.cursor.y, screen.cursor.x)]


def _cell(char: Any) -> tuple[Any, ...]:
    if char.data == " " and not (char.underscore or char.strikethrough or char.reverse):
        return (" ", char.bg)
    return tuple(char)


class Tmux:
    """A tmux of our own, with a pane for each text."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self._socket = folder / "socket"
        self._size = columns + 1, rows
        """With a column at the right for itself: tmux does not tell what colour the end of a line has."""
        self._folder = folder
        self._fifos: dict[str, Any] = {}

    def run(self, *command: str) -> str:
        """A command of tmux."""
        server = ["tmux", "-S", str(self._socket), "-f", "/dev/null"]
        return subprocess.run([*server, *command], check=True, capture_output=True, text=True).stdout

    def open(self, name: str) -> None:
        """A pane that shows what is fed to it."""
        fifo = self._folder / name
        os.mkfifo(fifo)
        columns, rows = self._size
        size = "-x", str(columns), "-y", str(rows)
        self.run("new-session", "-d", "-s", name, *size, f"stty raw -echo; exec cat {fifo}")
        self.run("set", "-t", name, "status", "off")
        self.run("resize-window", "-t", name, *size)
        self._fifos[name] = open(fifo, "w")  # noqa: SIM115 - as long as the pane
        self.feed(name, NO_WRAP)

    def feed(self, name: str, text: str) -> None:
        """Write to a pane, and wait until it shows that."""
        mark = f"m{time.monotonic_ns()}"
        self._fifos[name].write(f"{text}\x1b]2;{mark}\x1b\\")
        self._fifos[name].flush()
        deadline = time.monotonic() + 30
        while self.run("display", "-p", "-t", name, "#{pane_title}").strip() != mark:
            assert time.monotonic() < deadline, "tmux did not show it"

    def shows(self, name: str) -> Shown:
        """The cells of a pane: what it writes of itself, read by pyte."""
        columns, rows = self._size
        edge = "".join(f"\x1b[{y + 1};{columns}H|" for y in range(rows))
        self.feed(name, f"\x1b7\x1b[m{edge}\x1b8")
        screen, stream = pyte_screen(columns, rows)
        lines = self.run("capture-pane", "-e", "-p", "-N", "-t", name).split("\n")[:rows]
        for y, line in enumerate(lines):
            stream.feed(f"\x1b[{y + 1};1H{line}")
        cursor = self.run("display", "-p", "-t", name, "#{cursor_y} #{cursor_x}")
        return [*(row[:-1] for row in pyte_shows(screen)[:-1]), cursor]

    def close(self) -> None:
        """End it."""
        self.run("kill-server")
        for fifo in self._fifos.values():
            fifo.close()


def xterm_shows(columns: int, rows: int, written: list[list[str]]) -> list[list[Shown]]:
    """What xterm.js shows of texts, after each of their pieces."""
    script = Path(__file__).with_name("xterm_cells.cjs")
    node = shutil.which("node")
    assert node
    done = subprocess.run(
        [node, str(script), str(Path(XTERM, "node_modules", "@xterm", "headless"))],
        input=json.dumps({"columns": columns, "rows": rows, "texts": written}),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    shown: list[list[Shown]] = json.loads(done.stdout)
    return shown
