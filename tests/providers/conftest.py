"""A local server that can go wrong in every way, what came from it, and a mocked aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import socket
import struct
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import aioresponses.core
import pytest

from tui.chat.chunks import Chunk, Finish, FinishReason, Image, Notice, Reasoning, Source, Sources, Usage
from tui.errors import ProviderError
from tui.providers.http import Timeouts

if "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters:
    # aioresponses 0.7.9 does not know aiohttp 3.14's new argument (pnuckowski/aioresponses #289).
    class _Response(aiohttp.ClientResponse):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("stream_writer", types.SimpleNamespace(output_size=0))
            super().__init__(*args, **kwargs)

    aioresponses.core.ClientResponse = _Response


@pytest.fixture(autouse=True)
def no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxies and certificates of the machine that runs the tests play no part."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def there_is_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests need none, and some machines that run them have none."""
    monkeypatch.setattr("tui.providers.connection_errors.no_way_out", lambda: False)


@pytest.fixture
def mocked() -> Iterator[aioresponses.aioresponses]:
    """aiohttp's answers from a table, for requests that need no real server."""
    with aioresponses.aioresponses() as table:
        yield table


# --- the server -----------------------------------------------------------------------------------------


@dataclass
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    raw_names: list[str]
    """Names as they were written, in order."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """One request and the means to answer it, byte by byte."""

    def __init__(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes as they are, and let the client read them before more is sent."""
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0)

    async def head(self, status: str = "200 OK", *, chunked: bool = True, **headers: str) -> None:
        """The status line and the headers; underscores in names are hyphens."""
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        await self.send("\r\n".join([*lines, "", ""]).encode())

    async def chunk(self, data: bytes) -> None:
        if data:
            await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def end(self) -> None:
        await self.send(b"0\r\n\r\n")

    async def whole(self, body: bytes, status: str = "200 OK", **headers: str) -> None:
        """An answer with a Content-Length."""
        await self.head(status, chunked=False, **headers, Content_Length=str(len(body)))
        await self.send(body)

    async def reset(self) -> None:
        """Break the connection as a crash does."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_client_leaves(self) -> None:
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


Answer = Callable[[Exchange], Awaitable[None]]


class Server:
    """Answers every request on a free port of this machine with ``answer``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.client_left = asyncio.Event()
        self.answer: Answer = self._unexpected
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str = "127.0.0.1", **options: Any) -> None:
        self._server = await asyncio.start_server(self._connected, host, 0, limit=2**26, **options)

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _unexpected(self, exchange: Exchange) -> None:
        raise AssertionError(f"unexpected request: {exchange.request}")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while request := await self._read(reader):
                self.requests.append(request)
                await self.answer(Exchange(request, reader, writer))
                if writer.is_closing():
                    break
        except ConnectionError:
            pass
        finally:
            self.client_left.set()
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.split("\r\n")[:-2]
        method, target, _ = first.split(" ", 2)
        pairs = [line.split(": ", 1) if ": " in line else [line.rstrip(":"), ""] for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, target, headers, [name for name, _ in pairs], body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def start_server() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Starts further servers: a proxy, one with TLS."""
    made: list[Server] = []

    async def start(answer: Answer | None = None, **options: Any) -> Server:
        made.append(Server())
        if answer:
            made[-1].answer = answer
        await made[-1].start(**options)
        return made[-1]

    yield start
    for each in made:
        await each.close()


@pytest.fixture
def hasty() -> Timeouts:
    """Limits for what never comes."""
    return Timeouts(connect=0.4, headers=0.4, idle=0.4, error_body=0.4, after_finish=0.3, drain=0.1)


# --- what came ------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """All that a provider yielded, and what it raised."""

    chunks: list[Chunk] = field(default_factory=list)
    error: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(c for c in self.chunks if isinstance(c, str))

    @property
    def reasoning(self) -> str:
        return "".join(c.text for c in self.chunks if isinstance(c, Reasoning))

    @property
    def finish(self) -> FinishReason | None:
        found = [c.reason for c in self.chunks if isinstance(c, Finish)]
        assert len(found) <= 1 and (not found or isinstance(self.chunks[-1], Finish))
        return found[0] if found else None

    @property
    def usage(self) -> Usage | None:
        return next((c for c in reversed(self.chunks) if isinstance(c, Usage)), None)

    @property
    def notices(self) -> list[str]:
        return [c.text for c in self.chunks if isinstance(c, Notice)]

    @property
    def sources(self) -> list[Source]:
        return [s for c in self.chunks if isinstance(c, Sources) for s in c.items]

    @property
    def images(self) -> list[Image]:
        return [c for c in self.chunks if isinstance(c, Image)]


@pytest.fixture
def ask() -> Callable[..., Awaitable[Outcome]]:
    """Asks a provider and gathers everything until its end; only our own errors may end it.

    ``seen`` is told the text so far with every chunk.
    """

    async def gather(
        provider: Any, prompt: str = "Hi", seen: Callable[[str], Any] = lambda text: None, **options: Any
    ) -> Outcome:
        outcome = Outcome()
        messages = options.pop("messages", [{"role": "user", "content": prompt}])
        model = options.pop("model", "m")
        try:
            async for chunk in provider.create_async_generator(model, messages, **options):
                outcome.chunks.append(chunk)
                seen(outcome.text)
        except ProviderError as error:
            outcome.error = error
        return outcome

    return gather
