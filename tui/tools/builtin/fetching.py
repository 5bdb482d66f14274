"""One request to the web: no cookies, no keys, only where the guard lets it, and no more than can be read."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from yarl import URL

from tui import __version__
from tui.chat.attachment import size_words
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.builtin.guard import Guard, Place, RefusedError, place_of

MOST_REDIRECTS = 5
LARGEST = 5_000_000
"""Bytes of a page, unpacked."""
SECONDS = 20.0
_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGES = "text/html, application/json, text/*;q=0.9, application/pdf;q=0.8, */*;q=0.1"
_HEADERS = {"User-Agent": f"Segue/{__version__}", "Accept-Encoding": "gzip, deflate"}

ProxyFor = Callable[[str], str | None]
"""From an address to the proxy that it is reached through; None for none."""


class FetchError(SegueError):
    """A page could not be had."""


class ElsewhereError(FetchError):
    """The page is on another host, which nobody has allowed yet."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"The page has moved to another host: {one_line(address, 500)}")


class Fetched(Struct, frozen=True):
    """What came back."""

    url: str
    status: int
    media_type: str
    charset: str
    data: bytes
    whole: bool
    """Whether that is all of it."""


async def fetch(
    address: str,
    guard: Guard,
    *,
    proxy_for: ProxyFor = lambda url: None,
    tls: ssl.SSLContext | None = None,
    stay: bool = False,
    seconds: float = SECONDS,
    largest: int = LARGEST,
    accept: str = _PAGES,
) -> Fetched:
    """Get what is at ``address``.

    Args:
        address: Where.
        guard: Says of each step whether it may be taken.
        proxy_for: Finds the proxy.
        tls: Whom to trust; what the system trusts if it is not said.
        stay: Follow no redirect to another host: only this one was allowed.
        seconds: For all of it.
        largest: Bytes, unpacked; the rest is left where it is.
        accept: What is asked for, as the header says it.

    Raises:
        RefusedError: It, or where it leads, may not be reached.
        FetchError: It could not be had.
    """
    place = place_of(address)
    try:
        async with asyncio.timeout(seconds):
            for _ in range(MOST_REDIRECTS + 1):
                found = await _step(place, guard, proxy_for(str(place.url)), tls or _tls(), largest, accept)
                if isinstance(found, Fetched):
                    return found
                if stay and place.site != found.site:
                    raise ElsewhereError(str(found.url))
                place = found
            raise FetchError(f"It leads on more than {MOST_REDIRECTS} times")
    except TimeoutError:
        raise FetchError(f"{place.scope} took more than {seconds:g} s") from None
    except aiohttp.ClientError as error:
        refused = error.__cause__ if isinstance(error.__cause__, RefusedError) else None
        if refused:
            raise refused from None
        raise FetchError(f"{place.scope} can't be reached: {one_line(str(error), 200)}") from None


async def _step(
    place: Place, guard: Guard, proxy: str | None, tls: ssl.SSLContext, largest: int, accept: str
) -> Fetched | Place:
    """One request: the page, or where it leads."""
    await guard.addresses(
        place.host, place.port
    )  # literal addresses, and all behind a proxy: nobody else asks
    async with aiohttp.ClientSession(
        connector=_connector(guard, proxy, tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={**_HEADERS, "Accept": accept},
    ) as session:
        through = proxy if proxy and not _is_socks(proxy) else None
        async with session.get(place.url, allow_redirects=False, proxy=through) as response:
            to = response.headers.get("Location")
            if response.status in _REDIRECTS and to:
                return place_of(_joined(place.url, to))
            data, whole = await _body(response, largest)
            return Fetched(
                str(place.url), response.status, response.content_type, _charset(response), data, whole
            )


def _joined(url: URL, to: str) -> str:
    try:
        return str(url.join(URL(to)))
    except (ValueError, IndexError):  # yarl raises both
        raise FetchError(f"It leads to {one_line(to, 200)}, which is no address") from None


async def _body(response: aiohttp.ClientResponse, largest: int) -> tuple[bytes, bool]:
    unpack = _Unpacker(response.headers.get("Content-Encoding", "").strip().lower())
    data = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        for unpacked in unpack.pieces(piece):
            data += unpacked
            if len(data) > largest:
                return bytes(data[:largest]), False
    return bytes(data), True


class _Unpacker:
    """Unpacks piece by piece, so that a small body can't become a large one unseen."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"It is packed as {one_line(encoding, 40)}, which nobody asked for")
        self._packed = encoding not in ("", "identity")
        self._engine: Any = None

    def pieces(self, data: bytes) -> Any:
        """What a piece of the body becomes, in pieces."""
        if not self._packed:
            yield data
            return
        while data:
            if self._engine is None:
                self._engine = zlib.decompressobj(-15 if data[0] & 0x0F != 8 and data[0] != 0x1F else 47)
            try:
                yield self._engine.decompress(data, _PIECE)
            except zlib.error:
                raise FetchError("What came can't be unpacked") from None
            data = self._engine.unconsumed_tail
            if self._engine.eof:
                data, self._engine = self._engine.unused_data, None


@cache
def _tls() -> ssl.SSLContext:
    """Trusts what the system trusts."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _connector(guard: Guard, proxy: str | None, tls: ssl.SSLContext) -> aiohttp.BaseConnector:
    if proxy and _is_socks(proxy):
        try:
            from aiohttp_socks import ProxyConnector
        except ImportError:
            raise FetchError(
                "The web is reached through a SOCKS proxy here",
                "Install what it needs: pip install 'segue[socks]'",
            ) from None
        socks: aiohttp.BaseConnector = ProxyConnector.from_url(proxy, ssl=tls)
        return socks
    if proxy:
        return aiohttp.TCPConnector(ssl=tls)
    return aiohttp.TCPConnector(ssl=tls, resolver=_Resolver(guard), use_dns_cache=False)


def _is_socks(proxy: str) -> bool:
    return proxy.lower().startswith("socks")


class _Resolver(AbstractResolver):
    """Gives only addresses that the guard has seen: a name can't turn into another between look and leap."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        import socket

        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._guard.addresses(host.rstrip("."), port)
        ]

    async def close(self) -> None:
        """There is nothing to let go of."""


def _charset(response: aiohttp.ClientResponse) -> str:
    try:
        return response.charset or ""
    except (LookupError, RuntimeError):
        return ""


def too_large(fetched: Fetched) -> str:
    """What is said of a page that was cut; empty for a whole one."""
    return "" if fetched.whole else f"[the first {size_words(len(fetched.data))}]"
