"""``segue config``: where the settings are, what they say, whether they are right."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NoReturn

from tui.cli.output import DONE, FAILED, complain, say, write, write_json
from tui.config import Config, load_config
from tui.errors import SegueError
from tui.paths import Paths


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        metavar="path|show|check|keys",
        choices=("path", "show", "check", "keys"),
        help="path: where the file is · show: the settings in force · check: say what is wrong · "
        "keys: the names for [keys], with the keys they have now and what they do",
    )


def run(args: argparse.Namespace) -> int:
    """Show or check the settings."""
    file = Paths.default().config_file
    if args.what == "path":
        write(f"{file}\n")
        return DONE
    config = load_config(file)
    problems = mistakes(config)
    for problem in problems:
        complain(problem)
    if args.what == "show":
        write_json(config.shown())
        return DONE
    if args.what == "keys":
        write("".join(_key_lines(config)))
        return DONE
    if problems:
        return FAILED
    say(f"{file}: {'no mistakes' if file.exists() else 'not there; the defaults are in force'}")
    return DONE


def _key_lines(config: Config) -> Iterator[str]:
    """Names, keys as they are written in the config, and what they do."""
    from tui.app.actions import Action
    from tui.app.keymap import Keys

    keys = Keys(config.keys)
    rows = [(action.value, ",".join(keys.of(action)), action.help) for action in Action]
    name_width, key_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, bound, words in rows:
        yield f"{name:{name_width}}  {bound:{key_width}}  {words}\n"


def mistakes(config: Config) -> list[SegueError]:
    """Everything that is wrong in the settings, also what only the app can tell."""
    from tui.app.app import SegueApp

    async def nothing() -> NoReturn:
        raise NotImplementedError  # the app is never run

    return SegueApp(config, nothing).setting_problems()
