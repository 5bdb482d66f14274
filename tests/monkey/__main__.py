"""A monkey uses the program: ``python -m tests.monkey [--minutes 30] [--inside]``.

Each start has a seed of its own, with which it can be done again: ``--seed 7 --minutes 1``. An end is a
program that failed, ended by itself, or answers no more.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.monkey import within
from tests.monkey.ends import EndedError, Report

FROZEN = 120.0
"""Seconds beyond its time after which a start inside this program is frozen: nothing else can end it."""


def main() -> int:
    """Print each start and each end; the exit code is 1 if there was an end."""
    parser = argparse.ArgumentParser(prog="python -m tests.monkey", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long in all")
    parser.add_argument("--seconds", type=float, default=30, help="how long each start is used")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first start")
    parser.add_argument("--inside", action="store_true", help="without a terminal: more acts a second")
    options = parser.parse_args()
    begun = time.monotonic()
    seed, starts, acts, ends = options.seed, 0, 0, 0
    while time.monotonic() - begun < options.minutes * 60:
        try:
            print(f"seed {seed}: ", end="", flush=True)
            report = _start(seed, options.seconds, inside=options.inside)
            acts += report.acts
            print(f"{report.acts} acts{', quit' * bool(report.quits)}", flush=True)
        except EndedError as end:
            ends += 1
            print(end, flush=True)
        seed, starts = seed + 1, starts + 1
    minutes = (time.monotonic() - begun) / 60
    print(f"{starts} starts in {minutes:.0f} minutes, {acts} acts, {ends} ends")
    return bool(ends)


def _start(seed: int, seconds: float, *, inside: bool) -> Report:
    before = Path.cwd()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:  # it may still write
        folder = Path(name)
        os.chdir(folder)  # what it writes lands there
        try:
            if inside:
                faulthandler.dump_traceback_later(seconds + FROZEN, exit=True)
                return asyncio.run(within.run(seed, seconds, folder))
            from tests.monkey import outside

            return outside.run(seed, seconds, folder)
        finally:
            faulthandler.cancel_dump_traceback_later()
            os.chdir(before)


if __name__ == "__main__":
    sys.exit(main())
