"""How a server at an address is reached: what of it the rest of the program decides."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from msgspec import Struct


class Network(Struct, frozen=True):
    """The way to other machines, the same for everything that the program does."""

    proxy: Callable[[str], str | None]
    """The proxy for an address, or None."""
    tls: Callable[[], ssl.SSLContext]
    """Whom to trust; may block."""
    is_private: Callable[[str], bool]
    """Whether an address is in the person's own network."""


class Trouble(Struct):
    """What a server at an address answered instead of doing what it was asked."""

    status: int = 0
    """The HTTP status; 0 where there was no answer."""
    words: str = ""
    """What it said, or why there was no answer; safe to show."""
    asks: str = ""
    """Its ``WWW-Authenticate``."""

    def __bool__(self) -> bool:
        return bool(self.status or self.words)
