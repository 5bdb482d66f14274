"""What a program takes while nothing happens in it."""

from __future__ import annotations

import asyncio
import resource
import time
from typing import Any

from textual.app import App

from tests.benchmarks.streaming import write_figures

SETTLED = 3.0
"""Seconds after which nothing of the start is at work any more."""
IDLE = 10.0


async def rest(app: App[Any]) -> None:
    """Wait, write the share of a core that was taken and how often the program woke, and leave."""
    await asyncio.sleep(SETTLED)
    before, cpu = _wakes(), time.process_time()
    await asyncio.sleep(IDLE)
    write_figures(share=(time.process_time() - cpu) / IDLE, wakes=(_wakes() - before) / IDLE)
    app.exit()


def _wakes() -> int:
    """How often the process has waited for something."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
