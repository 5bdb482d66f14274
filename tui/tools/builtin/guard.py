"""Which addresses of the web may be reached: public ones however they are spelled, and what was allowed.

A model, or a page that it has read, may name any address; the person's own network is not for it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from yarl import URL

from tui.errors import SegueError
from tui.text import one_line, safe_url

_NUMBER = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$", re.IGNORECASE)
"""The end of a name that systems take for a number: ``127.1``, ``0x7f.1``, ``2130706433``."""
_PORTS = {"http": 80, "https": 443}
_V6_GLOBAL = ipaddress.IPv6Network("2000::/3")
"""All that is given out. Beside it are mapped and translated addresses, links, groups, and nothing public."""
_INNER = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # of protocols; not every version of Python knows all of it
            "192.88.99.0/24",  # relays of 6to4
            "168.63.129.16/32",  # what a cloud tells its machines
            "2001::/23",  # tunnels and tests
            "2002::/16",  # 6to4: an address of version 4 in it
            "3fff::/20",  # documentation
        ),
    )
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a name and a port to its addresses; raises OSError."""


class RefusedError(SegueError):
    """An address that may not be reached, or is none."""


class Place(NamedTuple):
    """Where an address of the web leads."""

    url: URL
    host: str
    port: int

    @property
    def site(self) -> str:
        """What it has in common with the same site by its other name, with ``www.`` or without."""
        return self.scope.removeprefix("www.")

    @property
    def scope(self) -> str:
        """What a person is asked to allow: the host, with its port where that is an odd one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port in _PORTS.values() else f"{host}:{self.port}"


def place_of(address: str) -> Place:
    """Where ``address`` leads.

    Raises:
        RefusedError: It is none of the web, or one that is made to mislead.
    """
    shown = one_line(address, 200)
    if safe_url(address) is None or not address.lower().startswith(("http://", "https://")):
        raise RefusedError(f"{shown} is no plain address of the web, as https://example.com/page")
    try:
        url = URL(address)
        host, port = url.raw_host, url.port
    except ValueError:
        raise RefusedError(f"{shown} is no address") from None
    host = unicodedata.normalize("NFKC", host or "").lower().rstrip(".")
    if not host or not port or "%" in host or not host.isascii():
        raise RefusedError(f"{shown} names no host")
    if _address(host) is None and _NUMBER.search(host):
        raise RefusedError(
            f"{shown} spells its host as a number", "Write it as four numbers, or by its name."
        )
    return Place(url.with_host(host).with_fragment(None), host, port)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network."""
    ip = _address(address)
    if ip is None or not ip.is_global or ip.is_multicast:
        return False
    if ip.version == 6 and (ip not in _V6_GLOBAL or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP):
        return False
    return not any(ip in network for network in _INNER if network.version == ip.version)


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Lets through what is public or allowed."""

    def __init__(self, allow_hosts: Sequence[str] = (), resolve: Resolve = resolve) -> None:
        """Make a guard.

        Args:
            allow_hosts: Hosts, or ``host:port``, that may be reached wherever they are.
            resolve: Finds the addresses of a name.
        """
        self._allowed = frozenset(host.lower().rstrip(".") for host in allow_hosts)
        self._resolve = resolve

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses that may be connected to for a host.

        Raises:
            RefusedError: One of them is not public, and the host was not allowed.
        """
        shown = one_line(host, 100)
        if _address(host) is not None:
            found: Sequence[str] = (host,)
        else:
            try:
                found = await self._resolve(host, port)
            except (OSError, UnicodeError):
                raise RefusedError(f"{shown} can't be found") from None
        if not found:
            raise RefusedError(f"{shown} can't be found")
        if not self.allows(host, port) and not all(map(is_public, found)):
            raise RefusedError(
                f"{shown} is not in the public network",
                f'A person who wants it read adds "{shown}" to [tools] allow_hosts in config.toml.',
            )
        return found

    def allows(self, host: str, port: int) -> bool:
        """Whether the person allowed a host by its name."""
        name = f"[{host}]" if ":" in host else host
        return bool(self._allowed & {host, name, f"{name}:{port}"})


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
