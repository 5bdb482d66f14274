"""Work beside the message loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker


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
        node: The worker ends with it.
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
    """Do ``act``; a part of the screen that is missing is no fault while the app ends."""
    try:
        await act(*arguments)
    except NoMatches:
        if node.is_running:
            raise
