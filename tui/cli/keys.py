"""``segue keys``: API keys in a file that only this user can read."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import getpass
import sys

from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, FAILED, complain, say, write, write_json
from tui.credentials import Found
from tui.engine.workspace import Workspace
from tui.errors import ConfigError, ErrorKind, ProviderError, SegueError, UsageError
from tui.providers.registry import ProviderEntry
from tui.secret import Secret
from tui.text import one_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="which keys are found, where, and their last four characters")
    listing.add_argument("--json", action="store_true", help="write one JSON document")
    for name, words in (
        ("set", "keep a key; it is asked for, or read from standard input"),
        ("forget", "remove it"),
    ):
        commands.add_parser(name, help=words).add_argument("provider", metavar="PROVIDER")


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""

    async def keys(workspace: Workspace) -> int:
        if args.what == "list":
            return _list(workspace, as_json=args.json)
        if args.what == "forget":
            return _forget(workspace, args.provider)
        return await _set(workspace, _provider(workspace, args.provider))

    return run_with_workspace(keys, temporary=True)


def _list(workspace: Workspace, *, as_json: bool) -> int:
    accounts = {entry.account: entry.key_variables for entry in workspace.registry.providers()}
    found = workspace.credentials.list(accounts)
    with contextlib.suppress(ConfigError):  # it is in the list already
        found |= workspace.credentials.unused(accounts)
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
    for name, key in found.items():
        if not isinstance(key, Found):
            complain(key)
        elif not as_json:
            unused = "" if name in accounts else ", not used: no provider has this address now"
            write(f"{one_line(name):20} {key.secret}  {one_line(key.source)}{unused}\n")
    return DONE


def _provider(workspace: Workspace, name: str) -> ProviderEntry:
    names = [entry.name for entry in workspace.registry.providers()]
    if name.lower() not in names:
        close = difflib.get_close_matches(name.lower(), names, n=1)
        hint = f"Did you mean {close[0]}?" if close else "segue doctor lists them."
        raise UsageError(f"There is no provider {name!r}", hint)
    return workspace.registry.entry(name)


async def _set(workspace: Workspace, entry: ProviderEntry) -> int:
    secret = _ask(entry)
    before = workspace.credentials.find(entry.account, entry.key_variables)
    try:
        workspace.credentials.store(entry.account, secret)
    except OSError as error:
        raise SegueError(
            f"The key can't be kept: {error.strerror}", f"Check the rights of {workspace.paths.config}."
        ) from error
    used = workspace.credentials.find(entry.account, entry.key_variables)
    if used and used.secret != secret:
        say(f"The key is kept, but {used.source} comes first and holds another one.")
        return DONE
    try:
        models = await workspace.registry.discover(entry.name)
    except SegueError as error:
        if isinstance(error, ProviderError) and error.kind is ErrorKind.AUTH:
            _take_back(workspace, entry, before)
            raise
        say(f"The key is kept, but it could not be tried: {error}")
        return DONE
    say(f"{entry.title} takes the key and lists {len(models)} models.")
    return DONE


def _ask(entry: ProviderEntry) -> Secret:
    typed = getpass.getpass(f"Key for {entry.title}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not typed.strip():
        raise UsageError("No key was given")
    return Secret(typed.strip())


def _take_back(workspace: Workspace, entry: ProviderEntry, before: Found | None) -> None:
    """A key that the server refuses replaces none that was there."""
    workspace.credentials.forget(entry.account)
    if before is not None:
        workspace.credentials.store(entry.account, before.secret)


def _forget(workspace: Workspace, name: str) -> int:
    if workspace.credentials.forget(name):  # as it is listed, whether a provider has it now or not
        return DONE
    entry = _provider(workspace, name)
    if workspace.credentials.forget(entry.account):
        return DONE
    say(f"There is no kept key for {entry.title}.")
    return FAILED
