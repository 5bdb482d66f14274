"""Who may come in: with the token, under a name that is ours, and from no foreign page.

A browser sends what a page of anybody's asks it to, with our cookie: a name that leads here by a trick
(Host) and a page that is not ours (Origin) are refused before anything is looked at.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
import time
from urllib.parse import SplitResult, urlsplit

from tui.secret import Secret

_ONCE = 60.0
"""Seconds that a key fits which is given to a browser on its command line."""
_USUAL = {"http": 80, "https": 443}


class Gate:
    """Decides by what a request says of itself.

    Args:
        token: Who has it may come in.
        host: What is listened on.
        public_url: The address of a proxy in front.
    """

    def __init__(self, token: Secret, host: str, public_url: str | None = None) -> None:
        self._token = token
        self._host = host
        self._public = _as_browsers_say(public_url) if public_url else None
        self._port = 0
        self._once: dict[str, float] = {}
        self.cookie = Secret(self._derived("cookie"))
        """What a browser keeps instead of the token."""

    def listens(self, port: int) -> None:
        """Know the port, which may have been any free one."""
        self._port = port

    @property
    def cookie_name(self) -> str:
        """Its name: cookies know no ports, and another one may be served on this machine."""
        return f"segue-{self._port}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers speak https to the proxy in front."""
        return self._public is not None and self._public.scheme == "https"

    def address(self, *, once: bool = False) -> str:
        """Where a browser comes in; whoever has it may.

        Args:
            once: With a key that fits one time, soon.
        """
        key = self._token.reveal()
        if once:
            key = secrets.token_urlsafe(24)
            self._once[key] = time.monotonic() + _ONCE
        base = self._public.geturl() if self._public else f"http://{_name(self._own_host())}:{self._port}"
        return f"{base}/?k={key}"

    def knows_host(self, host: str, reached: str = "") -> bool:
        """Whether ``host`` is a name of ours.

        Args:
            host: The header.
            reached: The address that the connection came to: where all are listened on, it is one of ours.
        """
        return host.lower() in self._hosts(reached)

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of ours asks, at a host that is known."""
        ours = {f"http://{host.lower()}"}
        if self._public:
            ours.add(f"{self._public.scheme}://{self._public.netloc}")
        return origin.lower() in ours

    def lets_in(self, key: str) -> bool:
        """Whether ``key`` is the token, or one that fits once and has not been used."""
        if self._once.pop(key, 0.0) > time.monotonic():
            return True
        return _same(key, self._token.reveal())

    def remembers(self, cookie: str) -> bool:
        """Whether a browser has come in before."""
        return _same(cookie, self.cookie.reveal())

    def _hosts(self, reached: str) -> set[str]:
        names = {self._host}
        if is_loopback(self._host):
            names |= {"127.0.0.1", "localhost", "::1"}
        elif _is_all(self._host):
            names = {reached, "localhost", socket.gethostname().lower()} - {""}
        hosts = {f"{_name(name)}:{self._port}".lower() for name in names}
        if self._port == _USUAL["http"]:
            hosts |= {_name(name).lower() for name in names}
        if self._public:
            hosts.add(self._public.netloc)
        return hosts

    def _own_host(self) -> str:
        return socket.gethostname() if _is_all(self._host) else self._host

    def _derived(self, purpose: str) -> str:
        return hmac.digest(self._token.reveal().encode(), purpose.encode(), "sha256").hex()


def _as_browsers_say(url: str) -> SplitResult:
    """An address without what browsers leave out: who asks, and the usual port."""
    parts = urlsplit(url)
    host = _name(parts.hostname or "")
    port = "" if parts.port in (None, _USUAL.get(parts.scheme)) else f":{parts.port}"
    return SplitResult(parts.scheme, host + port, parts.path.rstrip("/"), "", "")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_all(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _name(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())
