"""A picture that is elsewhere: from the host that was named, by the rules of web pages, or a clear line."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.pictures import RED, png
from tests.providers.conftest import Server
from tui.config import Config, ToolsConfig
from tui.engine.remote_picture import Route, host_of, load_picture
from tui.errors import SegueError
from tui.tools.builtin.fetching import ElsewhereError

CAT = png(40, 40, RED)
ALLOWED = Route.of(Config(tools=ToolsConfig(allow_hosts=("127.0.0.1",))))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    await made.start()
    yield made
    await made.close()


def sends(body: bytes, status: str = "200 OK", **headers: str) -> Any:
    return lambda exchange: exchange.whole(body, status, **headers)


async def test_a_picture_is_loaded_without_saying_who_asks(server):
    server.answer = sends(CAT, Content_Type="image/png")
    file = await load_picture(f"{server.url}/my%20cat", ALLOWED)
    assert (file.name, file.media_type, file.data) == ("my cat.png", "image/png", CAT)
    [request] = server.requests
    assert request.headers["accept"].startswith("image/png")
    assert not {"cookie", "authorization", "referer"} & request.headers.keys()


@pytest.mark.parametrize(
    ("body", "status", "kind", "words"),
    [
        (b"<html>no</html>", "200 OK", "text/html", "sent text/html, no picture that is known here"),
        (b"<svg xmlns='x'/>", "200 OK", "image/svg+xml", "sent image/svg+xml, no picture"),
        (b"", "200 OK", "image/png", "no picture that is known here"),
        (b"gone", "404 Not Found", "text/plain", "answered with status 404"),
        (b"%PDF-1.4", "200 OK", "application/pdf", "sent application/pdf, no picture"),
    ],
)
async def test_what_is_no_picture_is_said(server, body, status, kind, words):
    server.answer = sends(body, status, Content_Type=kind)
    with pytest.raises(SegueError) as raised:
        await load_picture(f"{server.url}/cat.png", ALLOWED)
    assert words in str(raised.value)


async def test_one_that_is_too_large_is_left_where_it_is(server, monkeypatch):
    monkeypatch.setattr("tui.engine.remote_picture.LARGEST", 100)
    server.answer = sends(png(400, 400, RED) + bytes(1000), Content_Type="image/png")
    with pytest.raises(SegueError, match="too large: more than 100 bytes"):
        await load_picture(f"{server.url}/cat.png", ALLOWED)


async def test_the_own_network_is_not_asked_unless_it_was_allowed(server):
    with pytest.raises(SegueError, match="not in the public network"):
        await load_picture(f"{server.url}/cat.png", Route())
    assert not server.requests


async def test_another_host_is_not_followed_to_but_named(server):
    server.answer = sends(b"", "302 Found", Location="https://other.example/" + "x" * 600)
    with pytest.raises(ElsewhereError) as raised:
        await load_picture(f"{server.url}/cat.png", ALLOWED)
    assert raised.value.address == "https://other.example/" + "x" * 600
    assert len(server.requests) == 1


async def test_a_picture_that_stands_in_its_address_asks_nobody():
    address = f"data:image/png;base64,{base64.b64encode(CAT).decode()}"
    assert host_of(address) == ""
    assert (await load_picture(address, Route())).data == CAT


@pytest.mark.parametrize("address", ["ftp://a.test/x.png", "https://a@b.test/x.png", "file:///x", "x", ""])
async def test_only_plain_addresses_of_the_web_are_asked(address):
    with pytest.raises(SegueError):
        host_of(address)
    with pytest.raises(SegueError):
        await load_picture(address, Route())


async def test_the_server_sees_that_nobody_waits_any_more(server):
    begun, left = asyncio.Event(), asyncio.Event()

    async def answer(exchange: Any) -> None:
        await exchange.head(Content_Type="image/png")
        await exchange.chunk(CAT[:50])
        begun.set()
        await exchange.until_client_leaves()
        left.set()

    server.answer = answer
    loading = asyncio.create_task(load_picture(f"{server.url}/cat.png", ALLOWED))
    await asyncio.wait_for(begun.wait(), 30)
    loading.cancel()
    await asyncio.wait_for(left.wait(), 30)
    assert loading.cancelled()
