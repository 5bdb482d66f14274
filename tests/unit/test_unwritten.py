"""A file of the person's that can't be written: why, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tui.paths import unwritten


@pytest.mark.parametrize(
    ("number", "way"),
    [
        (errno.ENOSPC, "Make room there, then try again."),
        (errno.EROFS, "be written by you, then try again."),
        (errno.EACCES, "be written by you, then try again."),
        (errno.ENOTDIR, "move it away, then try again."),
        (errno.EEXIST, "move it away, then try again."),
        (errno.EIO, "Try again."),
    ],
)
def test_each_reason_has_its_way_out(number, way):
    file = Path("folder", "poet.md")
    words = str(unwritten(file, OSError(number, os.strerror(number)), "Nothing was changed."))
    assert words.startswith(f"{file}: cannot be written: {os.strerror(number)}. Nothing was changed. ")
    assert words.endswith(way)
