"""Every error of the project: what happened, and what to do next.

::

    SegueError                      message, hint
    ├── UsageError                  a command line that makes no sense (exit code 2)
    ├── ConfigError                 a bad value in config.toml, with file, line and key
    ├── HistoryError                the history could not be read or written
    │   ├── NotFoundError           no such conversation or message
    │   ├── HistoryBusyError        another program holds the database
    │   ├── HistoryFullError        the disk is full
    │   ├── HistoryReadOnlyError    the folder or file may not be written
    │   ├── HistoryDamagedError     the file is not a whole database
    │   ├── HistoryTooNewError      written by a newer Segue, or by another program
    │   ├── HistoryUnreachableError the server can't be reached now
    │   └── HistoryRefusedError     the server refuses: a password, a right, a certificate
    ├── ImportFileError             a file to import that is not what it should be
    └── ProviderError               kind, status_code, retry_after, param
        ├── ModelNotSupportedError  the provider has no such model
        ├── MissingKeyError         the provider needs a key and none was found
        └── ProviderHTTPError       (in ``providers.http``) also an aiohttp.ClientResponseError
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Way(NamedTuple):
    """What the person can do next by a command, which each front end gives in its own manner."""

    words: str
    """As in ``Choose one``."""
    command: str
    """The name of the command."""

    def by(self, means: str) -> str:
        """The hint, where a key, a typed command or an option does it."""
        return f"{self.words}: {means}."


class SegueError(Exception):
    """Something went wrong in a way that we can explain.

    Attributes:
        message: What happened, in words, without a trailing full stop.
        hint: What the person can do next; may be empty. It names no key: only the front end knows those.
        way: The same, where a command does it.
    """

    def __init__(self, message: str, hint: str | Way = "") -> None:
        Exception.__init__(self, message)  # by name: an HTTP error has a second line of ancestors
        self.message = message
        self.way = hint if isinstance(hint, Way) else None
        self.hint = hint.by(f"/{hint.command}") if isinstance(hint, Way) else hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(SegueError):
    """The command line makes no sense."""


class BudgetError(SegueError):
    """What may be spent is spent."""


class ConfigError(SegueError):
    """The configuration file has a value that cannot be used.

    Attributes:
        at: Which setting it is, a step each; empty where it is the whole file.
    """

    at: tuple[str, ...] = ()


class ImportFileError(SegueError):
    """A file to import is not what it should be; names the line and the reason."""


class HistoryError(SegueError):
    """The history could not be read or written."""


class NotFoundError(HistoryError):
    """There is no such conversation or message."""


class HistoryBusyError(HistoryError):
    """Another program holds the database for longer than we wait."""


class HistoryFullError(HistoryError):
    """The disk, or the quota, is full."""


class HistoryReadOnlyError(HistoryError):
    """The history's folder or file may not be written."""


class HistoryDamagedError(HistoryError):
    """The file is not a whole database."""


class HistoryTooNewError(HistoryError):
    """The file was written by a newer Segue, or belongs to another program."""


class HistoryUnfitError(HistoryError):
    """The history does not take what is to be stored, and will not."""


class HistoryUnreachableError(HistoryError):
    """The history's server can't be reached now."""


class HistoryRefusedError(HistoryError):
    """The history's server refuses this person, this program, or its address makes no sense."""


class ErrorKind(StrEnum):
    """What sort of trouble a provider had: decides retry, words and keys offered."""

    AUTH = "auth"
    """401, 403: the key is missing, wrong or not allowed."""
    QUOTA = "quota"
    """402, insufficient_quota: no balance. Never retried."""
    RATE_LIMIT = "rate_limit"
    """429."""
    BUSY = "busy"
    """408, 409, 5xx, 529, "overloaded"."""
    NOT_FOUND = "not_found"
    """404: no such model or endpoint."""
    INVALID = "invalid"
    """400, 413, 422: the request was refused."""
    CONTEXT = "context"
    """The conversation is longer than the model can take."""
    OFFLINE = "offline"
    """This machine has no way out; nothing was sent."""
    CONNECT = "connect"
    """No connection: name not found, refused, unreachable, reset before the headers."""
    TLS = "tls"
    """The server's certificate was refused."""
    PROXY = "proxy"
    """The proxy refused or failed."""
    TIMEOUT = "timeout"
    """A limit of ours ran out; the message names the phase."""
    LOST = "lost"
    """The connection broke, or the stream ended without its end mark, after it had begun."""
    PROTOCOL = "protocol"
    """The answer is not what this wire format says: a web page, broken JSON."""
    FILTER = "filter"
    """The provider refused the content."""
    UNAVAILABLE = "unavailable"
    """The provider cannot be used here: an extra is missing, marked not working."""
    INTERNAL = "internal"
    """An error in a plug-in or in Segue itself."""


RETRYABLE = frozenset({ErrorKind.RATE_LIMIT, ErrorKind.BUSY, ErrorKind.CONNECT})


class Refuser(StrEnum):
    """Who refuses a field, and will again."""

    SERVER = "server"
    """The server, whatever the model."""
    MODEL = "model"


class Refusal(NamedTuple):
    """Fields of a request that were refused: it may be sent again without them."""

    fields: tuple[str, ...]
    """As the request has them, with dots between the steps; ``system`` is the system prompt."""
    by: Refuser | None = None
    """None where only this value was refused."""


NOT_NOW = (HistoryBusyError, HistoryFullError, HistoryReadOnlyError, HistoryUnreachableError)
"""What is over once the history takes something again."""


class ProviderError(SegueError):
    """A provider could not answer, or could not go on.

    Attributes:
        kind: What sort of trouble this is.
        status_code: The HTTP status that the server sent, if it sent one.
        retry_after: Seconds that the server asked us to wait, if it did.
        retryable: Whether the same request may succeed a moment later.
        param: The request parameter that the server refused, in our names, if it named one.
        refusal: What of the request the server refused; None where nobody has looked.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        kind: ErrorKind = ErrorKind.INTERNAL,
        status_code: int | None = None,
        retry_after: float | None = None,
        param: str | None = None,
        retryable: bool | None = None,
    ) -> None:
        """Describe the trouble; without ``retryable`` the kind decides."""
        super().__init__(message, hint)
        self.kind = kind
        self.status_code = status_code
        self.retry_after = retry_after
        self.param = param
        self.refusal: Refusal | None = None
        self.retryable = kind in RETRYABLE if retryable is None else retryable

    def blame(self, key_source: str | None) -> None:
        """Say where the key came from, if it was the key that was refused."""
        if self.kind is ErrorKind.AUTH and key_source:
            self.hint = f"The key came from {key_source}. {self.hint}".rstrip()


class ModelNotSupportedError(ProviderError):
    """The provider has no such model; the message lists those it has."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, kind=ErrorKind.NOT_FOUND)


class MissingKeyError(ProviderError):
    """The provider needs a key and none was found; the hint names where to put one."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, kind=ErrorKind.AUTH)
