"""Work that blocks, beside the loop, on a thread that ends with it.

The thread of ``asyncio.to_thread`` stays until the program ends, and keeps 0.2 MB: what a start does is not
worth that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")


async def aside(work: Callable[[], _Result]) -> _Result:
    """What ``work`` gives. It is done to its end, also where nobody waits for it any more."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="aside")
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
    finally:
        executor.shutdown(wait=False)
