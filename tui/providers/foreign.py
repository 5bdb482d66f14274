"""Code that is not ours: it writes nothing to standard output, and can hold up nobody.

Only ``os._exit`` and what a program in C may do are out of reach.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import FrameType
from typing import Any, TextIO, cast

from tui.providers.thread_stream import apart
from tui.unheard import hear_nothing, hearing_nothing

MODULE = "segue_drop_in_"
"""What the names of the modules of drop-in files begin with."""
_LOGGER = logging.getLogger("segue.foreign")
_foreign: ContextVar[bool] = ContextVar("foreign", default=False)


class _KeptClean:
    """Standard output without what foreign code prints: a screen, or a document of JSON, may stand there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if not _is_foreign():
            return self._stream.write(text)
        if text.strip():
            _LOGGER.info("%s", text.rstrip())
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _is_foreign() -> bool:
    """Whether foreign code writes: it was called from here, or a thread that it began itself does."""
    if _foreign.get():
        return True
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(MODULE):
            return True
        frame = frame.f_back
    return False


@contextmanager
def kept_off() -> Iterator[None]:
    """Let foreign code run, and keep what it prints off standard output, now and later."""
    if not isinstance(sys.stdout, _KeptClean):
        sys.stdout = cast(TextIO, _KeptClean(sys.stdout))
    before = _foreign.set(True)
    try:
        with hearing_nothing():
            yield
    finally:
        _foreign.reset(before)


def guarded(found: type[Any]) -> dict[str, Any]:
    """What stands before the methods of a foreign provider: they run in a thread of their own.

    Args:
        found: The class, whose subclass gets these attributes.
    """

    def create_async_generator(
        cls: Any, /, model: str, messages: Any, proxy: str | None = None, **kwargs: Any
    ) -> Any:
        """See ``AsyncGeneratorProvider``."""

        def make() -> Any:
            _foreign.set(True)  # in the context of the other loop's task
            hear_nothing()
            return found.create_async_generator.__func__(cls, model, messages, proxy, **kwargs)

        with kept_off():
            return apart(make)

    async def discover_models(cls: Any, /, *, proxy: str | None = None, **kwargs: Any) -> Any:
        """See ``ProviderModelMixin``."""
        ask = found.discover_models.__func__
        return await _elsewhere(lambda: ask(cls, proxy=proxy, **kwargs))

    methods: dict[str, Any] = {}
    if hasattr(getattr(found, "create_async_generator", None), "__func__"):
        stands_before = wraps(found.create_async_generator.__func__)
        methods["create_async_generator"] = classmethod(stands_before(create_async_generator))
    if hasattr(getattr(found, "discover_models", None), "__func__"):
        methods["discover_models"] = classmethod(discover_models)
    return methods


async def _elsewhere(make: Callable[[], Any]) -> Any:
    """What a coroutine gives that runs in a loop and thread of its own."""

    def run() -> Any:
        with kept_off():
            return asyncio.run(_awaited(make))

    return await asyncio.to_thread(run)


async def _awaited(make: Callable[[], Any]) -> Any:
    found = make()
    return await found if hasattr(found, "__await__") else found
