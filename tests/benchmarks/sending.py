"""What goes to the terminal while a reply comes: bytes, their CPU, and keys over a slow line.

Beside the floor stand both ways of sending: all that is drawn, and what differs.
"""

from __future__ import annotations

import os
from statistics import median

from tests.benchmarks import table
from tests.benchmarks.rendering import FLOOR
from tests.benchmarks.responding import PAUSE, a_home, slowest
from tests.benchmarks.server import serving
from tests.benchmarks.terminal import Program, running

SIZES = ((120, 40), (80, 24))
SLOW = 100_000 / 8
"""Bytes a second of a slow line."""
KEYS = 100
_QUIET = 2.0
"""Seconds without a byte after which a reply has ended."""


def run(rounds: int) -> None:
    """Print what a reply of 1000 tokens at 100 a second costs, and what a key waits meanwhile."""
    for size in SIZES:
        columns, rows = size
        floor = [_floor(size) for _ in range(rounds)]
        plain = [_ours(size, "plain") for _ in range(rounds)]
        thin = [_ours(size, "thin") for _ in range(rounds)]
        table.heading(f"1000 tokens sent at {columns} x {rows}", "all", "what differs", "ratio")
        for what, index, budget in (("kB", 0, 1 / 8), ("CPU s", 1, 1.1)):
            table.ratio(what, *(median(each[index] for each in found) for found in (plain, thin)), budget)
        table.heading("the same against the floor", "Markdown", "segue", "ratio")
        for what, index, budget in (("kB", 0, 1 / 8), ("CPU s", 1, 0.5)):
            table.ratio(what, *(median(each[index] for each in found) for found in (floor, thin)), budget)
        table.heading("a key over 100 kbit/s: p95 ms", "all", "what differs", "ms")
        waits = [median(_waited(size, kind) for _ in range(rounds)) * 1000 for kind in ("plain", "thin")]
        table.limit("while a reply comes", waits[0], waits[1], 150, "ms")


def _floor(size: tuple[int, int]) -> tuple[float, float]:
    with (
        a_home() as home,
        running(FLOOR, "mixed", 1000, 100, home=home, size=size, RESULT=os.devnull) as program,
    ):
        program.wait_for("\x1b[?1049h")
        return _until_quiet(program)


def _ours(size: tuple[int, int], kind: str) -> tuple[float, float]:
    with (
        a_home() as home,
        serving(home, "mixed", 1000, 100, f'bytes = "{kind}"\n'),
        running("tui", "Begin", home=home, size=size, COLORTERM="truecolor") as program,
    ):
        program.wait_for("answering")
        return _until_quiet(program)


def _until_quiet(program: Program) -> tuple[float, float]:
    """The kilobytes and CPU seconds until nothing comes any more."""
    taken, cpu = program.taken, program.cpu
    program.read_until_quiet(_QUIET)
    return (program.taken - taken) / 1000, program.cpu - cpu


def _waited(size: tuple[int, int], kind: str) -> float:
    tokens = round(100 * (KEYS * PAUSE * 3 + 6))
    with (
        a_home() as home,
        serving(home, "mixed", tokens, 100, f'bytes = "{kind}"\n'),
        running("tui", "Begin", home=home, size=size, COLORTERM="truecolor") as program,
    ):
        program.wait_for("answering")
        program.rate = SLOW
        return slowest(program, 95, KEYS)
