"""Which proxy a request goes through: the config's, else the environment's, else the system's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from tui.config import proxy_url
from tui.providers.address import is_loopback
from tui.secret import hold_secrets

DIRECT = "direct"
"""The value that means: no proxy, whatever the environment says."""


def proxy_for(url: str, chosen: str | None = None) -> str | None:
    """The proxy for ``url`` as a URL, or None to go direct. This machine is always reached directly.

    Args:
        url: Where the request goes.
        chosen: What the caller or the config says; it beats the environment and ``NO_PROXY``.
    """
    if is_loopback(url) or chosen == DIRECT:
        return None
    if chosen:
        return proxy_url(chosen)
    found = getproxies()
    proxy = found.get(urlsplit(url).scheme) or found.get("all")
    if not proxy or bypassed(url, found):
        return None
    hold_secrets(proxy)
    return proxy_url(proxy)


def bypassed(url: str, proxies: Mapping[str, str]) -> bool:
    """Whether ``NO_PROXY``, or the system's own list, names the address."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    if any(_matches(entry, host, port) for entry in re.split(r"[,\s]+", proxies.get("no", "")) if entry):
        return True
    return not getproxies_environment() and bool(proxy_bypass(host))


def _matches(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    address = _address(host)
    network = _network(entry)
    if network is not None:
        return address is not None and address in network
    name, _, wanted = entry.rpartition(":") if re.search(r":\d+$", entry) else (entry, "", "")
    if wanted and int(wanted) != port:
        return False
    name = name.lower().strip("[]").removeprefix("*").strip(".")
    if address is not None:
        return _address(name) == address
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None
