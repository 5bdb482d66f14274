"""Work beside the message loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from textual.dom import DOMNode
from textual.worker import Worker

from tui.app.life import GONE, has_gone
from tui.app.turns import AskingDone

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


@runtime_checkable
class Waits(Protocol):
    """An app that holds keys for a screen that is on its way."""

    def expects_screen(self, work: object) -> None:
        """A screen is about to be laid over the others, by work that says when it has ended."""
        ...


def to_ask(
    node: DOMNode, group: str, act: Callable[..., Awaitable[None]], *arguments: Any, exclusive: bool = False
) -> Worker[None]:
    """Let ``act`` ask the person something, and do what was answered, even if ``node`` has gone by then.

    What is typed before the screen is there that asks waits for it.

    Args:
        node: The one that asks.
        group: A name for the kind of work.
        act: An async function.
        arguments: What it takes.
        exclusive: It takes the place of earlier work of its group.
    """
    app, work = node.app, object()

    async def asks() -> None:
        try:
            await _unless_gone(node, act, *arguments)
        finally:
            app.post_message(AskingDone(work))

    if isinstance(app, Waits):
        app.expects_screen(work)
    return in_background(app.screen_stack[0], f"{type(node).__name__}: {group}", asks, exclusive=exclusive)


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
