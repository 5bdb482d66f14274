"""``segue doctor``: what this installation is, and what is wrong with it."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import stat
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from tui import __version__
from tui.cli.assemble import run_with_workspace
from tui.cli.config import mistakes
from tui.cli.output import DONE, FAILED, write, write_json
from tui.cli.where import history_place
from tui.config import Config, load_config
from tui.engine.workspace import Workspace
from tui.errors import SegueError
from tui.history.look import Verdict
from tui.paths import Paths
from tui.providers.registry import ProviderEntry
from tui.secret import redact, without_password
from tui.text import counted, one_line

if TYPE_CHECKING:
    from tui.app.terminal.kinds import TerminalKind
    from tui.app.terminal.turning import Wish

_MARKS = {"ok": "●", "note": "◦", "wrong": "×"}
_PACKAGES = (
    "textual",
    "aiohttp",
    "markdown-it-py",
    "pygments",
    "xllamacpp",
    "g4f",
    "keyring",
    "aiohttp-socks",
    "asyncpg",
    "pillow",
    "arabic-reshaper",
)


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    area: str
    name: str
    verdict: Verdict
    words: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    parser.add_argument(
        "--live", action="store_true", help="ask each provider that can be used for its models"
    )


def run(args: argparse.Namespace) -> int:
    """Look, and tell.

    Returns:
        0 if nothing is wrong, 1 if something is, else what ended it.
    """
    paths = Paths.default()
    config = load_config(paths.config_file)
    findings = [*_versions(), *_folders(paths), *_settings(config), *_history(paths, config)]
    findings += [*_terminal(config), *_network(config)]

    async def providers(workspace: Workspace) -> int:
        findings.extend(await _providers(workspace, live=args.live))
        return DONE

    code = run_with_workspace(providers, temporary=True)
    if code != DONE:
        return code
    if args.json:
        write_json([asdict(finding) | {"words": redact(finding.words)} for finding in findings])
    else:
        _print(findings)
    return FAILED if any(finding.verdict == "wrong" for finding in findings) else DONE


def _print(findings: Sequence[Finding]) -> None:
    area = ""
    for finding in findings:
        if finding.area != area:
            write(f"{'' if not area else chr(10)}{finding.area}\n")
            area = finding.area
        write(f"  {_MARKS[finding.verdict]} {one_line(finding.name):22} {one_line(redact(finding.words))}\n")
    wrong = [one_line(finding.name) for finding in findings if finding.verdict == "wrong"]
    write(f"\n{len(wrong) or 'nothing'} wrong{': ' if wrong else ''}{', '.join(wrong)}\n")


def _versions() -> Iterator[Finding]:
    from tui.history.examination import database_version

    yield Finding("versions", "segue", "ok", __version__)
    yield Finding("versions", "python", "ok", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("versions", "sqlite", "ok", database_version())
    for package in _PACKAGES:
        try:
            yield Finding("versions", package, "ok", importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            yield Finding("versions", package, "note", "not installed (an extra)")


def _folders(paths: Paths) -> Iterator[Finding]:
    for name, folder in (
        ("config", paths.config),
        ("data", paths.data),
        ("cache", paths.cache),
        ("log", paths.log),
    ):
        try:
            there = next(place for place in (folder, *folder.parents) if _is_there(place))
        except OSError as error:
            yield Finding("folders", name, "wrong", f"{folder} can't be looked at: {error.strerror}")
            continue
        if not there.is_dir():
            yield Finding("folders", name, "wrong", f"{there} is not a folder")
        elif not os.access(there, os.W_OK):
            yield Finding("folders", name, "wrong", f"{there} may not be written")
        elif there != folder:
            yield Finding("folders", name, "ok", f"{folder} (made when it is needed)")
        elif os.name != "nt" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
            yield Finding("folders", name, "note", f"{folder} can be read by others: chmod 700 {folder}")
        else:
            yield Finding("folders", name, "ok", str(folder))


def _is_there(place: Path) -> bool:
    """Whether there is such a place; it is an error if that can't be known."""
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _settings(config: Config) -> Iterator[Finding]:
    problems = mistakes(config)
    for problem in problems:
        yield Finding("settings", "config.toml", "wrong", str(problem))
    if not problems:
        there = config.path.exists()
        yield Finding(
            "settings", "config.toml", "ok", "no mistakes" if there else "not there; defaults are used"
        )


def _history(paths: Paths, config: Config) -> Iterator[Finding]:
    from tui.history.examination import examine

    try:
        looks = asyncio.run(examine(history_place(paths, config)))
    except SegueError as error:
        yield Finding("history", "place", "wrong", str(error))
        return
    for look in looks:
        yield Finding("history", look.name, look.verdict, look.words)


def _terminal(config: Config) -> Iterator[Finding]:
    from tui.system.clipboard import terminal_trouble, tools

    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "")
    colours = os.environ.get("COLORTERM") or ("none (NO_COLOR)" if "NO_COLOR" in os.environ else "by TERM")
    yield Finding(
        "terminal", "is one", "ok" if sys.stdout.isatty() else "note", str(sys.stdout.isatty()).lower()
    )
    yield Finding("terminal", "TERM", "ok" if term not in ("", "dumb") else "note", term or "not set")
    small = size.columns < 40 or size.lines < 10
    yield Finding("terminal", "size", "wrong" if small else "ok", f"{size.columns}×{size.lines}")
    yield Finding("terminal", "colours", "ok", colours)
    yield Finding("terminal", "encoding", "ok", sys.stdout.encoding)
    found = dict.fromkeys(tool.name for tool in tools(os.environ, sys.platform))
    trouble = terminal_trouble(os.environ, "")
    words = ", ".join(found) or trouble or "the terminal's own (OSC 52)"
    yield Finding("terminal", "clipboard", "note" if trouble and not found else "ok", words)
    yield from _notices(config)


def _notices(config: Config) -> Iterator[Finding]:
    """What the terminal takes besides text: how the person is told of a reply, what tmux keeps to itself."""
    from tui.app.terminal.kinds import TerminalKind
    from tui.system import desktop, tmux

    kind = TerminalKind.of(os.environ)
    if kind.inside == "tmux":
        client = asyncio.run(tmux.client())
        kind = kind.behind(client.terminal, client.environment, passes=client.passes)
        for name, on, lost in (
            ("focus-events", client.tells_focus, "Segue can't know which window you look at"),
            ("allow-passthrough", client.passes, "notices of the terminal become a bell"),
        ):
            words = "on" if on else f"off, so {lost}: tmux set -g {name} on"
            yield Finding("terminal", f"tmux {name}", "ok" if on else "note", words)
    command = desktop.command_of("", os.environ, sys.platform)
    system = f", {command[0]}" if command and shutil.which(command[0]) else ""
    name = f" ({kind.name})" if kind.name else ""
    yield Finding("terminal", "notices", "ok", f"{kind.notice}{name}{system}")
    yield _pictures(kind)
    yield _right_to_left(kind, config.bidi)


def _pictures(kind: TerminalKind) -> Finding:
    """How pictures are drawn among the messages, and alone where that is done by other means."""
    from tui.app.terminal.abilities import FEW, TRUE, Abilities

    able = Abilities.of(os.environ)
    if importlib.util.find_spec("PIL") is None:
        return Finding("terminal", "pictures", "note", "only their names: pip install 'segue[pictures]'")
    if able.ascii or able.colours == FEW or "NO_COLOR" in os.environ:
        return Finding("terminal", "pictures", "note", "only their names: it has too few colours or glyphs")
    if kind.placeholders and able.colours == TRUE:
        return Finding("terminal", "pictures", "ok", "by kitty's protocol")
    alone = f"; alone on the screen (p) by {kind.pixels}" if kind.pixels else ""
    return Finding("terminal", "pictures", "ok", f"as cells of two pixels{alone}")


def _right_to_left(kind: TerminalKind, wish: Wish) -> Finding:
    """Who puts text into the order in which it is seen, where it runs from right to left."""
    from tui.app.terminal.kinds import Turner
    from tui.app.terminal.turning import turned_by_us

    if not turned_by_us(kind, wish):
        words = "left as it was written (bidi = off)" if wish == "off" else "left to the terminal"
    elif kind.turner is Turner.ASKED:
        words = "put in order by Segue, which asks the terminal to leave it so"
    elif kind.turner in (Turner.WORDS, Turner.PARTED) and wish == "auto":
        words = "put in order by Segue, which leaves the letters of each word to the terminal"
    elif kind.turner in (Turner.TERMINAL, Turner.WORDS) or importlib.util.find_spec("arabic_reshaper"):
        words = "put in order by Segue"
    else:
        words = "put in order by Segue; for joined Arabic letters: pip install 'segue[rtl]'"
    return Finding("terminal", "right to left", "ok", words)


def _network(config: Config) -> Iterator[Finding]:
    proxies = {"config": config.proxy} if config.proxy else urllib.request.getproxies()
    words = ", ".join(f"{name}: {without_password(url)}" for name, url in proxies.items()) or "none"
    yield Finding("network", "proxy", "ok", words)


async def _providers(workspace: Workspace, *, live: bool) -> list[Finding]:
    entries = workspace.registry.providers()
    problems = [*workspace.registry.problems, *workspace.credentials.problems]
    troubles = [Finding("providers", "problem", "wrong", str(problem)) for problem in problems]
    if not live:
        return [*troubles, *(_provider(entry) for entry in entries)]
    return [*troubles, *await asyncio.gather(*(_asked(workspace, entry) for entry in entries))]


def _provider(entry: ProviderEntry) -> Finding:
    words = entry.reason or (f"key from {entry.key_source}" if entry.key_source else "needs no key")
    return Finding("providers", entry.name, "ok" if entry.available else "note", words)


async def _asked(workspace: Workspace, entry: ProviderEntry) -> Finding:
    if not entry.askable:
        return _provider(entry)
    try:
        models = await workspace.registry.discover(entry.name)
    except SegueError as error:
        return Finding("providers", entry.name, "wrong" if entry.available else "note", str(error))
    key = f"key from {entry.key_source}" if entry.key_source else "needs no key"
    if not models:
        return Finding("providers", entry.name, "note", f"{key}; lists no models that can chat")
    return Finding("providers", entry.name, "ok", f"{key}; lists {counted(len(models), 'model')}")
