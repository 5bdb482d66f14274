"""Whether a shell would let a program go on that stops."""

from __future__ import annotations

import os
import sys


def has_a_shell() -> bool:
    """Whether someone in this session looks after the program's process group, and can let it go on.

    A shell gives each of its jobs a group. The group of the session's own first program, as in
    ``xterm -e segue``, is nobody's job: stopped, it would stay so.
    """
    if sys.platform == "win32":
        return False
    leader = os.getsid(0)
    if leader == os.getpgrp():
        return False
    try:
        os.getsid(leader)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, but not ours to look at
        return True
    return True
