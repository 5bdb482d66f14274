"""The arguments of the command line, as argparse reads them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NoReturn

from tui import __version__
from tui.nearest import nearest
from tui.text import clean, one_line

_ELSEWHERE = {"--resume": "--continue", "--last": "--continue", "-r": "--continue", "--session": "--open"}
"""What other programs of the kind call an option, and what it is called here."""


class Arguments(argparse.ArgumentParser):
    """Reads arguments. argparse echoes them as they are; this cleans all that it says."""

    def _print_message(self, message: str, file: Any | IO[str] | None = None) -> None:
        super()._print_message(clean(message), file)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read all arguments; of one that there is not, the nearest is named."""
        read, others = self.parse_known_args(args, namespace)
        if others:
            self._refuse(others)
        return read

    def _refuse(self, others: Sequence[str]) -> NoReturn:
        name = next((other.partition("=")[0] for other in others if other.startswith("-")), "")
        if not name:
            self.error(f"unexpected: {' '.join(one_line(other, 80) for other in others)}")
        options = {option for parser in self._parsers() for option in parser._option_string_actions}
        meant = _ELSEWHERE.get(name)
        near = [meant] if meant in options else nearest(name, (each for each in options if each[1] == "-"))
        hint = f"Did you mean {near[0]}?" if near else f"{self.prog} --help lists them."
        self.error(f"there is no option {one_line(name, 80)}. {hint}")

    def _parsers(self) -> Iterator[Arguments]:
        """This one, and those of its commands."""
        yield self
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    yield from parser._parsers()


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
    which.add_argument(
        "-c", "--continue", dest="resume", action="store_true", help="open the last conversation"
    )
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
