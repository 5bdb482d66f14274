"""How long each phase of a request may take, in one table."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace


class Timeouts(Struct, frozen=True):
    """Seconds. There is no limit on the whole: a long reply may take as long as it comes."""

    connect: float = 10.0
    """Finding the host, TCP, TLS and the proxy together."""
    headers: float = 60.0
    """From the request to the answer's first byte."""
    idle: float = 60.0
    """Between two pieces of the answer; a keep-alive counts as one."""
    error_body: float = 5.0
    after_finish: float = 2.0
    """For what may follow the end mark: token counts."""
    drain: float = 0.1
    """For the rest of a body that is of no interest, so that its connection can be used again."""


REMOTE = Timeouts()
PRIVATE = replace(REMOTE, headers=300.0)
"""A server in the person's own network may have to load the model first."""
PICTURES = replace(REMOTE, headers=300.0, idle=300.0)
"""A picture takes its vendor two minutes and more, of which nothing is heard."""
LISTS = replace(REMOTE, connect=5.0, headers=20.0, idle=20.0)
"""For lists of models."""
