"""What the server, the driver and the network say went wrong, in our words."""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator

import asyncpg
from asyncpg import exceptions as said

from tui.errors import (
    HistoryBusyError,
    HistoryError,
    HistoryFullError,
    HistoryReadOnlyError,
    HistoryRefusedError,
    HistoryUnfitError,
    HistoryUnreachableError,
    NotFoundError,
)
from tui.secret import redact
from tui.text import one_line

_LOST = (
    said.PostgresConnectionError,
    said.AdminShutdownError,
    said.CrashShutdownError,
    said.CannotConnectNowError,
    said.IdleInTransactionSessionTimeoutError,
    said.InternalClientError,
    said.ConnectionDoesNotExistError,
)
"""A killed connection shows as any of these, also as one that is no error of the server."""
_BUSY = (
    said.QueryCanceledError,
    said.LockNotAvailableError,
    said.DeadlockDetectedError,
    said.SerializationError,
)
AGAIN = (
    said.DeadlockDetectedError,
    said.SerializationError,
    said.UniqueViolationError,
    said.ForeignKeyViolationError,
)
"""After them the same transaction may succeed."""


def lost(error: BaseException) -> bool:
    """Whether the connection is of no use any more."""
    closed = isinstance(error, asyncpg.InterfaceError) and "closed" in str(error)
    return closed or isinstance(error, (OSError, *_LOST))


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what happens inside as a ``HistoryError``."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise explain(error) from error


def explain(error: Exception) -> HistoryError:
    """The error to show for one of the driver's or the system's."""
    words = one_line(redact(_said_by(error)), 200)
    if isinstance(error.__cause__, OverflowError):  # no column can hold it
        return NotFoundError("There is nothing with this number in the history")
    for kinds, make, message, hint in _SAID:
        if isinstance(error, kinds):
            return make(message.format(words).rstrip(": "), hint)
    if lost(error):
        return HistoryUnreachableError(f"The server of the history can't be reached: {words}".rstrip(": "))
    return HistoryError(f"The history failed: {words}")


def _said_by(error: Exception) -> str:
    """What an error says; of the system's the system's own words, not those of a library."""
    number = error.errno if isinstance(error, OSError) else None
    return (
        os.strerror(number) if number and number > 0 and not isinstance(error, ssl.SSLError) else str(error)
    )


# The first that fits counts.
_SAID: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[HistoryError], str, str], ...] = (
    (
        asyncpg.ClientConfigurationError,
        HistoryRefusedError,
        "The address of the history makes no sense: {}",
        "It is written as postgresql://USER@HOST/DATABASE or service=NAME.",
    ),
    (
        (ssl.SSLError, ssl.CertificateError),
        HistoryRefusedError,
        "The server of the history could not prove who it is: {}",
        "Its certificate must be known to this machine: name it with ?sslrootcert=FILE.",
    ),
    (
        said.InvalidPasswordError,
        HistoryRefusedError,
        "The server of the history does not take the password",
        "It is looked for in ~/.pgpass, PGPASSWORD and history_password_command.",
    ),
    (
        said.InsufficientPrivilegeError,
        HistoryRefusedError,
        "This role may not use the history: {}",
        "Ask the administrator of the server.",
    ),
    (
        said.ReadOnlySQLTransactionError,
        HistoryReadOnlyError,
        "The server of the history can only be read now",
        "It is a copy of another one, or being looked after.",
    ),
    (
        said.TooManyConnectionsError,
        HistoryUnreachableError,
        "The server of the history has no connection free",
        "Its administrator may put a pooler before it.",
    ),
    (
        (said.DiskFullError, said.OutOfMemoryError, said.ProgramLimitExceededError),
        HistoryFullError,
        "The server of the history has no room: {}",
        "",
    ),
    (
        (said.InvalidAuthorizationSpecificationError, said.InvalidCatalogNameError),
        HistoryRefusedError,
        "The server of the history refuses: {}",
        "",
    ),
    (
        (said.DataError, said.IntegrityConstraintViolationError),
        HistoryUnfitError,
        "The server of the history does not take this: {}",
        "",
    ),
    (_BUSY, HistoryBusyError, "The server of the history is busy", "Try again in a moment."),
    (TimeoutError, HistoryUnreachableError, "The server of the history does not answer", ""),
)
