"""``segue mcp``: the servers of the Model Context Protocol."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

from tui.cli.output import DONE, FAILED, INTERRUPTED, complain, say, sentence, write, write_json
from tui.config import Config, McpConfig, config_of, load_config
from tui.config_file import change, changed_text, text_of
from tui.credentials import Credentials
from tui.errors import SegueError, UsageError
from tui.nearest import did_you_mean
from tui.paths import Paths, unwritten
from tui.secret import Secret
from tui.text import clean, one_line, safe_url
from tui.tools.mcp.imports import Found, Imported, changes_of, read_servers, usual_files
from tui.tools.mcp.server import McpServer

_LAST_LINES = 10
"""Of a server's standard error that are shown where it fails."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="list|test|login|import|key")
    for name, words in (
        ("list", "the servers of the config; none is started"),
        ("test", "start a server, and say what it has"),
        ("login", "sign in to a server"),
        ("import", "take over the servers of another program's configuration, after showing what changes"),
        ("key", "keep a key that the config names as ${keyring:NAME}"),
    ):
        command = commands.add_parser(name, help=words, description=sentence(words))
        if name in ("test", "login"):
            command.add_argument("name", metavar="SERVER", help="as [mcp.NAME] in the config")
        if name == "key":
            command.add_argument("name", metavar="NAME", help="as [mcp.NAME] in the config")
        if name in ("list", "test"):
            command.add_argument("--json", action="store_true", help="write one JSON document")
        if name == "login":
            command.add_argument("--open", action="store_true", help="let the browser open the address")
        if name == "import":
            command.add_argument(
                "file", nargs="?", metavar="FILE", help="without it: the files that are there"
            )
            command.add_argument("--yes", action="store_true", help="write it without asking")


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    paths = Paths.default()
    config = load_config(paths.config_file)
    for problem in config.problems:
        complain(problem)
    match args.what:
        case "list":
            return _list(config, as_json=args.json)
        case "test":
            return _with_server(paths, config, args.name, lambda server: _test(server, config, args.json))
        case "login":
            return _with_server(paths, config, args.name, lambda server: _login(server, opens=args.open))
        case "key":
            return _key(paths, config, args.name)
        case _:
            return _import(paths, config, args.file, agreed=args.yes)


# --- list, test, login ------------------------------------------------------------------------------------


def _list(config: Config, *, as_json: bool) -> int:
    if as_json:
        write_json([_document(name, settings) for name, settings in config.mcp.items()])
        return DONE
    if not config.mcp:
        say(f"No server is configured. One begins with [mcp.NAME] in {config.path}; or: segue mcp import")
    width = max((len(name) for name in config.mcp), default=0)
    for name, settings in config.mcp.items():
        off = "" if settings.enabled else "  off"
        write(f"{name:{width}}  {_way(settings):5}  {one_line(_target(settings))}{off}\n")
    return DONE


def _document(name: str, settings: McpConfig) -> dict[str, Any]:
    return {
        "name": name,
        "type": _way(settings),
        "command": settings.command,
        "args": list(settings.args),
        "url": settings.url,
        "enabled": settings.enabled,
        "tools": list(settings.tools) or None,
        "without_tools": list(settings.without_tools),
    }


def _way(settings: McpConfig) -> str:
    return settings.type or ("http" if settings.url else "stdio")


def _target(settings: McpConfig) -> str:
    return settings.url or " ".join([settings.command or "", *settings.args])


def _with_server(paths: Paths, config: Config, name: str, work: Callable[[McpServer], Awaitable[int]]) -> int:
    """Do something with a server, and end it.

    Raises:
        SegueError: There is none of that name, or it can't be done.
    """
    if name not in config.mcp:
        hint = did_you_mean(name, config.mcp, "segue mcp list names them.")
        raise UsageError(f"There is no server {name!r}", hint)
    if not config.mcp[name].enabled:
        raise UsageError(f"{name} is off", f"enabled = false stands in [mcp.{name}].")

    async def main() -> int:
        from tui.engine.mcp_servers import mcp_servers

        servers = mcp_servers(config, paths, Credentials(paths, config))
        try:
            return await work(servers.servers[name])
        finally:
            await servers.close()

    try:
        return asyncio.run(main())
    except KeyboardInterrupt:
        return INTERRUPTED


async def _test(server: McpServer, config: Config, as_json: bool) -> int:
    try:
        tools = await server.tools()
        resources, prompts = await server.resources(), await server.prompts()
    except SegueError as error:
        if as_json:
            write_json(_told(server) | {"ok": False, "error": error.message, "hint": error.hint})
            return FAILED
        complain(error)
        for line in server.status.stderr[-_LAST_LINES:]:
            say(f"       {line}")
        return FAILED
    if as_json:
        specs = [
            {"name": tool.spec.name, "description": tool.spec.description, "read_only": tool.spec.read_only}
            for tool in tools
        ]
        counts = {"resources": len(resources), "prompts": [prompt.name for prompt in prompts]}
        write_json(_told(server) | {"ok": True, "error": None, "tools": specs, **counts})
        return DONE
    _name_unknown(config.mcp[server.name], [tool.spec.name for tool in tools], server.name)
    status = server.status
    write(f"{status.name}: {status.about or 'ready'}, protocol {status.version}\n")
    if status.instructions:
        write(f"{one_line(status.instructions, 400)}\n")
    for tool in tools:
        reads = "reads  " if tool.spec.read_only else ""
        write(f"  {one_line(tool.spec.name, 60)}  {reads}{one_line(tool.spec.description, 100)}\n")
    if not tools:
        write("  no tools\n")
    if resources or prompts:
        write(f"  {len(resources)} resources, {len(prompts)} prompts\n")
    if status.garbage:
        say(f"{status.garbage} lines on its standard output are no messages, as: {status.last_garbage}")
    return DONE


def _name_unknown(settings: McpConfig, offered: Sequence[str], name: str) -> None:
    for wanted in settings.tools:
        if wanted not in offered:
            say(f"{name} has no tool {one_line(wanted, 60)}, which tools in [mcp.{name}] names")


def _told(server: McpServer) -> dict[str, Any]:
    status = server.status
    return {
        "name": status.name,
        "state": status.state.value,
        "server": status.about,
        "protocol": status.version,
        "garbage": status.garbage,
        "stderr": list(status.stderr[-_LAST_LINES:]),
    }


async def _login(server: McpServer, *, opens: bool) -> int:
    async def show(url: str) -> None:
        say(f"Sign in to {server.name} here:")
        say(f"  {url}")
        say("Waiting for the answer of the browser on this machine. Ctrl+C gives up.")
        if opens and safe_url(url):
            import webbrowser

            await asyncio.to_thread(webbrowser.open, url)

    await server.sign_in(show)
    say(f"{server.name} knows you now; nothing has to be done again after a restart.")
    return DONE


# --- key, import ------------------------------------------------------------------------------------------


def _key(paths: Paths, config: Config, name: str) -> int:
    try:
        typed = getpass.getpass(f"Key {one_line(name, 80)}: ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        typed = ""
    if not typed.strip():
        raise UsageError("No key was given")
    _keep(paths, config, {name: typed.strip()})
    say(f"It is kept. In the config: ${{keyring:{name}}}")
    return DONE


def _keep(paths: Paths, config: Config, keys: dict[str, str]) -> None:
    credentials = Credentials(paths, config)
    for name, value in keys.items():
        try:
            credentials.store(name, Secret(value))
        except OSError as error:
            raise unwritten(credentials.file, error, "The key is not kept.") from None


def _import(paths: Paths, config: Config, file: str | None, *, agreed: bool) -> int:
    if file is None:
        return _name_files()
    imported = read_servers(Path(file).expanduser())
    for words in imported.left_out:
        say(f"left out: {words}")
    new = [each for each in imported.servers if not _left_out(config, each)]
    if not new:
        say("There is nothing to take over.")
        return DONE
    changes = {at: value for each in new for at, value in changes_of(each).items()}
    before = text_of(config.path)
    write("".join(_difference(before, changed_text(config.path, before, changes), config.path)))
    secrets = {name: value for each in new for name, value in each.secrets.items()}
    for name in secrets:
        say(f"The key {name} is kept apart, in {paths.config / 'keys.json'}, and not in the config.")
    if not agreed and not _agrees():
        say("Nothing was changed.")
        return DONE
    _keep(paths, config, secrets)
    change(config.path, changes)
    say(f"{_count(imported, len(new))} in {config.path}. Try one: segue mcp test {new[0].name}")
    return DONE


def _left_out(config: Config, server: Found) -> bool:
    """Whether a server is not taken over; says why."""
    why = "is in the config already" if server.name in config.mcp else _wrong(config.path, server)
    if why:
        say(f"left out: {server.name} {one_line(why, 200)}")
    return bool(why)


def _wrong(path: Path, server: Found) -> str:
    """What the config would have to say against a server; empty where nothing."""
    alone = config_of(path, changed_text(path, "", changes_of(server)))
    return next((f"can't be used: {each.message}" for each in alone.problems if each.at[:1] == ("mcp",)), "")


def _name_files() -> int:
    found = list(usual_files(Path.home()))
    for file in found:
        write(f"{file}\n")
    say("Name one of them: segue mcp import FILE" if found else "No configuration that is known was found.")
    return DONE


def _count(imported: Imported, new: int) -> str:
    return f"{new} of {len(imported.servers)} servers are" if len(imported.servers) > 1 else "The server is"


def _difference(before: str, after: str, path: Path) -> list[str]:
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), str(path), str(path)
    )
    return [line if line.endswith("\n") else f"{line}\n" for line in map(clean, lines)]


def _agrees() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here", "With --yes it is written without asking.")
    say("Add this to the config? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
