"""A server at an address: what it says when it refuses is told, and nothing leaves for anywhere else."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.tools.mcp.conftest import PATIENCE, Start, call
from tests.tools.mcp.http_server import HttpServer
from tui.config import McpConfig
from tui.paths import Paths
from tui.tools.mcp.failures import McpError
from tui.tools.mcp.network import Network
from tui.tools.mcp.server import State
from tui.tools.mcp.servers import McpServers


@pytest.fixture
async def far() -> AsyncIterator[HttpServer]:
    server = HttpServer()
    await server.start()
    yield server
    await server.stop()


async def test_a_server_at_an_address_is_used(start: Start, far: HttpServer):
    server = start(McpConfig(url=far.url, headers={"X-Team": "blue"}))
    assert [tool.spec.name for tool in await server.tools()] == ["echo"]
    assert (await call(server, "echo", a=1)).text == '{"a": 1}'
    assert all(headers["X-Team"] == "blue" for _, _, headers, _ in far.requests)
    await server.close()
    assert far.requests[-1][0] == "DELETE", "the session is ended"


async def test_the_words_of_a_server_elsewhere_are_strangers_words_whatever_it_says(
    start: Start, far: HttpServer
):
    [echo] = await start(McpConfig(url=far.url)).tools()
    assert echo.spec.open_world and echo.scope({}) is not None


async def test_nothing_of_the_environment_decides_the_way(start: Start, far: HttpServer, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert not (await call(start(McpConfig(url=far.url)), "echo")).is_error


async def test_our_proxy_is_used(paths: Paths, network: Network, far: HttpServer):
    proxied = replace(network, proxy=lambda url: f"http://127.0.0.1:{far.port}")
    servers = McpServers(
        {"notes": McpConfig(url="http://notes.example/mcp")}, paths, proxied, lambda name: None
    )
    try:
        assert not (await call(servers.servers["notes"], "echo")).is_error
        assert {headers["Host"] for _, _, headers, _ in far.requests} == {"notes.example"}
    finally:
        await servers.close()


@pytest.mark.parametrize(
    "answer, words",
    [
        (
            lambda: web.json_response({"error": {"message": "the disk \x1b[31mis full"}}, status=500),
            "the disk ␛[31mis",
        ),
        (lambda: web.Response(status=503, text="come back on Monday"), "HTTP 503: come back on Monday"),
        (lambda: web.Response(status=502, text="<html>Bad gateway</html>"), "HTTP 502"),
        (lambda: web.json_response({"error_description": "not today"}, status=403), "HTTP 403: not today"),
    ],
)
async def test_a_refusal_is_told_in_the_words_of_the_server(
    start: Start, far: HttpServer, answer, words: str
):
    server = start(McpConfig(url=far.url))
    await server.start()

    async def refuse(request: web.Request) -> web.Response | None:
        return answer() if request.method == "POST" else None

    far.first = refuse
    outcome = await call(server, "echo")
    assert outcome.is_error and words in outcome.text
    far.first = None
    assert not (await call(server, "echo")).is_error


async def test_a_server_that_is_not_there_is_named(start: Start, far: HttpServer):
    await far.stop()
    server = start(McpConfig(url=far.url))
    with pytest.raises(McpError, match=rf"127\.0\.0\.1:{far.port} can't be reached"):
        await server.start()
    assert server.status.state is State.GONE
    await far.start()
    assert not (await call(server, "echo")).is_error


async def test_a_refused_request_ends_its_call_and_the_next_one_connects_anew(start: Start, far: HttpServer):
    server = start(McpConfig(url=far.url))
    await server.start()
    await far.stop()
    outcome = await call(server, "echo")
    assert outcome.is_error and "can't be reached" in outcome.text
    await far.restart()
    assert not (await call(server, "echo")).is_error


async def test_a_server_that_was_restarted_is_connected_to_once_more_and_the_call_made_once(
    start: Start, far: HttpServer
):
    server = start(McpConfig(url=far.url))
    assert not (await call(server, "echo")).is_error
    await far.restart()
    assert not (await call(server, "echo")).is_error
    assert far.calls == 2


async def test_a_server_that_always_forgets_is_not_asked_for_ever(start: Start, far: HttpServer):
    server = start(McpConfig(url=far.url))
    await server.start()

    async def forget(request: web.Request) -> web.Response | None:
        body = await request.text()
        return web.Response(status=404) if "tools/call" in body else None

    far.first = forget
    outcome = await call(server, "echo")
    assert outcome.is_error and "HTTP 404" in outcome.text
    assert len(far.bodies("tools/call")) == 2


async def test_no_redirect_leads_away_from_the_server(start: Start, far: HttpServer):
    other = HttpServer()
    await other.start()
    server = start(McpConfig(url=far.url, headers={"Authorization": "Bearer for-far-only-1234"}))
    await server.start()

    async def redirect(request: web.Request) -> web.Response | None:
        return web.Response(status=307, headers={"Location": other.url}) if request.method == "POST" else None

    far.first = redirect
    outcome = await call(server, "echo")
    assert outcome.is_error and "not followed" in outcome.text
    assert not other.requests
    await other.stop()


async def test_a_server_that_knows_only_the_older_way_is_spoken_to_in_it(start: Start, far: HttpServer):
    far.only_events = True
    server = start(McpConfig(url=far.url))
    assert (await call(server, "echo", a=1)).text == '{"a": 1}'
    assert any(path == "/messages" for _, path, _, _ in far.requests)


async def test_a_refusal_in_the_older_way_does_not_let_a_call_wait(start: Start, far: HttpServer):
    far.only_events = True
    server = start(McpConfig(url=far.url, type="sse"))
    await server.start()

    async def refuse(request: web.Request) -> web.Response | None:
        return web.Response(status=500, text="no more") if request.path == "/messages" else None

    far.first = refuse
    async with asyncio.timeout(PATIENCE):
        outcome = await call(server, "echo")
    assert outcome.is_error and "HTTP 500: no more" in outcome.text


async def test_where_the_way_is_named_no_other_is_tried(start: Start, far: HttpServer):
    far.only_events = True
    with pytest.raises(McpError, match="HTTP 405"):
        await start(McpConfig(url=far.url, type="http")).start()


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_end_fails_its_call_alone(start: Start, far: HttpServer, packed: bool):
    server = start(McpConfig(url=far.url))
    await server.start()

    async def large(request: web.Request) -> web.Response | None:
        if "tools/call" not in await request.text():
            return None
        if packed:
            body = gzip.compress(
                b'{"jsonrpc": "2.0", "id": 3, "result": {"x": "' + b"y" * 50_000_000 + b'"}}'
            )
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
            return web.Response(body=body, headers=headers)
        return web.Response(body=b"x" * 9_000_000, content_type="application/json")

    far.first = large
    outcome = await call(server, "echo")
    assert outcome.is_error and ("longer than 8 MB" in outcome.text or "parse" in outcome.text.lower())
    far.first = None
    assert not (await call(server, "echo")).is_error


async def test_a_key_does_not_go_over_a_way_that_all_can_read(paths: Paths, network: Network):
    public = replace(network, is_private=lambda url: False)
    settings = McpConfig(url="http://notes.example/mcp", headers={"Authorization": "Bearer ${TOKEN:-abc}"})
    servers = McpServers({"notes": settings}, paths, public, lambda name: None)
    with pytest.raises(McpError, match="not sent over plain http"):
        await servers.servers["notes"].start()
