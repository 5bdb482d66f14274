"""SOCKS proxies, through the real library and a real proxy of a few lines."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers.http import open_stream, shared_session

pytest.importorskip("aiohttp_socks", reason="an extra")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def get(url: str, **options: Any) -> str:
    async with open_stream("GET", url, **options) as answer:
        return await answer.read()


class Socks:
    """Speaks SOCKS 4a and 5, and plays the server behind it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.login = b""
        self.refusal = 0
        self.requests: list[bytes] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            version = (await reader.readexactly(1))[0]
            await (self._socks5 if version == 5 else self._socks4)(reader, writer)
            while not self.refusal:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """RFC 1928, and RFC 1929 where the client offers a password."""
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x02" if 2 in methods else b"\x05\x00")
        if 2 in methods:
            await reader.readexactly(1)
            user = await reader.readexactly((await reader.readexactly(1))[0])
            self.login = user + b":" + await reader.readexactly((await reader.readexactly(1))[0])
            writer.write(b"\x01\x00")
        *_, kind = await reader.readexactly(4)
        assert kind == 3, "a name and not an address"
        host = await reader.readexactly((await reader.readexactly(1))[0])
        self.asked.append((host.decode(), int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(bytes([5, self.refusal, 0, 1]) + bytes(6))

    async def _socks4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """SOCKS 4a: an impossible address stands for the name behind it."""
        _, *port = await reader.readexactly(3)
        assert await reader.readexactly(4) == b"\x00\x00\x00\x01"
        await reader.readuntil(b"\x00")
        host = (await reader.readuntil(b"\x00")).rstrip(b"\x00")
        self.asked.append((host.decode(), int.from_bytes(bytes(port), "big")))
        writer.write(b"\x00\x5a" + bytes(6))


@pytest.fixture
async def socks():
    made = Socks()
    await made.start()
    yield made
    await made.close()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "socks4a"])
async def test_names_are_found_by_the_proxy(socks, scheme):
    """The proxy gets the host's name rather than what this machine makes of it; connections are kept."""
    async with shared_session():
        for _ in range(2):
            assert await get("http://models.example/v1", proxy=f"{scheme}://127.0.0.1:{socks.port}") == "ok"
    assert socks.asked == [("models.example", 80)]
    assert [request.split(b"\r\n")[0] for request in socks.requests] == [b"GET /v1 HTTP/1.1"] * 2


async def test_user_and_password(socks):
    await get("http://models.example/", proxy=f"socks5://me:hush@127.0.0.1:{socks.port}")
    assert socks.login == b"me:hush"


async def test_from_the_environment(socks, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{socks.port}")
    assert await get("http://models.example/") == "ok"
    assert socks.asked == [("models.example", 80)]


async def test_proxy_that_refuses(socks):
    socks.refusal = 5
    error = await failure(f"socks5://me:hush@127.0.0.1:{socks.port}")
    assert error.message.startswith(f"The proxy 127.0.0.1:{socks.port} failed: Connection refused")


async def test_proxy_that_is_not_there(socks):
    await socks.close()
    error = await failure(f"socks5://me:hush@127.0.0.1:{socks.port}")
    assert f"127.0.0.1:{socks.port}" in error.message


async def test_unknown_scheme():
    await failure("socks9://me:hush@proxy.example:1080")


async def test_part_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiohttp_socks", None)
    error = await failure("socks5://me:hush@proxy.example:1080", ErrorKind.UNAVAILABLE)
    assert error.message.startswith("The proxy proxy.example:1080 is a SOCKS proxy")
    assert "pip install aiohttp-socks" in error.hint


async def failure(proxy: str, kind: ErrorKind = ErrorKind.PROXY) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await get("http://models.example/", proxy=proxy)
    assert raised.value.kind is kind
    assert "hush" not in f"{raised.value} {raised.value!r}"
    return raised.value
