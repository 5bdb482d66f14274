"""What the SDK notes, in a private file: written to the terminal it would stand across the screen."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tui.paths import PRIVATE_FILE, private_dir
from tui.secret import redact
from tui.text import clean

_NAMES = ("mcp", "client", "httpx2", "httpcore2")
_LARGEST = 500_000


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return clean(redact(super().format(record)))[:20_000]


class _PrivateFile(RotatingFileHandler):
    """The file, and the one before it: whenever one is made, for this user alone."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)


def keep_sdk_log(folder: Path) -> None:
    """Let what the SDK notes from here on end in a file of the folder, and nowhere else."""
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        file = private_dir(folder) / "mcp.log"
        handler = _PrivateFile(file, maxBytes=_LARGEST, backupCount=1, delay=True)
    handler.setFormatter(_Redacted("%(asctime)s %(name)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)
    for name in _NAMES:
        logger = logging.getLogger(name)
        for other in list(logger.handlers):
            logger.removeHandler(other)
            other.close()
        logger.addHandler(handler)
        logger.propagate = False
