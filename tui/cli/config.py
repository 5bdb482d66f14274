"""``segue config``: where the settings are, what they say, whether they are right."""

from __future__ import annotations

import argparse

from tui.cli.output import DONE, FAILED, complain, say, write, write_json
from tui.config import load_config
from tui.paths import Paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=("path", "show", "check"),
        help="path: where the file is · show: the settings in force · check: say what is wrong",
    )


def run(args: argparse.Namespace) -> int:
    """Show or check the settings."""
    file = Paths.default().config_file
    if args.what == "path":
        write(f"{file}\n")
        return DONE
    config = load_config(file)
    for problem in config.problems:
        complain(problem)
    if args.what == "show":
        write_json(config.shown())
        return DONE
    if config.problems:
        return FAILED
    say(f"{file}: {'no mistakes' if file.exists() else 'not there; the defaults are in force'}")
    return DONE
