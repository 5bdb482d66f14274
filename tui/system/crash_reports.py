"""What is kept of a fault of ours: a private file without locals or secrets, and some words."""

from __future__ import annotations

import logging
import os
import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

import tui
from tui.faults import LOGGER
from tui.paths import PRIVATE_FILE, private_dir
from tui.secret import redact
from tui.text import clean


class Reports(logging.Handler):
    """Writes what was noted of faults that ended nothing into reports of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self.folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        if record.exc_info and record.exc_info[1]:
            write_report(record.exc_info[1], self.folder, kind="fault")


def keep_faults(folder: Path) -> None:
    """Keep faults that are noted from here on in a folder."""
    for handler in [each for each in LOGGER.handlers if isinstance(each, Reports)]:
        LOGGER.removeHandler(handler)
    LOGGER.addHandler(Reports(folder))


def write_report(error: BaseException, folder: Path, kind: str = "crash") -> Path | None:
    """Write the traceback of ``error`` to a file that only this user can read.

    Args:
        error: What was raised.
        folder: Where to.
        kind: What the file's name begins with.

    Returns:
        The file, or None where it can't be written.
    """
    now = datetime.now(UTC)
    python = f"Python {platform.python_version()}, {platform.platform()}"
    head = f"Segue {tui.__version__}, {python}, {now:%F %T} UTC"
    frames = "".join(traceback.format_exception(error))
    try:
        path = private_dir(folder) / f"{kind}-{now:%Y%m%d-%H%M%S-%f}.txt"
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, PRIVATE_FILE)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(f"{head}\n\n{redact(clean(frames))}")
    except OSError:
        return None
    return path


def last_words(error: BaseException, report: Path | None) -> str:
    """What stands on the terminal after a fault: plain, and without anything private."""
    what = redact(clean(f"{type(error).__name__}: {error}"))[:400]
    where = f"The details are in {report}" if report else "The details could not be written to a file."
    return f"Segue has a fault and had to stop: {what}\nEvery message that was sent is kept.\n{where}"
