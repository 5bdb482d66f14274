"""Where a history is: in a file, in memory, or on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tui.identity import Identified
from tui.secret import Secret


class File(Struct, frozen=True):
    """A file of this machine."""

    path: Path


class Server(Identified, frozen=True):
    """A schema of a PostgreSQL server, as one machine knows it."""

    address: Secret
    """``postgresql://…``, or ``service=NAME`` of a service file; it may hold a password."""
    machine: str
    """The name of this machine, which no other one has."""
    journal: Path | None = None
    """The file where what is done is kept until it is there, and some of what is there; None without one."""
    password: Callable[[], str] | None = None
    """Asked at each connection; without it the server's own files and variables count."""

    def __repr__(self) -> str:
        return f"Server({self.address!r}, {self.machine!r}, {self.journal!r})"

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.address, self.machine


Place = File | Server | None
"""None is in memory."""
