"""From the start to a composer that echoes a key, and until nothing of it is at work, against a bare app."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks import table
from tests.benchmarks.rest import SETTLED
from tests.benchmarks.server import configure
from tests.benchmarks.terminal import running

KEY = "Z"
"""One letter that is not on the screen: of several the terminal may be sent one by one, as they come."""
_ALTERNATE = "\x1b[?1049h"
"""What turns the terminal to another screen."""


def run(rounds: int) -> None:
    """Print how both compare, and what a person waits."""
    floor, ours = [], []
    for _ in range(3 * rounds):  # they are short
        floor.append(_until("tests.benchmarks.floor_static", "bare-and-ready"))
        ours.append(_until("tui", KEY, KEY))
    table.heading("start to an echoed key", "bare", "segue", "ratio")
    for what, index in (("CPU s", 0), ("wall s", 1)):
        first, second = (median(times[index] for times in found) for found in (floor, ours))
        table.ratio(f"start: {what}", first, second, 1.5)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _settled(home, "tui", _ALTERNATE)  # from then on there is a history
        settled = [
            (
                _settled(home, "tests.benchmarks.floor_static", "bare-and-ready"),
                _settled(home, "tui", _ALTERNATE),
            )
            for _ in range(rounds)
        ]
    table.heading("start until it is settled", "bare", "segue", "figure")
    first, second = (median(pair[i].cpu for pair in settled) for i in (0, 1))
    table.ratio("settled: CPU s", first, second, 2)
    first, second = (median(pair[i].memory for pair in settled) for i in (0, 1))
    table.limit("settled: memory MB", first, second, 50, "MB")


class Settled(NamedTuple):
    """What a program has taken when it has come to rest."""

    cpu: float
    """Seconds."""
    memory: float
    """Resident megabytes."""


def _settled(home: Path, module: str, mark: str) -> Settled:
    configure(home)
    with running(module, home=home) as program:
        program.wait_for(mark)
        program.read_for(2 * SETTLED)  # the machine may be busy
        return Settled(program.cpu, program.memory)


def _until(module: str, mark: str, keys: str = "") -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        return started(Path(folder), module, mark, keys)


def started(home: Path, module: str, mark: str, keys: str = "") -> tuple[float, float]:
    """CPU and wall seconds until ``mark`` is in the output, after ``keys`` were pressed."""
    configure(home)
    before, begun = _children(), time.perf_counter()
    with running(module, home=home) as program:
        if keys:
            program.wait_for(_ALTERNATE)
            program.press(keys)
        wall = program.wait_for(mark) - begun
    return _children() - before, wall


def _children() -> float:
    """CPU seconds of the programs that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
