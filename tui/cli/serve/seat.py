"""What the program of a visitor begins with: it takes the terminal that it was given, and opens the app."""

from __future__ import annotations

import sys
from typing import NoReturn


def sit() -> NoReturn:
    """Make standard input the terminal of this session, so that its end is told, and run ``segue``."""
    if sys.platform != "win32":
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    from tui.cli.main import main

    sys.argv[0] = "segue"
    sys.exit(main([]))
