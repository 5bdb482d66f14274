"""``segue restore``: the history, taken back from a copy; the present one is kept aside."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.cli.output import DONE, say
from tui.cli.streams import given
from tui.paths import Paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the copy, made by segue backup; - is standard input"
    )


def run(args: argparse.Namespace) -> int:
    """Put the copy in the history's place."""
    from tui.history.sqlite.restore import restore

    with given(args.file) as file:
        old = restore(file.absolute(), Paths.default().history_file)
    say("The history is restored." + (f" The one before is kept in {old}" if old else ""))
    return DONE
