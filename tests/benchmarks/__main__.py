"""Every budget, measured: ``python -m tests.benchmarks [PART …] [--rounds 3]``.

A figure is a ratio against a floor that runs in turn with the program, on the same machine and in the same
minutes: a machine that is busy or slow slows both. The table takes some twenty minutes; the history
makes a database of 2 GB for it.
"""

from __future__ import annotations

import argparse

from tests.benchmarks import history, limits, opening, rendering, responding, sending, start

PARTS = {
    "start": start.run,
    "streamed": rendering.streamed,
    "at-once": rendering.at_once,
    "growth": rendering.growth,
    "keys": responding.keys,
    "sending": sending.run,
    "stalls": responding.stalls,
    "opening": opening.run,
    "idle": responding.idle,
    "limits": limits.run,
    "history": history.run,
}


def main() -> None:
    """Print the table, or the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each thing is measured")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for part in args.parts or PARTS:
        PARTS[part](args.rounds)


if __name__ == "__main__":
    main()
