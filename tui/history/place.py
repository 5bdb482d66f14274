"""Where a history is: in a file, in memory, or on a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tui.secret import Secret


@dataclass(frozen=True, slots=True)
class File:
    """A file of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class Server:
    """A schema of a PostgreSQL server."""

    address: Secret
    """``postgresql://…``, or ``service=NAME`` of a service file; it may hold a password."""
    machine: str
    """The name of this machine, which no other one has."""
    journal: Path | None = field(default=None, compare=False)
    """The file where what is done is kept until it is there, and some of what is there; None without one."""
    password: Callable[[], str] | None = field(default=None, repr=False, compare=False)
    """Asked at each connection; without it the server's own files and variables count."""


Place = File | Server | None
"""None is in memory."""
