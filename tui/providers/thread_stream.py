"""An async generator that runs in a thread and event loop of its own: for code that may block its loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

QUEUE_SIZE = 64
"""Items that may wait for the reader; then the generator waits too."""


async def apart(make: Callable[[], AsyncIterator[T]]) -> AsyncGenerator[T, None]:
    """The items of the generator that ``make`` gives, which is made and runs elsewhere.

    Closing this ends the other one at its next await; a call that blocks there holds up nobody here.
    """
    worker = _Worker(make)
    try:
        while (item := await worker.take()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        worker.stop()


_END: Any = object()


class _Failed:
    def __init__(self, error: Exception) -> None:
        self.error = error


class _Worker(Generic[T]):
    def __init__(self, make: Callable[[], AsyncIterator[T]]) -> None:
        self._items: asyncio.Queue[Any] = asyncio.Queue()
        self._room = asyncio.Semaphore(QUEUE_SIZE)
        self._make = make
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        # Its loose ends (sockets that nobody closed) are no concern of the person's screen.
        self._loop.set_exception_handler(lambda loop, context: None)
        self._task = self._loop.create_task(self._pass_on())
        threading.Thread(target=self._run, name="apart", daemon=True).start()

    async def take(self) -> Any:
        """The next item; makes room for another one."""
        item = await self._items.get()
        self._there(self._room.release)
        return item

    def stop(self) -> None:
        """End the generator, if it has not ended; does not wait."""
        self._there(self._task.cancel)

    def _there(self, call: Callable[[], object]) -> None:
        """Call something in the generator's loop, if that still runs."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(call)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop()
            try:
                self._loop.run_until_complete(self._task)
            except asyncio.CancelledError:
                return

    async def _pass_on(self) -> None:
        try:
            stream = self._make()
            try:
                async for item in stream:
                    await self._hand(item)
            finally:
                if close := getattr(stream, "aclose", None):
                    await close()
        except (SystemExit, KeyboardInterrupt) as error:  # it must not end this program
            await self._hand(_Failed(RuntimeError(f"it wanted to exit: {error}")))
        except Exception as error:
            await self._hand(_Failed(error))
        else:
            await self._hand(_END)

    async def _hand(self, item: Any) -> None:
        """Give ``item`` to the reader, as soon as there is room for it."""
        await self._room.acquire()
        try:
            self._home.call_soon_threadsafe(self._items.put_nowait, item)
        except RuntimeError:  # the reader's loop is gone, and with it the program
            raise asyncio.CancelledError from None
