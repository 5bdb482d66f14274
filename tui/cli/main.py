"""``segue``: opens the app, or runs one command and ends."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import IO, Any

from tui import __version__
from tui.cli.output import (
    DONE,
    FAILED,
    INTERRUPTED,
    WRONG_USE,
    complain,
    discard_output,
    prepare_streams,
    say,
    sentence,
)
from tui.errors import SegueError, UsageError
from tui.nearest import nearest
from tui.text import clean

# Each command is a module of this package with ``add_arguments(parser)`` and ``run(args) -> int``; only the
# one that is asked for is imported.
COMMANDS = {
    "ask": "answer a prompt on standard output",
    "models": "list the models that can be used",
    "usage": "what was spent, by day, model, provider or conversation",
    "history": "list, show, search, export and import conversations",
    "backup": "write a copy of the history",
    "restore": "take the history back from a copy",
    "doctor": "check this installation",
    "config": "show and check the settings",
    "keys": "keep API keys",
    "local": "the models that run on this machine",
    "mcp": "servers whose tools a model may use (Model Context Protocol)",
    "completion": "complete commands, models and titles in your shell",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Returns:
        The exit code: 0 done, 1 the provider or the history failed, 2 wrong use, 130 interrupted.
    """
    if "_ARGCOMPLETE" in os.environ:
        from tui.cli.completing import answer

        answer(COMMANDS, _app_arguments())
    prepare_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in COMMANDS:
            return _run_command(arguments[0], arguments[1:])
        return _open_app(arguments)
    except UsageError as error:
        complain(error)
        return WRONG_USE
    except SegueError as error:
        complain(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()  # the reader has seen enough
        return DONE
    except Exception as error:
        return _crash(error)


def _crash(error: Exception) -> int:
    """A fault of ours: a few words here, the details in a private file."""
    from tui.paths import Paths
    from tui.system.crash_reports import last_words, write_report

    say(last_words(error, write_report(error, Paths.default().log)))
    return FAILED


def _run_command(name: str, arguments: list[str]) -> int:
    command = importlib.import_module(f"tui.cli.{name}")
    parser = Arguments(prog=f"segue {name}", description=sentence(COMMANDS[name]))
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(arguments))
    return code


def _open_app(arguments: list[str]) -> int:
    args = _app_arguments().parse_args(arguments)
    _check_prompt(args.prompt or "")
    if args.values:
        from tui.engine.saved_prompts import with_values

        args.prompt = with_values(args.prompt, args.values)
    from tui.cli.app import run

    return run(args)


def _app_arguments() -> Arguments:
    """The options without a command."""
    parser = Arguments(
        prog="segue",
        usage='segue [options] ["PROMPT"]\n       segue COMMAND …',
        description="A terminal chat for every model.",
        epilog="commands:\n" + "\n".join(f"  {name:12}{what}" for name, what in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help="open the app and send this")
    parser.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help="variables of a prompt that is kept as a file"
    )
    parser.add_argument("-m", "--model", metavar="MODEL", help="the model to begin with, PROVIDER/MODEL")
    parser.add_argument(
        "-p", "--persona", metavar="PERSONA", help="who the model is to be, by its file's name"
    )
    parser.add_argument(
        "-a",
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help="a file, a folder, a pattern, a page's address or @SERVER:URI for the first prompt",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--continue", dest="resume", action="store_true", help="open the last conversation")
    which.add_argument("--open", metavar="ID", help="open this conversation, by its number or title")
    which.add_argument("--here", action="store_true", help="open the last conversation of this folder")
    which.add_argument("--temporary", action="store_true", help="keep nothing on disk")
    parser.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        help="lines of words instead of a screen: for screen readers, dumb terminals and scripts",
    )
    parser.add_argument("--version", action="version", version=f"segue {__version__}")
    return parser


def _check_prompt(prompt: str) -> None:
    """A command that is mistyped must not go to a model.

    Raises:
        UsageError: It seems to be one.
    """
    if not prompt.isalpha():
        return
    if alike := nearest(prompt, [*COMMANDS, "help"], like=0.75):
        meant = f"segue {alike[0]}" if alike[0] in COMMANDS else "segue --help"
        raise UsageError(
            f"There is no command {prompt}", f"Did you mean {meant}? As a prompt: segue ask {prompt}"
        )


class Arguments(argparse.ArgumentParser):
    """Reads arguments. argparse echoes them as they are; this cleans all that it says."""

    def _print_message(self, message: str, file: Any | IO[str] | None = None) -> None:
        super()._print_message(clean(message), file)
