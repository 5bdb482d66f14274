"""The command line: the only place where the parts are put together."""

from tui.cli.main import main

__all__ = ["main"]
