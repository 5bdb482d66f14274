"""What the person types is for the program: foreign code that asks for it finds an end, at once.

Without that, an ``input()`` in a tool waits for ever in a thread that nobody can stop,
and takes the keys away.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO, cast

_unheard: ContextVar[bool] = ContextVar("unheard", default=False)


class _Inlet:
    """Stands in the place of standard input: for foreign code there is nothing in it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._heard, name)

    @property
    def buffer(self) -> Any:
        return io.BytesIO() if _unheard.get() else self._stream.buffer

    def __iter__(self) -> Iterator[str]:
        return iter(self._heard)

    @property
    def _heard(self) -> TextIO:
        return io.StringIO() if _unheard.get() else self._stream


def hear_nothing() -> None:
    """From now on this thread or task, and those that it starts with its context, hear nothing."""
    if sys.stdin is not None and not isinstance(sys.stdin, _Inlet):
        sys.stdin = cast(TextIO, _Inlet(sys.stdin))
    _unheard.set(True)


@contextmanager
def hearing_nothing() -> Iterator[None]:
    """Inside the block this thread or task hears nothing."""
    before = _unheard.get()
    hear_nothing()
    try:
        yield
    finally:
        _unheard.set(before)
