"""``segue restore``: the history, taken back from a copy; the present one is kept aside."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tui.cli.output import DONE, say
from tui.cli.streams import given
from tui.cli.where import history_place
from tui.config import load_config
from tui.paths import Paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the copy, made by segue backup; - is standard input"
    )


def run(args: argparse.Namespace) -> int:
    """Put the copy in the history's place."""
    from tui.history.opening import restore

    paths = Paths.default()
    place = history_place(paths, load_config(paths.config_file))
    with given(args.file) as file:
        say(asyncio.run(restore(file.absolute(), place)))
    return DONE
