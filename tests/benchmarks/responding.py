"""How soon the program answers while a reply comes, and what it does while none comes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks import table
from tests.benchmarks.rendering import FLOOR
from tests.benchmarks.server import configure, serving
from tests.benchmarks.terminal import Ended, Program, figures, running

APP = "tests.benchmarks.subject_app"
KEYS = 250
PAUSE = 0.06
"""Seconds between two keys: those of a fast writer."""
FIRST_KEY = 0x1400
"""Of characters that no reply holds: Canadian syllabics, each one cell wide."""
LONG = 8000
"""Tokens: 32 kB."""


def keys(rounds: int) -> None:
    """Print how long a key takes to the screen while a reply comes at 200 tokens a second."""
    tokens = round(200 * (KEYS * PAUSE + 6))
    table.heading("key echo at 200 tokens a second: p99 ms", "Markdown", "segue", "ms")
    for kind in ("mixed", "one fence"):
        floor, ours = [], []
        for _ in range(rounds):
            with a_home() as home, running(FLOOR, kind, tokens, 200, home=home, RESULT=os.devnull) as program:
                program.wait_for("\x1b[?1049h")
                program.read_for(2)
                floor.append(slowest(program, 99))
            with (
                a_home() as home,
                serving(home, kind, tokens, 200),
                running("tui", "Begin", home=home) as program,
            ):
                program.wait_for("answering")
                ours.append(slowest(program, 99))
        table.limit(kind, median(floor) * 1000, median(ours) * 1000, 50, "ms")


def stalls(rounds: int) -> None:
    """Print for how long the event loop does nothing else while a reply comes at 1000 tokens a second.

    The floor, which can't keep up, has an eighth of the reply.
    """
    table.heading("longest stall at 1000 tokens a second: ms", "Markdown", "segue", "ms")
    for kind in ("mixed", "code", "tables", "one fence", "one table", "one paragraph"):
        found = []
        for _ in range(rounds):
            with a_home() as home:
                floor = figures(FLOOR, kind, LONG // 8, 1000, "heart", home=home)
            with a_home() as home, serving(home, kind, LONG, 1000):
                found.append((floor, figures(APP, "stall", home=home)))
        for what, key in ((kind, "stall"), (f"{kind}: own CPU time of it", "work")):
            first, second = (median(pair[i][key] for pair in found) * 1000 for i in (0, 1))
            table.limit(what, first, second, 100, "ms")


def idle(rounds: int) -> None:
    """Print what the program takes while nothing happens."""
    table.heading("idle", "bare", "segue", "")
    floor, ours = [], []
    for _ in range(rounds):
        with a_home() as home:
            floor.append(figures("tests.benchmarks.floor_static", "idle", home=home))
        with a_home() as home:
            configure(home)
            ours.append(figures(APP, "idle", home=home))
    for what, key, scale, budget, unit in (
        ("CPU", "share", 100, 0.5, "%"),
        ("wake-ups a second", "wakes", 1, 1, ""),
    ):
        first, second = (median(each[key] for each in found) * scale for found in (floor, ours))
        table.limit(what, first, second, budget, unit)


@contextmanager
def a_home() -> Iterator[Path]:
    """A home that goes with what is measured."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def slowest(program: Program, part: int, keys: int = KEYS) -> float:
    """Press keys one after another; the seconds after which so many of a hundred were on the screen.

    The floor draws so slowly that its reply may end before the last key has come to the screen.
    """
    times = []
    with suppress(Ended):
        for number in range(keys):
            key = chr(FIRST_KEY + number)
            begun = time.perf_counter()
            program.press(key)
            times.append(program.wait_for(key) - begun)
            program.read_for(PAUSE)
    return quantiles(times, n=100)[part - 1]
