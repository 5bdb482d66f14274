"""Work that blocks goes on beside the loop, on a thread that is gone when it is done."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tui.aside import aside


async def test_it_gives_what_the_work_gives_from_another_thread():
    assert await aside(threading.current_thread) is not threading.current_thread()


async def test_its_thread_ends_with_the_work():
    (await aside(threading.current_thread)).join(10)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("aside")]


async def test_what_the_work_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 / 0)


async def test_the_work_is_done_to_its_end_where_nobody_waits_any_more():
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)
        ended.set()

    waiting = asyncio.ensure_future(aside(work))
    await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    assert await asyncio.to_thread(ended.wait, 10)
