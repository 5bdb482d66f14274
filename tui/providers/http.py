"""The one way to a server: sessions, proxies, certificates, and where a key may go.

Nothing is retried here: the engine does that, with a countdown that the person can end.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import os
import ssl
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp import hdrs
from msgspec.structs import replace

from tui import __version__
from tui.errors import ErrorKind, ProviderError
from tui.installing import how_to_install
from tui.providers.address import host_of, is_private
from tui.providers.base import TRANSPORT
from tui.providers.connection_errors import no_answer, place_of, proxy_refused, socks_errors
from tui.providers.decode import parse
from tui.providers.http_error import ProviderHTTPError
from tui.providers.proxy import proxy_for
from tui.providers.refusals import without
from tui.providers.response import Response
from tui.providers.timeouts import LISTS, PRIVATE, REMOTE, Timeouts
from tui.secret import Secret, is_telling, redact
from tui.text import one_line

__all__ = [
    "LISTS",
    "PRIVATE",
    "REMOTE",
    "FormFile",
    "ProviderHTTPError",
    "Response",
    "Timeouts",
    "bearer",
    "fetch_json",
    "open_stream",
    "shared_session",
    "tls_context",
    "transport",
]

_UPLOAD_BYTES_PER_SECOND = 50_000
_KEEP_ALIVE_SECONDS = 60.0
_TRANSPORT = TRANSPORT | {"api_key"}


class FormFile(NamedTuple):
    """A file that goes along in a form."""

    field: str
    name: str
    media_type: str
    data: bytes


def transport(proxy: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """What of a provider's arguments concerns the way to the server, for ``open_stream``."""
    return {"proxy": proxy, **{name: value for name, value in options.items() if name in _TRANSPORT}}


def bearer(key: str | None, header: str = "Authorization") -> dict[str, str]:
    """The header of a key, where there is one; another header than the usual one has the key alone."""
    if not key:
        return {}
    return {header: f"Bearer {key}" if header.lower() == "authorization" else key}


@asynccontextmanager
async def shared_session() -> AsyncIterator[None]:
    """Keep connections for the next request, in this event loop, while the context lasts.

    Without it every request has a session of its own, which is closed with it.
    """
    loop = asyncio.get_running_loop()
    if loop in _shared:
        yield
        return
    _shared[loop] = sessions = _Sessions()
    try:
        yield
    finally:
        del _shared[loop]
        await sessions.close()


@asynccontextmanager
async def open_stream(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    files: Sequence[FormFile] = (),
    proxy: str | None = None,
    api_key: str | None = None,
    allow_http_key: bool = False,
    ca_file: str | None = None,
    timeouts: Timeouts | None = None,
    wait: float | None = None,
    refused: Collection[str] = (),
    required: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> AsyncIterator[Response]:
    """Send a request and give its answer, whose body is still to come. Leaving closes the connection.

    Args:
        method: The HTTP method.
        url: Where to.
        headers: Those of the request, the key among them.
        json: The body.
        form: The body where it is a form.
        files: What goes along: then the fields of ``json`` are those of a form, as browsers send one.
        proxy: Proxy that the caller or the config names; None looks at the environment.
        api_key: The key that the headers hold: kept out of every message, and off plain http.
        allow_http_key: Let a key travel over plain http to a public address.
        ca_file: Certificates to trust besides the system's.
        timeouts: Limits; by default those for a local or for a remote server.
        wait: Seconds until the first byte, in place of the limit there.
        refused: Fields of ``json`` that the server is known to refuse.
        required: Fields of ``json`` that are sent all the same.
        elsewhere: What may be learnt of the server where nothing is at ``url``, see ``address.ways``.

    Raises:
        ProviderHTTPError: The server answered with an HTTP error or a redirect.
        ProviderError: There was no answer, or it is not one of an API.
    """
    _check_address(url)
    key = Secret(api_key) if api_key else None
    through = proxy_for(url, proxy)
    _check_key(url, through, headers or {}, key, allow_http_key)
    limits = timeouts or (PRIVATE if is_private(url) else REMOTE)
    limits = replace(limits, headers=wait) if wait else limits
    json = without(json, refused, required)
    upload = _bytes_of(json, files) / _UPLOAD_BYTES_PER_SECOND
    body = {"data": _form(json, files)} if files else {"json": json, "data": form}
    content = {"headers": headers, **body}
    async with _sessions() as sessions:
        head = await _send(sessions, method, url, content, through, limits, ca_file, upload)
        response = Response(head, url, key, limits, json, required, elsewhere)
        try:
            if through and response.status == 407:
                raise proxy_refused(through, response.status)
            await response.check()
            yield response
        finally:
            response.close()


async def fetch_json(
    url: str, *, method: str = "GET", timeouts: Timeouts | None = None, **options: Any
) -> Any:
    """A whole JSON document. Options are those of ``open_stream``.

    Raises:
        ProviderError: As for ``open_stream``, or it is not JSON.
    """
    async with open_stream(method, url, timeouts=timeouts or LISTS, **options) as response:
        text = await response.read()
        try:
            return parse(text)
        except ValueError:
            raise (
                response.page(text) if text.lstrip().startswith("<") else response.unreadable(text)
            ) from None


class _Request(aiohttp.ClientRequest):
    """A request whose unsaid headers are ours: those that a provider names stay exactly its own."""

    DEFAULT_HEADERS = {  # noqa: RUF012 (aiohttp's own type)
        **aiohttp.ClientRequest.DEFAULT_HEADERS,
        hdrs.ACCEPT_ENCODING: "gzip, deflate",
        hdrs.USER_AGENT: f"segue/{__version__}",
    }


class _Sessions:
    """The sessions of one event loop: one for all, and one for each SOCKS proxy."""

    def __init__(self) -> None:
        self._open: dict[str, aiohttp.ClientSession] = {}

    def get(self, proxy: str | None) -> tuple[aiohttp.ClientSession, str | None]:
        """The session for a proxy, and the proxy that is to be named with each request."""
        socks = proxy if proxy and urlsplit(proxy).scheme.startswith("socks") else ""
        if socks not in self._open:
            self._open[socks] = aiohttp.ClientSession(
                connector=_socks_connector(socks)
                if socks
                else aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE_SECONDS),
                request_class=_Request,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # it would add passwords of ~/.netrc, and misread NO_PROXY
            )
        return self._open[socks], None if socks else proxy

    async def close(self) -> None:
        """Close all of them."""
        for session in self._open.values():
            await session.close()
        self._open.clear()


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, _Sessions] = WeakKeyDictionary()


@asynccontextmanager
async def _sessions() -> AsyncIterator[_Sessions]:
    shared = _shared.get(asyncio.get_running_loop())
    if shared is not None:
        yield shared
        return
    own = _Sessions()
    try:
        yield own
    finally:
        await own.close()


async def _send(
    sessions: _Sessions,
    method: str,
    url: str,
    content: Mapping[str, Any],
    proxy: str | None,
    limits: Timeouts,
    ca_file: str | None,
    upload: float,
) -> aiohttp.ClientResponse:
    session, named = sessions.get(proxy)
    secure = "https" in (urlsplit(url).scheme, urlsplit(named or "").scheme)
    try:
        async with asyncio.timeout(limits.connect + limits.headers + upload):
            return await session.request(
                method,
                url,
                **content,
                proxy=named,
                ssl=tls_context(ca_file) if secure else True,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect),
            )
    except Exception as error:
        if not isinstance(error, (aiohttp.ClientError, OSError, ValueError, *socks_errors())):
            raise
        if type(error) is TimeoutError:
            raise ProviderError(
                f"{place_of(url)} did not begin to answer within {limits.headers:g} s",
                "Try again, or choose another model.",
                kind=ErrorKind.TIMEOUT,
            ) from None
        raise no_answer(error, url, proxy, limits.connect) from None


def _bytes_of(json: Any, files: Sequence[FormFile]) -> int:
    """About how many bytes are sent."""
    return len(jsonlib.dumps(json)) + sum(len(file.data) for file in files)


def _form(fields: Mapping[str, str], files: Sequence[FormFile]) -> aiohttp.FormData:
    form = aiohttp.FormData(dict(fields))
    for file in files:
        form.add_field(file.field, file.data, content_type=file.media_type, filename=file.name)
    return form


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ProviderError(
            f"“{one_line(redact(url), 100)}” is not the address of a server",
            "It begins with http:// or https://.",
            kind=ErrorKind.INVALID,
        )


def _check_key(
    url: str, proxy: str | None, headers: Mapping[str, str], key: Secret | None, allowed: bool
) -> None:
    """A key goes readable for all only within the person's own network, which a proxy may lead out of."""
    if key and not (key.reveal().isascii() and key.reveal().isprintable()):
        raise ProviderError(
            f"The key {key} has characters that no key has",
            "Was a line break copied with it?",
            kind=ErrorKind.AUTH,
        )
    named = any(map(is_telling, headers))
    carries = key is not None or named or urlsplit(url).password is not None
    strange = next((place for place in (url, proxy) if place and not is_private(place)), None)
    if carries and not allowed and urlsplit(url).scheme == "http" and strange:
        raise ProviderError(
            f"The key is not sent to {host_of(strange)} over plain http, where all on the way can read it",
            "Use https, or set allow_http_key = true for this provider.",
            kind=ErrorKind.UNAVAILABLE,
        )


def _socks_connector(proxy: str) -> aiohttp.BaseConnector:
    try:
        from aiohttp_socks import ProxyConnector
    except ImportError:
        raise ProviderError(
            f"The proxy {host_of(proxy)} is a SOCKS proxy, for which a part is missing",
            f"Install it: {how_to_install('aiohttp-socks')}",
            kind=ErrorKind.UNAVAILABLE,
        ) from None
    address = proxy.replace("socks5h://", "socks5://").replace("socks4a://", "socks4://")
    try:
        connector: aiohttp.BaseConnector = ProxyConnector.from_url(
            address, rdns=True, keepalive_timeout=_KEEP_ALIVE_SECONDS
        )
    except ValueError as error:
        raise ProviderError(
            f"The proxy {host_of(proxy)} can't be used: {one_line(redact(str(error)), 100)}",
            "Its address begins with http://, socks4:// or socks5://.",
            kind=ErrorKind.PROXY,
        ) from None
    return connector


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Whom to trust: the system's certificates, or those that OpenSSL's variables name, and a file besides.

    Raises:
        ProviderError: The certificates can't be read.
    """
    return _make_tls_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), ca_file)


@cache
def _make_tls_context(file: str | None, folder: str | None, ca_file: str | None) -> ssl.SSLContext:
    """Trusts what the system trusts, as browsers do, or what the two variables of OpenSSL name.

    ``ca_file`` is trusted besides.
    """
    context: ssl.SSLContext
    try:
        if file or folder:
            context = ssl.create_default_context(cafile=file, capath=folder)
        else:
            import truststore

            context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if ca_file:
            context.load_verify_locations(os.path.expanduser(ca_file))
    except OSError as error:
        named = one_line(ca_file or "SSL_CERT_FILE or SSL_CERT_DIR", 200)
        raise ProviderError(
            f"The certificates of {named} can't be read: {one_line(error.strerror or str(error), 200)}",
            "It must be a file of certificates in PEM form.",
            kind=ErrorKind.TLS,
        ) from None
    return context
