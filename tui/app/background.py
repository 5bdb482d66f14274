"""Work beside the message loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

from textual.dom import DOMNode
from textual.worker import Worker

from tui.app.life import GONE, has_gone

_Result = TypeVar("_Result")


def in_background(
    node: DOMNode,
    group: str,
    act: Callable[..., Awaitable[None]],
    *arguments: Any,
    exclusive: bool = False,
    fatal: bool = True,
) -> Worker[None]:
    """Let ``act`` run in a worker of ``node``.

    Args:
        node: The worker ends with it, whatever it still waits for.
        group: A name for the kind of work.
        act: An async function; unlike a coroutine, it may be dropped before it began.
        arguments: What it takes.
        exclusive: It takes the place of earlier work of its group.
        fatal: A fault in it ends the app.
    """
    work = cast(Any, partial(_unless_gone, node, act, *arguments))
    worker: Worker[None] = node.run_worker(work, group=group, exclusive=exclusive, exit_on_error=fatal)
    return worker


async def _unless_gone(node: DOMNode, act: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    """Do ``act``; that something is missing is no fault where the one for whom it is done has gone."""
    try:
        await act(*arguments)
    except GONE:
        if not has_gone(node):
            raise


async def in_thread(work: Callable[[], _Result]) -> _Result:
    """What ``work`` gives. Its thread does not hold up the end of the program, unlike asyncio's."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[_Result] = loop.create_future()

    def settle(act: Callable[[Any], None], value: object) -> None:
        if not result.done():
            act(value)

    def run() -> None:
        act: Callable[[Any], None] = result.set_result
        value: object
        try:
            value = work()
        except Exception as error:
            act, value = result.set_exception, error
        with suppress(RuntimeError):  # the program has ended
            loop.call_soon_threadsafe(settle, act, value)

    threading.Thread(target=run, daemon=True).start()
    return await result
