"""Whatever a provider raises, in words for the person."""

from __future__ import annotations

from tui.errors import ErrorKind, ProviderError, SegueError
from tui.text import one_line

LONGEST_MESSAGE = 500
_KINDS = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    404: ErrorKind.NOT_FOUND,
    429: ErrorKind.RATE_LIMIT,
}


def explain(error: Exception, key: str | None = None) -> ProviderError:
    """``error`` as a ``ProviderError``; ours stay as they are.

    Providers from outside (drop-in files, plug-ins, the g4f bridge) raise what they like: aiohttp's errors,
    timeouts, bugs. The key that was sent never stands in the words.

    Args:
        error: What was raised.
        key: The API key of the request, if there was one.
    """
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, SegueError):
        return ProviderError(error.message, error.hint)
    status = getattr(error, "status", None)
    words = one_line(str(error), LONGEST_MESSAGE) or type(error).__name__
    if key and len(key) > 4:
        words = words.replace(key, f"…{key[-4:]}")
    if isinstance(status, int) and status >= 400:
        kind = _KINDS.get(status, ErrorKind.BUSY if status >= 500 else ErrorKind.INVALID)
        return ProviderError(f"The server answered {status}: {words}", kind=kind, status_code=status)
    if isinstance(error, TimeoutError):
        return ProviderError("The provider ran out of time", "Try again.", kind=ErrorKind.TIMEOUT)
    if isinstance(error, OSError):
        return ProviderError(
            f"No connection: {words}", "Check the network and the address.", kind=ErrorKind.CONNECT
        )
    return ProviderError(
        f"The provider failed: {type(error).__name__}: {words}",
        "This is a fault in the provider's code; another model may answer.",
    )
