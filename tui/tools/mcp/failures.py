"""What goes wrong with a server of the Model Context Protocol, in words.

::

    SegueError
    └── McpError            it could not be done; says why
        ├── ServerGone      the connection ended in the middle
        ├── SessionLost     the server no longer knows us; nothing was done
        └── SignInNeeded    it wants to know who is there
"""

from __future__ import annotations

from tui.errors import SegueError
from tui.secret import redact
from tui.text import one_line

_CLOSED = -32000


class McpError(SegueError):
    """A server could not do what it was asked."""


class ServerGone(McpError):
    """The connection to the server ended in the middle."""


class SessionLost(McpError):
    """The server has forgotten our session: nothing was done, and a new one can be begun."""


class SignInNeeded(McpError):
    """The server wants to know who is there, and only a person can tell."""


def words_of(error: BaseException) -> str:
    """What happened, of several errors the first, safe to show."""
    error = innermost(error)
    text = getattr(error, "message", None)
    return one_line(redact(text if isinstance(text, str) else str(error)), 400) or type(error).__name__


def innermost(error: BaseException) -> BaseException:
    """Of a group of errors the first that is no group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def was_closed(error: BaseException | None) -> bool:
    """Whether a connection ended, in the number that the protocol has for it."""
    return error is not None and getattr(innermost(error), "code", None) == _CLOSED
