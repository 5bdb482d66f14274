"""The way to a server at an address: our proxy and certificates, bodies with an end, and failures in words.

In the SDK one request that fails ends the whole session, and an error of the server is "an error response".
So every request passes a transport that answers for a server that can't be reached, and keeps what it said.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from functools import partial
from urllib.parse import urlsplit

import httpx2
from mcp.client._transport import TransportStreams
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client

from tui.secret import redact
from tui.text import one_line
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.failures import McpError
from tui.tools.mcp.link import Address
from tui.tools.mcp.network import Trouble
from tui.tools.mcp.oauth import sign_in_for

LARGEST_BODY = 8_000_000
_CONNECT_SECONDS = 10.0
_KEY_HEADERS = frozenset({"authorization", "x-api-key", "api-key", "cookie"})
_LONGEST_WORDS = 300
_ERROR_BYTES = 64_000
_ERROR_SECONDS = 5.0
_OK, _UNREACHABLE = 200, 503
_STREAM = "text/event-stream"

troubles_of_call: ContextVar[list[Trouble] | None] = ContextVar("troubles_of_call", default=None)
"""Where the call in whose context a request is sent wants to read what went wrong."""


async def address_streams(
    name: str, address: Address, noticed: Callable[[Trouble], None], durations: Durations
) -> AbstractAsyncContextManager[TransportStreams]:
    """The way to an address.

    Raises:
        McpError: What is secret would go readable for all.
    """
    if _carries_key(address.headers) and _is_readable_for_all(address):
        raise McpError(f"{name}: the key is not sent over plain http, where all on the way can read it")
    tls = await asyncio.to_thread(address.network.tls)
    auth = await sign_in_for(name, address, durations)
    make = partial(_client, address, noticed, tls, auth)
    return _events(address.url, make) if address.events else _streamable(address.url, make)


def _is_readable_for_all(address: Address) -> bool:
    return urlsplit(address.url).scheme == "http" and not address.network.is_private(address.url)


def _carries_key(headers: Mapping[str, str]) -> bool:
    return any(name.lower() in _KEY_HEADERS for name in headers)


@asynccontextmanager
async def _streamable(url: str, make: Callable[[], httpx2.AsyncClient]) -> AsyncIterator[TransportStreams]:
    """The newer way: each request a POST, its answer JSON or a stream of events."""
    async with (
        make() as client,
        streamable_http_client(url, http_client=client, max_sse_event_size=LARGEST_BODY) as streams,
    ):
        yield streams


@asynccontextmanager
async def _events(url: str, make: Callable[[], httpx2.AsyncClient]) -> AsyncIterator[TransportStreams]:
    """The older way: one stream of events, and a POST for each thing that we say."""

    def client(
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,  # would end a stream that has nothing to say
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        return make()

    async with sse_client(url, httpx_client_factory=client) as streams:
        yield streams


def _client(
    address: Address,
    noticed: Callable[[Trouble], None],
    tls: ssl.SSLContext,
    auth: httpx2.Auth | None,
) -> httpx2.AsyncClient:
    proxy = address.network.proxy(address.url)
    transport = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False, proxy=proxy)
    return httpx2.AsyncClient(
        headers={**address.headers, "Accept-Encoding": "identity"},
        auth=auth,
        transport=_Watched(transport, address, noticed),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),  # the calls have clocks of their own
    )


class _Watched(httpx2.AsyncBaseTransport):
    """Notes what goes wrong; where there is no answer it gives one."""

    def __init__(
        self, inner: httpx2.AsyncBaseTransport, address: Address, noticed: Callable[[Trouble], None]
    ) -> None:
        self._inner = inner
        self._address = address
        self._noticed = noticed

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        noticed = _Noticed(self._noticed, troubles_of_call.get(), self._concerns_server(request))
        try:
            response = await self._inner.handle_async_request(request)
        except (httpx2.TransportError, OSError) as error:
            where = request.url.netloc.decode("ascii", "replace").rpartition("@")[2]
            reason = one_line(redact(str(error) or type(error).__name__), 200)
            noticed(Trouble(words=f"{where} can't be reached: {reason}"))
            return httpx2.Response(_UNREACHABLE, request=request)
        # We asked for none; what comes packed all the same is not unpacked, however small it is.
        response.headers.pop("Content-Encoding", None)
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        if response.status_code >= 400:
            body = await _beginning(stream)
            asks = one_line(response.headers.get("WWW-Authenticate", ""), _LONGEST_WORDS)
            noticed(Trouble(response.status_code, _said(response.status_code, body), asks))
            response.stream = httpx2.ByteStream(body)
        elif not response.headers.get("Content-Type", "").lower().startswith(_STREAM):
            response.stream = _Bounded(stream, noticed)
        return response

    def _concerns_server(self, request: httpx2.Request) -> bool:
        """Whether a request is one to the server, and none of those that a sign-in is made of."""
        if self._address.events and request.method == "POST":
            return b"jsonrpc" in request.content[:200]
        # A stream of news that is not to be had is no trouble: many have none.
        news = request.method == "GET" and not self._address.events
        return not news and request.url == httpx2.URL(self._address.url)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Noticed:
    """Tells whom a trouble concerns: the server, and the call in whose context it came."""

    def __init__(
        self, server: Callable[[Trouble], None], call: list[Trouble] | None, concerned: bool
    ) -> None:
        self._server = server
        self._call = call
        self._concerned = concerned

    def __call__(self, trouble: Trouble) -> None:
        if not self._concerned:
            return
        if self._call is not None:
            self._call.append(trouble)
        self._server(trouble)


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends at a limit."""

    def __init__(self, inner: httpx2.AsyncByteStream, noticed: _Noticed) -> None:
        self._inner = inner
        self._noticed = noticed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._inner:
            size += len(piece)
            if size > LARGEST_BODY:
                self._noticed(Trouble(_OK, "its answer is longer than 8 MB"))
                return
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _beginning(stream: httpx2.AsyncByteStream) -> bytes:
    """What an error says, as far as it is short and comes soon."""
    body = b""
    with suppress(TimeoutError, httpx2.TransportError):
        async with asyncio.timeout(_ERROR_SECONDS):
            async for piece in stream:
                body += piece
                if len(body) > _ERROR_BYTES:
                    break
    await stream.aclose()
    return body[:_ERROR_BYTES]


def _said(status: int, body: bytes) -> str:
    """The words of an error's body, after its status."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    for name in ("error_description", "message", "error", "detail"):
        found = value.get(name) if isinstance(value, dict) else None
        if isinstance(found, dict):
            found = found.get("message")
        if isinstance(found, str):
            text = found
            break
    words = one_line(redact(text), _LONGEST_WORDS)
    return f"HTTP {status}: {words}" if words and not words.startswith("<") else f"HTTP {status}"
