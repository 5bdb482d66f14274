"""How long a reply may take, and how often a request is sent."""

from __future__ import annotations

import random

from msgspec import Struct

from tui.errors import ErrorKind, ProviderError


class Limits(Struct, frozen=True):
    """Seconds, bytes and counts for one reply. Time limits between bytes are ``providers.http``'s."""

    first_token: float = 120.0
    """From the request to the first piece; progress of a download or a load starts it anew."""
    next_token: float = 180.0
    """Between pieces: keep-alive comments do not count."""
    checkpoint: float = 0.5
    """Text is on disk at most this long after it came."""
    checkpoint_size: int = 4096
    """Characters that are written at once, without waiting."""
    save_again: float = 2.0
    """After so long an ended reply is offered to a history that did not take it; the pause grows."""
    reply_size: int = 20_000_000
    """Characters at which a reply that does not end is stopped."""
    rounds: int = 25
    """How often the model may call tools in one reply; then it has to answer."""
    calls: int = 64
    """Calls in one reply."""
    tools_time: float = 900.0
    """Seconds for a reply that calls tools, but for those in which the person is asked."""
    calls_at_once: int = 4
    """Calls that are carried out side by side, where none of them changes anything."""
    call_end: float = 2.0
    """Seconds that a stopped call has to end."""
    result_told: int = 100_000
    """Bytes of a result that the model reads."""
    result_kept: int = 1_000_000
    """Bytes of a result that the history keeps."""
    result_pictures: int = 5
    """Pictures of a result that the model sees."""
    attempts: int = 3
    longest_wait: float = 30.0
    """A server that asks for a longer wait than this fails at once, with the time in its words."""


def retry_delay(error: ProviderError, attempt: int, limits: Limits) -> float | None:
    """Seconds to wait before attempt ``attempt + 1``, or None if it makes no sense.

    The server's own wish counts; otherwise 0.5 s doubling up to 8 s, with full jitter.
    """
    lost = error.kind is ErrorKind.LOST  # nothing of it was shown, else nobody would ask
    if not (error.retryable or lost) or attempt >= limits.attempts:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= limits.longest_wait else None
    return random.uniform(0.1, 1.0) * min(0.5 * 2.0 ** (attempt - 1), 8.0)
