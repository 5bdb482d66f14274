"""Whatever a provider raises, in words for the person."""

from __future__ import annotations

from tui.errors import ErrorKind, ProviderError, SegueError
from tui.secret import redact
from tui.text import one_line

LONGEST_MESSAGE = 500
_KINDS = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    404: ErrorKind.NOT_FOUND,
    429: ErrorKind.RATE_LIMIT,
}


def advice(error: ProviderError, words: int) -> str:
    """What to do next, for a person who has ``words`` words of the reply."""
    if words and error.kind in (ErrorKind.LOST, ErrorKind.TIMEOUT):
        kept = "1 word came and is kept" if words == 1 else f"{words:,} words came and are kept"
        return f"{kept}; go on from there, or try again."
    return error.hint or ("Try again." if error.kind is ErrorKind.LOST else "")


def explain(error: Exception) -> ProviderError:
    """``error`` as a ``ProviderError``; ours stay as they are.

    Providers from outside (drop-in files, plug-ins, the g4f bridge) raise what they like: aiohttp's errors,
    timeouts, bugs. No key stands in the words.
    """
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, SegueError):
        return ProviderError(error.message, error.hint)
    status = getattr(error, "status", None)
    words = one_line(redact(str(error)), LONGEST_MESSAGE) or type(error).__name__
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
