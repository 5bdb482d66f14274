"""The whole app, measured from inside: ``python -m tests.benchmarks.subject_app TASK [CONVERSATION]``."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.heart import Heart
from tests.benchmarks.rest import SETTLED, rest
from tests.benchmarks.streaming import write_figures
from tests.benchmarks.terminal import memory_of
from tui.app.app import SegueApp
from tui.app.features import Features
from tui.chat.draft import Draft
from tui.cli import main


async def measure(app: SegueApp) -> None:
    """Do the task that the command line names, and leave."""
    await until(lambda: app.main_screen.features is not None and not app.main_screen.features.transcript.busy)
    assert app.main_screen.features
    write_figures(**await TASKS[sys.argv[1]](app.main_screen.features))
    await app.leave(0)


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - what is measured has no event for it
        await asyncio.sleep(0.002)


async def stall(features: Features) -> dict[str, Any]:
    """The longest time in which the event loop did nothing else, from a prompt to after its reply's end."""
    await asyncio.sleep(SETTLED)
    async with Heart() as heart:
        features.writing.submit(Draft("Begin"))
        await until(lambda: features.session.current.live is not None)
        await until(lambda: not (features.session.current.busy or features.transcript.busy))
        await asyncio.sleep(1)
    return {"stall": heart.longest, "work": heart.work}


async def opening(features: Features) -> dict[str, Any]:
    """The CPU and wall seconds of opening a stored conversation, and the memory afterwards.

    The CPU is all that follows from it: what comes after the first paint is no cheaper for that.
    """
    await features.reading.open_by_id(1)  # what is loaded with the first conversation is loaded
    await drawn(features)
    await asyncio.sleep(SETTLED)
    cpu, wall = time.process_time(), time.perf_counter()
    await features.reading.open_by_id(int(sys.argv[2]))
    await drawn(features)
    wall = time.perf_counter() - wall
    await asyncio.sleep(SETTLED)
    return {"cpu": time.process_time() - cpu, "wall": wall, "memory": memory_of(os.getpid())}


async def drawn(features: Features) -> None:
    await until(lambda: not features.transcript.busy)
    painted = asyncio.Event()
    features.transcript.call_after_refresh(painted.set)
    await painted.wait()


TASKS = {"stall": stall, "opening": opening}


def begin(app: SegueApp) -> None:
    app.run_worker(rest(app) if sys.argv[1] == "idle" else measure(app))


if __name__ == "__main__":
    SegueApp.on_ready = begin  # type: ignore[attr-defined]
    sys.exit(main([]))
