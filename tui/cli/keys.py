"""``segue keys``: API keys in a file that only this user can read."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import sys

from tui.cli.output import DONE, FAILED, complain, say, sentence, write, write_json
from tui.cli.piped import piped_text
from tui.config import alike, load_config
from tui.credentials import Credentials, Found
from tui.errors import ConfigError, ErrorKind, ProviderError, SegueError, UsageError
from tui.key_forms import key_in
from tui.nearest import did_you_mean
from tui.paths import Paths, unwritten
from tui.providers.registry import ProviderEntry, Registry
from tui.secret import Secret
from tui.text import counted, one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="which keys are found, where, and their last four characters")
    listing.add_argument("--json", action="store_true", help="write one JSON document")
    for name, words in (
        ("set", "keep a key; it is asked for, or read from standard input"),
        ("forget", "remove it"),
    ):
        command = commands.add_parser(name, help=words, description=sentence(words))
        command.add_argument("provider", metavar="PROVIDER", help="as segue doctor lists it")
        command.add_argument(
            "key", nargs="*", help=argparse.SUPPRESS
        )  # only to say that it has no place here


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    if getattr(args, "key", ()):
        raise UsageError(
            "A key is never taken from the command line, where others can read it",
            f"It is asked for: segue keys {args.what} {args.provider}. The shell's history may hold it now.",
        )
    paths = Paths.default()
    config = load_config(paths.config_file)
    for problem in config.problems:
        complain(problem)
    keys = Credentials(paths, config)
    registry = Registry(config, keys, paths)
    if args.what == "list":
        return _list(keys, registry, as_json=args.json)
    if args.what == "forget":
        return _forget(keys, registry, args.provider)
    return _set(keys, registry, _provider(registry, args.provider))


def _list(keys: Credentials, registry: Registry, *, as_json: bool) -> int:
    accounts = {entry.account: entry.key_variables for entry in registry.providers()}
    found = keys.list(accounts)
    with contextlib.suppress(ConfigError):  # it is in the list already
        found |= keys.unused(accounts)
    if as_json:
        write_json(
            [
                {
                    "provider": name,
                    "source": key.source,
                    "last4": key.secret.last4,
                    "used": name in accounts,
                }
                for name, key in found.items()
                if isinstance(key, Found)
            ]
        )
    problems = {str(key): key for key in found.values() if not isinstance(key, Found)}  # each one once
    for problem in problems.values():
        complain(problem)
    for name, key in found.items():
        if isinstance(key, Found) and not as_json:
            used = name in accounts or name.startswith("mcp.")  # a server of that protocol refers to it
            unused = "" if used else ", not used: no provider has this address now"
            write(f"{one_line(name):20} {key.secret}  {one_line(key.said)}{unused}\n")
    return DONE


def _provider(registry: Registry, name: str) -> ProviderEntry:
    names = [entry.name for entry in registry.providers()]
    if alike(name, names) not in names:
        hint = did_you_mean(name, names, "segue doctor lists them.")
        raise UsageError(f"There is no provider {name!r}", hint)
    return registry.entry(name)


def _set(keys: Credentials, registry: Registry, entry: ProviderEntry) -> int:
    secret = _ask(entry)
    before = keys.kept(entry.account)
    try:
        keys.store(entry.account, secret)
    except OSError as error:
        raise unwritten(keys.file, error, "The key is not kept.") from error
    used = keys.find(entry.account, entry.key_variables)
    if used and used.secret != secret:
        say(f"The key is kept, but {used.source} comes first and holds another one.")
        return DONE
    try:
        models = asyncio.run(registry.discover(entry.name))
    except SegueError as error:
        if isinstance(error, ProviderError) and error.kind is ErrorKind.AUTH:
            _take_back(keys, entry, before)
            raise
        say(f"The key is kept, but it could not be tried: {error}")
        return DONE
    say(f"{entry.title} takes the key and lists {counted(len(models), 'model')}.")
    return DONE


def _ask(entry: ProviderEntry) -> Secret:
    try:
        typed = getpass.getpass(f"Key for {entry.title}: ") if sys.stdin.isatty() else piped_text()
    except EOFError:
        typed = ""
    key = key_in(typed)
    if not key.value:
        raise UsageError("No key was given")
    if key.said:
        say(f"The key is taken {key.said}.")
    return Secret(key.value)


def _take_back(keys: Credentials, entry: ProviderEntry, before: Secret | None) -> None:
    """A key that the server refuses replaces none that was there."""
    if before is None:
        keys.forget(entry.account)
    else:
        keys.store(entry.account, before)


def _forget(keys: Credentials, registry: Registry, name: str) -> int:
    if keys.forget(name):  # as it is listed, whether a provider has it now or not
        return DONE
    entry = _provider(registry, name)
    if keys.forget(entry.account):
        return DONE
    say(f"There is no kept key for {entry.title}.")
    return FAILED
