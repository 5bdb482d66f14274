"""An end for work that may not come to one by itself, such as the regular expressions of others.

An expression that is at work can't be stopped from another thread, for it holds the interpreter. But it looks
for signals now and then. So a timer of the processor rings, and its handler raises what ends the work. There
is none on Windows, and signals reach only the main thread: elsewhere the work is told too late.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

_Result = TypeVar("_Result")

_RING = 0.02
"""CPU seconds between two looks at the work."""

_enough: Callable[[], bool] | None = None
"""What tells that the work which is going on has taken too long."""


class OutOfPatience(BaseException):
    """The work has taken too long. No ``Exception``: what is being stopped must not catch it."""


def can_stop() -> bool:
    """Whether work that is going on can be stopped here."""
    return sys.platform != "win32" and threading.current_thread() is threading.main_thread()


def work(act: Callable[[], _Result], enough: Callable[[], bool]) -> _Result:
    """What ``act`` gives.

    Args:
        act: The work; it changes nothing that may not be left half done.
        enough: Tells that it has taken too long; asked now and then, and at the end.

    Raises:
        OutOfPatience: It took too long.
    """
    global _enough
    outer, _enough = _enough, enough
    timed = outer is None and can_stop()
    collects = timed and gc.isenabled()
    if collects:
        gc.disable()  # what is raised while it calls back is written on the screen, and ends nothing
    try:
        if timed:
            _ring_every(_RING)
        result = act()
    finally:
        _enough = outer
        if timed:
            _ring_every(0)
        if collects:
            gc.enable()
    if enough():
        raise OutOfPatience
    return result


def _ring_every(seconds: float) -> None:
    """Have the timer ring, or with 0 not any more."""
    if sys.platform != "win32":
        _listen()
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)


@cache
def _listen() -> None:
    """Hear the timer, from now on for good: a ring that nobody hears would end the program."""
    if sys.platform != "win32":
        signal.signal(signal.SIGVTALRM, _ring)


def _ring(_number: int, _frame: object) -> None:
    if _enough is None:
        _ring_every(0)
    elif _enough():
        raise OutOfPatience
