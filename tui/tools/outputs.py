"""What foreign code prints: caught, so that it is neither painted over the screen nor mixed into an answer.

Caught is what one call prints, in its thread or task, and what the programs write that it starts; all others
go on printing where they did. Meanwhile it hears nothing of what is typed, and neither do those programs.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

from tui.tools.children import without_terminal
from tui.unheard import hearing_nothing

_caught: ContextVar[_Caught | None] = ContextVar("caught", default=None)
LONGEST = 100_000
"""Characters that are kept."""


class _Caught(io.StringIO):
    """Keeps a beginning, whatever is written."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, LONGEST - self.tell())])
        return len(text)


class _Outlet:
    """Stands in a standard stream's place: what is caught goes aside, the rest and all else to the stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(_caught.get() or self._stream, name)

    @property
    def buffer(self) -> Any:
        return io.BytesIO() if _caught.get() else self._stream.buffer

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)


@contextmanager
def caught_output() -> Iterator[io.StringIO]:
    """What is printed inside the block, by this thread or task and those that it starts with its context."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Outlet):
            setattr(sys, name, _Outlet(stream))
    kept = _Caught()
    token = _caught.set(kept)
    try:
        with hearing_nothing(), without_terminal(kept.write):
            yield kept
    finally:
        _caught.reset(token)
