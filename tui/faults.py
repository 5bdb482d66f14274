"""Faults of ours that nothing else has to suffer from: they are noted, and what can be done without is done.

What is noted goes to the logger of this module. Who runs the program decides where that ends: in private
files, see ``tui.system.crash_reports``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")

LOGGER = logging.getLogger("segue.faults")
LOGGER.addHandler(logging.NullHandler())  # else what nobody keeps would be written over the screen
_MOST = 20
"""Faults that one run notes: what fails for each line would fill the disk."""
_noted: set[tuple[str, str, int]] = set()


def note(error: Exception) -> None:
    """Log a fault, once for each place where it is raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    code = frame.tb_frame.f_code if frame is not None and not isinstance(error, RecursionError) else None
    place = (type(error).__name__, code.co_filename if code else "", frame.tb_lineno if code and frame else 0)
    if place in _noted or len(_noted) >= _MOST:
        return
    _noted.add(place)
    LOGGER.error("something could not be shown as it should be", exc_info=error)


def forget() -> None:
    """Note everything anew."""
    _noted.clear()


def attempt(act: Callable[[], _Result], otherwise: Callable[[], _Result]) -> _Result:
    """What ``act`` gives; if it fails, that is noted, and it is what ``otherwise`` gives."""
    try:
        return act()
    except Exception as error:
        note(error)
        return otherwise()
