"""Where a provider is: its address, from data and environment, and whose network it is in."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from tui.config import WireFormat

OLLAMA_PORT = 11434
_LOCAL_SUFFIXES = (".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa")
_VARIABLE = re.compile(r"\{(\w+)\}")
_ENDPOINT = re.compile(
    r"(?:/chat/completions|/completions|/responses|/messages|/embeddings|/images/(?:generations|edits)|/api/(?:chat|generate|tags|show)"
    r"|/models/[^/]+:\w+)/*$"
)
"""What stands behind the base address where somebody copied that of a whole request."""
_WITH_SCHEME = re.compile(r"(?i)(https?)(?:://|:/|//|:)/*([^\s\"'`<>“”‘’]+)")
_BARE_ADDRESS = re.compile(
    r"(?<![\w.-])(?:(?:[\w-]{1,63}\.)+[\w-]{1,63}|localhost|\[[0-9a-fA-F:]+\]|[\w-]{1,63}(?=:\d))(?::\d{1,5})?(?:/[^\s\"'`<>“”‘’]*)?"
)
_PORT_ALONE = re.compile(r":?\d{2,5}")
_ANYWHERE = re.compile(r"^(?:0\.0\.0\.0|\[::\])(?=[:/]|$)")
_LIST = re.compile(r"(?<=/v\d)/models/*$")
_NO_NAMES = frozenset({"api", "www", "openai", "com", "org", "net", "io", "ai", "v1", "chat", "gateway"})
"""Parts of a host's name that say nothing of who it is."""
_VERSION = re.compile(r"/v\d|/deployments/")
ELSEWHERE = "@"
"""What a lesson begins with that says where a server has its API, and not what it refuses."""
CHAT = f"{ELSEWHERE}chat"
"""The server knows chat completions alone."""
NEW_PICTURES = f"{ELSEWHERE}new pictures"
"""The server makes pictures, and has no address where one is changed."""


def address_in(written: str) -> str:
    """The base address in what a person typed or copied: without a scheme, of a whole request, in a command.

    Empty where there is none. Without a scheme it is http in the person's own network, else https.
    """
    text = written.strip().strip("\"'`<>“”‘’ ")
    if found := _WITH_SCHEME.search(text):
        scheme, rest = found[1].lower(), found[2]
    elif found := _BARE_ADDRESS.search(text):
        scheme, rest = "", found[0]
    elif _PORT_ALONE.fullmatch(text):
        scheme, rest = "http", f"127.0.0.1:{text.lstrip(':')}"
    else:
        return ""
    rest = _ANYWHERE.sub("127.0.0.1", rest.rstrip(".,;)}>"))
    scheme = scheme or ("http" if is_private(f"http://{rest}") else "https")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    path = _LIST.sub("", _ENDPOINT.sub("", parts.path)).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")) if whole else ""


def likely_formats(url: str) -> list[WireFormat]:
    """The wire formats that the server at an address may speak, the likeliest first."""
    parts = urlsplit(url)
    words = f"{parts.hostname}{parts.path}".lower()
    first: list[WireFormat] = []
    if parts.port == OLLAMA_PORT or parts.path.endswith("/api"):
        first = ["ollama"]
    elif "anthropic" in words or "claude" in words:
        first = ["anthropic"]
    elif "gemini" in words or "generativelanguage" in words or parts.path.endswith("/v1beta"):
        first = ["gemini"]
    usual: list[WireFormat] = ["openai", "ollama", "anthropic", "gemini"]
    return list(dict.fromkeys([*first, *usual]))


def name_for(url: str, taken: Collection[str]) -> str:
    """A short name for the server at an address, that no other has."""
    host = urlsplit(url).hostname or ""
    steps = [step for step in host.split(".") if step not in _NO_NAMES]
    own = _address(host) is not None or host == "localhost" or not steps
    name = "server" if own else re.sub(r"[^a-z0-9-]", "-", steps[-2] if len(steps) > 1 else steps[0])
    numbers = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbers) if each not in taken)


def host_of(url: str) -> str:
    """``host`` or ``host:port`` of an address, as it is shown to the person."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host


def same_host(one: str, other: str) -> bool:
    """Whether two addresses lead to the same host, port and scheme."""
    return _origin(one) == _origin(other)


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(url).hostname or ""
    address = _address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def is_private(url: str) -> bool:
    """Whether the address is on this machine or in the person's own network, as far as its name tells."""
    host = urlsplit(url).hostname or ""
    address = _address(host)
    if address:
        return address.is_loopback or address.is_private or address.is_link_local
    return bool(host) and (is_loopback(url) or "." not in host or host.endswith(_LOCAL_SUFFIXES))


def ollama_address(value: str) -> str:
    """The base address that ``OLLAMA_HOST`` means, by Ollama's own rules.

    A bare host gets http and port 11434, a URL the port of its scheme; 0.0.0.0 is where a server listens,
    so it is asked at 127.0.0.1.

    Raises:
        ValueError: It is no address.
    """
    scheme, found, rest = value.strip("\"' \t\n").rpartition("://")
    authority, slash, path = rest.partition("/")
    bare = urlsplit(f"//{authority}")
    host = bare.hostname or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    host = f"[{host}]" if ":" in host else host
    port = f":{bare.port}" if bare.port else "" if found else f":{OLLAMA_PORT}"
    return f"{scheme or 'http'}://{host}{port}{slash}{path}".rstrip("/")


def joined(base: str, path: str) -> str:
    """The address of ``path`` at the server whose base address is ``base``.

    The base may have a query, which every request gets, may be the address of a whole request, and may end in
    what ``path`` begins with.
    """
    parts = urlsplit(base)
    path, _, query = path.partition("?")
    steps = path.strip("/").split("/")
    have = [step for step in _ENDPOINT.sub("", parts.path).split("/") if step]
    twice = next((n for n in range(len(steps), 0, -1) if have[-n:] == steps[:n]), 0)
    whole = "/".join(["", *have, *steps[twice:]])
    asked = "&".join(filter(None, (query, parts.query)))
    return urlunsplit((parts.scheme, parts.netloc, whole, asked, ""))


def has_version(base: str) -> bool:
    """Whether the address of an API says its version, as in ``/v1``."""
    return bool(_VERSION.search(urlsplit(base).path))


def at_version(base: str, version: str) -> str:
    """``base`` with the version of the API that it may lack."""
    return base if has_version(base) else joined(base, version)


def ways(base: str, learnt: Collection[str], version: str) -> tuple[str, tuple[str, ...]]:
    """Where a server is asked that may have its API below ``version``, and what may be learnt of that.

    Args:
        base: The address that it was given.
        learnt: What is known of the server.
        version: As in ``/v1``.
    """
    lesson = f"{ELSEWHERE}{version}"
    if has_version(base):
        return base, ()
    return (joined(base, version), ()) if lesson in learnt else (base, (lesson,))


def variables_in(template: str) -> list[str]:
    """The variables that ``template`` names as ``{VARIABLE}``."""
    return _VARIABLE.findall(template)


def filled(template: str) -> str:
    """``template`` with each ``{VARIABLE}`` from the environment; empty when one is not set."""
    if not all(os.environ.get(name) for name in variables_in(template)):
        return ""
    return _VARIABLE.sub(lambda match: os.environ[match[1]], template)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
