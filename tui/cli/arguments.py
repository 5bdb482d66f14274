"""The arguments of the command line, as argparse reads them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import IO, Any

from tui import __version__
from tui.text import clean


class Arguments(argparse.ArgumentParser):
    """Reads arguments. argparse echoes them as they are; this cleans all that it says."""

    def _print_message(self, message: str, file: Any | IO[str] | None = None) -> None:
        super()._print_message(clean(message), file)


def app_arguments(commands: Mapping[str, str]) -> Arguments:
    """The options without a command."""
    parser = Arguments(
        prog="segue",
        usage='segue [options] ["PROMPT"]\n       segue COMMAND …',
        description="A terminal chat for every model.",
        epilog="commands:\n" + "\n".join(f"  {name:12}{what}" for name, what in commands.items()),
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
        metavar="FILE",
        help="a file, a folder, a pattern, a page's address or @SERVER:URI for the first prompt",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--continue", dest="resume", action="store_true", help="open the last conversation")
    which.add_argument("--open", metavar="ID", help="open this conversation, by its number or title")
    which.add_argument("--here", action="store_true", help="open the last conversation of this folder")
    which.add_argument("--temporary", action="store_true", help="keep nothing on disk")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--inline",
        action="store_true",
        help="finished replies in the terminal's own scrollback, a few rows of the one that comes below",
    )
    how.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        help="lines of words instead of a screen: for screen readers, dumb terminals and scripts",
    )
    parser.add_argument("--version", action="version", version=f"segue {__version__}")
    return parser
