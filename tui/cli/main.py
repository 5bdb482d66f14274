"""``segue``: opens the app, or runs one command and ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

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
    "serve": "the app in a browser, on this machine or from another one",
    "mcp": "servers whose tools a model may use (Model Context Protocol)",
    "completion": "complete commands, models and titles in your shell",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Returns:
        The exit code: 0 done, 1 the provider or the history failed, 2 wrong use, 130 interrupted.
    """
    if "_ARGCOMPLETE" in os.environ:
        from tui.cli.arguments import app_arguments
        from tui.cli.completing import answer

        answer(COMMANDS, app_arguments(COMMANDS))
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
    from tui.cli.arguments import Arguments

    command = importlib.import_module(f"tui.cli.{name}")
    parser = Arguments(prog=f"segue {name}", description=sentence(COMMANDS[name]))
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(arguments))
    return code


def _open_app(arguments: list[str]) -> int:
    from tui.cli.app import AppOptions, run

    options = AppOptions()
    if arguments:  # most starts have none, and what reads them takes time to load
        from tui.cli.arguments import app_arguments

        app_arguments(COMMANDS).parse_args(arguments, namespace=options)
    _check_prompt(options.prompt or "")
    if options.values:
        from tui.engine.saved_prompts import with_values

        options.prompt = with_values(options.prompt or "", options.values)
    return run(options)


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
