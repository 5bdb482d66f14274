"""``segue --plain``: conversations as lines, for screen readers, dumb terminals and scripts. No Textual."""

from tui.cli.plain.run import run

__all__ = ["run"]
