"""A model from the web: resumed, checked by its hash, by one program at a time, from any source."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections import namedtuple
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from tui.chat.chunks import Progress
from tui.errors import ProviderError
from tui.providers.local.download import download
from tui.providers.local.models import KnownModel, Url

CONTENT = os.urandom(600_000)
HALF = len(CONTENT) // 2


@dataclass
class FileServer:
    """Sends CONTENT, as the path says."""

    url: str = ""
    ranges: list[str] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def whole(self, request: web.Request) -> web.Response:
        """Knows ranges."""
        self.ranges.append(request.headers["Range"])
        start = request.http_range.start or 0
        return web.Response(body=CONTENT[start:], status=206)

    async def rangeless(self, request: web.Request) -> web.Response:
        return web.Response(body=CONTENT)

    async def other(self, request: web.Request) -> web.Response:
        return web.Response(body=bytes(len(CONTENT)))

    async def longer(self, request: web.Request) -> web.StreamResponse:
        """More than it should be, and no length to tell it by."""
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(CONTENT + b"more")
        return response

    async def shorter(self, request: web.Request) -> web.Response:
        return web.Response(body=CONTENT[:-1])

    async def broken(self, request: web.Request) -> web.StreamResponse:
        """Half of it, then the connection breaks."""
        response = web.StreamResponse(headers={"Content-Length": str(len(CONTENT))})
        await response.prepare(request)
        await response.write(CONTENT[:HALF])
        assert request.transport is not None
        request.transport.close()
        return response

    async def held_back(self, request: web.Request) -> web.StreamResponse:
        """Half of it, and no more until ``held`` is set."""
        response = web.StreamResponse(headers={"Content-Length": str(len(CONTENT))})
        await response.prepare(request)
        await response.write(CONTENT[:HALF])
        await self.held.wait()
        await response.write(CONTENT[HALF:])
        return response

    async def moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/whole")

    async def circle(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/circle")

    async def elsewhere(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("ftp://127.0.0.1/whole")


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    files = FileServer()
    app = web.Application()
    for name in (
        "whole",
        "rangeless",
        "other",
        "longer",
        "shorter",
        "broken",
        "held_back",
        "moved",
        "circle",
        "elsewhere",
    ):
        app.router.add_get(f"/{name}", getattr(files, name))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    files.url = f"http://127.0.0.1:{port}"
    yield files
    files.held.set()
    await runner.cleanup()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "tiny.gguf"


def model_at(*addresses: str) -> KnownModel:
    return KnownModel(
        name="tiny",
        title="Tiny",
        licence="MIT",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=tuple(Url(address) for address in addresses),
        context=512,
        sampling={},
        note="",
    )


async def fetch(model: KnownModel, target: Path) -> list[Progress]:
    return [progress async for progress in download(model, target, None)]


async def failure(model: KnownModel, target: Path) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await fetch(model, target)
    return failed.value


async def test_a_file_comes_with_progress_in_bytes(server: FileServer, target: Path) -> None:
    steps = await fetch(model_at(f"{server.url}/whole"), target)
    assert target.read_bytes() == CONTENT
    assert steps[0].text == f"Downloading Tiny (1 MB) from {server.url.removeprefix('http://')}"
    assert steps[-1] == Progress("Checking Tiny", len(CONTENT), len(CONTENT))


async def test_it_goes_on_where_an_earlier_try_ended(server: FileServer, target: Path) -> None:
    error = await failure(model_at(f"{server.url}/broken"), target)
    assert "broke" in error.hint
    begun = target.with_suffix(".part").stat().st_size
    steps = await fetch(model_at(f"{server.url}/whole"), target)
    assert 0 < begun == steps[0].done
    assert server.ranges == [f"bytes={begun}-"]
    assert target.read_bytes() == CONTENT


async def test_a_server_without_ranges_starts_again(server: FileServer, target: Path) -> None:
    await failure(model_at(f"{server.url}/broken"), target)
    await fetch(model_at(f"{server.url}/rangeless"), target)
    assert target.read_bytes() == CONTENT


async def test_the_next_source_goes_on_where_one_broke_and_says_why(server: FileServer, target: Path) -> None:
    steps = await fetch(model_at(f"{server.url}/broken", f"{server.url}/whole"), target)
    assert server.ranges != ["bytes=0-"]
    assert target.read_bytes() == CONTENT
    assert any("broke before" in step.text for step in steps)


async def test_a_bad_beginning_from_an_earlier_try_is_found_out(server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.with_suffix(".part").write_bytes(bytes(HALF))
    await fetch(model_at(f"{server.url}/whole"), target)
    assert server.ranges == [f"bytes={HALF}-", "bytes=0-"]
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("other", "SHA-256"),
        ("longer", "more than 600000 bytes"),
        ("shorter", "599999 bytes, not 600000"),
        ("nowhere", "(404)"),
        ("circle", "circles"),
        ("elsewhere", "not followed"),
    ],
)
async def test_what_is_not_the_file_is_refused(
    server: FileServer, target: Path, path: str, reason: str
) -> None:
    error = await failure(model_at(f"{server.url}/{path}"), target)
    assert error.message == "Tiny could not be downloaded"
    assert reason in error.hint
    assert not target.exists()


async def test_nobody_there(target: Path, unused_tcp_port: int) -> None:
    error = await failure(model_at(f"http://127.0.0.1:{unused_tcp_port}/x"), target)
    assert "Nothing listens" in error.hint


async def test_a_redirect_is_followed(server: FileServer, target: Path) -> None:
    """Hugging Face sends everyone on to another host. No key goes with the request, and the hash decides."""
    await fetch(model_at(f"{server.url}/moved"), target)
    assert target.read_bytes() == CONTENT


async def test_a_stop_keeps_what_has_come(server: FileServer, target: Path) -> None:
    async with aclosing(download(model_at(f"{server.url}/held_back"), target, None)) as steps:
        async for step in steps:
            if step.done:
                break
    kept = target.with_suffix(".part").read_bytes()
    assert kept and CONTENT.startswith(kept)
    assert not target.exists()


async def test_two_programs_fetch_it_once(server: FileServer, target: Path) -> None:
    model = model_at(f"{server.url}/held_back")
    async with aclosing(download(model, target, None)) as first:
        await anext(first)
        await anext(first)
        async with aclosing(download(model_at("http://127.0.0.1:1/never asked"), target, None)) as second:
            assert (await anext(second)).text == "Another Segue is downloading Tiny"
            server.held.set()
            async for _ in first:
                pass
            assert [step async for step in second] == []
    assert target.read_bytes() == CONTENT


async def test_a_full_disk_is_known_before(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(free=40_000_000))
    error = await failure(model_at(f"{server.url}/whole"), target)
    assert error.message == "Not enough room for Tiny: 135 MB needed, 40 MB free"
    assert str(target.parent) in error.hint
    assert server.ranges == []


async def test_a_disk_that_fills_up_meanwhile(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    error = await failure(model_at(f"{server.url}/whole"), target)
    assert error.message == "The disk is full"


async def test_a_cache_that_cant_be_written(target: Path) -> None:
    target.parent.write_text("a file where the folder should be")
    error = await failure(replace(model_at(), sources=()), target)
    assert "can't be kept" in error.message
