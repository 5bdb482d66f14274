"""A child process that the terminal and its keys don't reach."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO


def spawn(
    command: Sequence[str],
    *,
    stdin: int,
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    env: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start ``command`` out of reach of Ctrl+C, which is for Segue, and without a window of its own.

    A plain ``Popen``, not asyncio's: it may outlive the event loop that asked for it.

    Raises:
        OSError: It can't be started.
    """
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=env,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
