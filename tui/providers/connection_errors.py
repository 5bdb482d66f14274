"""What can go wrong on the way to a server, in words."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tui.errors import ErrorKind, ProviderError
from tui.providers.address import OLLAMA_PORT, is_private
from tui.secret import redact
from tui.text import one_line

_PROGRAMS = {
    OLLAMA_PORT: "Ollama",
    1234: "LM Studio",
    8080: "the llama.cpp server",
    8000: "vLLM",
    4000: "LiteLLM",
}
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


def place_of(url: str) -> str:
    """``host:port`` of an address, the port always named."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def socks_errors() -> tuple[type[Exception], ...]:
    """What the SOCKS library raises, if it was loaded."""
    module: Any = sys.modules.get("aiohttp_socks")
    return (module.ProxyError, module.ProxyTimeoutError, module.ProxyConnectionError) if module else ()


def no_answer(error: Exception, url: str, proxy: str | None, connect: float) -> ProviderError:
    """``error`` came before the answer's headers.

    Args:
        error: What aiohttp, the SOCKS library or the system raised.
        url: Where the request went.
        proxy: The proxy on the way, if any.
        connect: The limit for connecting, in seconds.
    """
    where = place_of(url)
    if proxy and (trouble := _proxy_trouble(error, where, proxy, connect)):
        return trouble
    if isinstance(error, aiohttp.ClientConnectorError) and not is_private(url) and no_way_out():
        return ProviderError(
            "No network", "Check the connection; a model on this machine needs none.", kind=ErrorKind.OFFLINE
        )
    match error:
        case aiohttp.ClientConnectorDNSError():
            return ProviderError(
                f"Cannot find the host {urlsplit(url).hostname}",
                "Check its name, the network and the VPN.",
                kind=ErrorKind.CONNECT,
            )
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            return _tls_trouble(error, where)
        case aiohttp.ConnectionTimeoutError():
            return ProviderError(
                f"No connection to {where} within {connect:g} s",
                "Check the address, the network and the VPN.",
                kind=ErrorKind.TIMEOUT,
            )
        case aiohttp.ClientConnectorError():
            return _unreachable(error, url)
        case aiohttp.ClientResponseError():  # aiohttp's own "400": the server never said that
            return ProviderError(
                f"{where} sent something that is not HTTP: {one_line(redact(error.message), 200)}",
                "Is this the address of an API?",
                kind=ErrorKind.PROTOCOL,
            )
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError() | ValueError():
            reason = one_line(redact(str(error)), 200).rstrip(".")
            return ProviderError(
                f"The request to {where} can't be sent: {reason}",
                "Check the address and the headers in the config.",
                kind=ErrorKind.INVALID,
            )
        case _:
            pass
    return ProviderError(
        f"{where} closed the connection before it answered", "Try again.", kind=ErrorKind.CONNECT
    )


def no_way_out() -> bool:
    """Whether this machine has no route to anywhere else. Asks its own tables; sends nothing."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))  # of no packet: only the route is looked up
            return False
    return True


def broken_off(where: str) -> ProviderError:
    """The connection broke after the answer had begun."""
    return ProviderError(
        f"The connection to {where} broke before the reply was complete", kind=ErrorKind.LOST
    )


def proxy_refused(proxy: str, status: int) -> ProviderError:
    """The proxy itself answered, with an error."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    hint = (
        "It wants a user and a password: http://USER:PASSWORD@HOST:PORT."
        if status == 407
        else "Check the proxy, or reach this host without it (NO_PROXY)."
    )
    return ProviderError(
        f"The proxy {place_of(proxy)} said {status} {phrase}".rstrip(),
        hint,
        kind=ErrorKind.PROXY,
        status_code=status,
    )


def _proxy_trouble(error: Exception, where: str, proxy: str, connect: float) -> ProviderError | None:
    name = place_of(proxy)
    match error:
        case aiohttp.ClientHttpProxyError():
            return proxy_refused(proxy, error.status)
        case aiohttp.ClientProxyConnectionError():
            reason = f"Cannot reach the proxy {name}: {_reason(error)}"
        case aiohttp.ConnectionTimeoutError():
            reason = f"The proxy {name} made no connection to {where} within {connect:g} s"
        case aiohttp.ClientConnectorDNSError():
            reason = f"Cannot find the proxy {name}"
        case aiohttp.ClientResponseError():
            reason = f"The proxy {name} sent something that is not HTTP"
        case aiohttp.ServerDisconnectedError() | ConnectionError():
            reason = f"The proxy {name} closed the connection"
        case _ if isinstance(error, socks_errors()):
            reason = f"The proxy {name} failed: {one_line(redact(str(error)), 200)}"
        case _:
            return None
    return ProviderError(reason, "Check the proxy in the config or the environment.", kind=ErrorKind.PROXY)


def _tls_trouble(error: Exception, where: str) -> ProviderError:
    certificate = getattr(error, "certificate_error", error)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return ProviderError(
            f"The certificate of {where} is not trusted: {one_line(certificate.verify_message, 200)}",
            "Put the issuer's certificate into the system's store, or name its file as this provider's "
            "ca_file in the config.",
            kind=ErrorKind.TLS,
        )
    reason = getattr(error, "reason", None) or getattr(getattr(error, "os_error", None), "reason", None)
    if reason in _NOT_TLS:
        return ProviderError(
            f"{where} does not speak TLS", "Does its address begin with http://?", kind=ErrorKind.TLS
        )
    words = str(reason or _reason(error)).replace("_", " ").lower()
    return ProviderError(f"No secure connection to {where}: {one_line(words, 200)}", kind=ErrorKind.TLS)


def _unreachable(error: aiohttp.ClientConnectorError, url: str) -> ProviderError:
    parts, where = urlsplit(url), place_of(url)
    if error.os_error.errno == errno.ECONNREFUSED:
        program = _PROGRAMS.get(parts.port or 0)
        return ProviderError(
            f"Nothing listens at {where}",
            f"Is {program} running?" if program else "Check the address, and that the server runs.",
            kind=ErrorKind.CONNECT,
        )
    return ProviderError(
        f"Cannot reach {where}: {_reason(error)}",
        "Check the address, the network and the VPN.",
        kind=ErrorKind.CONNECT,
    )


def _reason(error: Exception) -> str:
    number = getattr(getattr(error, "os_error", error), "errno", None)
    known = isinstance(number, int) and number in errno.errorcode
    return os.strerror(number).lower() if known else one_line(redact(str(error)), 200)  # type: ignore[arg-type]
