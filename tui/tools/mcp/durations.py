"""How long what may take, in one table, so that tests can have it shorter."""

from __future__ import annotations

from msgspec import Struct


class Durations(Struct, frozen=True):
    """Seconds."""

    start: float = 30.0
    """Until a server must be ready."""
    idle: float = 60.0
    """That a call may say nothing; progress begins it anew, and a dialog stops it."""
    whole: float = 600.0
    """Of a call, without the time that a person took."""
    after_stdin: float = 1.5
    """For a server to end by itself when there is nothing more to read."""
    after_term: float = 1.0
    """For it to end when it is told to."""
    window: float = 60.0
    """In which a server may end a few times before it is given up, and how long it is then left alone."""
    close: float = 6.0
    """That the program waits for its servers when it ends."""
    sign_in: float = 300.0
    """For a person to sign in."""
    quiet: float = 2.0
    """Between two notes that a server's lists have changed."""


MOST_ENDS = 3
"""Times that a server may end in the window."""
