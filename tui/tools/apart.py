"""Foreign code in a thread of its own: it may block as long as it likes, and the program ends without it."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any


async def run_apart(work: Callable[[], Any]) -> Any:
    """What ``work`` gives, or the coroutine that it gives, which runs on a loop of its own.

    Cancelling cancels such a coroutine at its next await; other work goes on, and nobody hears of its end.
    Whatever it raises is raised here, also what would end the program.
    """
    home = asyncio.get_running_loop()
    done: asyncio.Future[Any] = home.create_future()
    stop: list[Callable[[], object]] = []

    def finish(result: Any, error: BaseException | None) -> None:
        if not done.done():
            done.set_result((result, error))

    def run() -> None:
        result, error = None, None
        try:
            result = work()
            if inspect.iscoroutine(result):
                result = asyncio.run(_stoppable(result, stop))
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the program has ended meanwhile
            home.call_soon_threadsafe(finish, result, error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="tool", daemon=True).start()
    try:
        result, error = await done
    except asyncio.CancelledError:
        for end in stop:
            with suppress(RuntimeError):
                end()
        raise
    if isinstance(error, StopIteration | asyncio.CancelledError):  # a task may not raise these for others
        raise RuntimeError(repr(error)) from error
    if error is not None:
        raise error
    return result


async def _stoppable(work: Coroutine[Any, Any, Any], stop: list[Callable[[], object]]) -> Any:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    stop.append(lambda: loop.call_soon_threadsafe(task.cancel))
    return await work
