"""Standard output and standard input in the place of a file: the name ``-``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.output import discard_output
from tui.errors import SegueError, UsageError

STREAM = Path("-")


def write_file(source: Path) -> None:
    """Write the bytes of a file to standard output.

    Raises:
        UsageError: A person would see them.
        BrokenPipeError: The reader has gone.
        SegueError: They can't be written.
    """
    if sys.stdout.isatty():
        raise UsageError("Standard output is a terminal", "Lead it into a file: … - > FILE")
    try:
        with source.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise SegueError(f"Standard output can't be written: {error.strerror}") from None


@contextmanager
def given(file: Path) -> Iterator[Path]:
    """The file that was named; for ``-`` one that has what comes on standard input.

    Raises:
        UsageError: Nothing comes there.
        SegueError: It can't be read.
    """
    if file != STREAM:
        yield file
        return
    if sys.stdin.isatty():
        raise UsageError("Standard input is a terminal", "Lead a file into it: … - < FILE")
    with TemporaryDirectory() as folder:  # of nobody else: its mode is 0700
        copy = Path(folder, "standard-input")
        try:
            with copy.open("wb") as into:
                shutil.copyfileobj(sys.stdin.buffer, into)
        except OSError as error:
            raise SegueError(f"Standard input can't be read: {error.strerror}") from None
        yield copy
