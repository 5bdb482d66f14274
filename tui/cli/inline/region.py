"""The rows below all that is printed: they are drawn again and again, and nothing above them is touched."""

from __future__ import annotations

from collections.abc import Sequence

from tui.cli.inline.rows import Row, height
from tui.cli.inline.terminal import Terminal
from tui.cli.plain.page import Page

_AT_ONCE, _SHOWN = "\x1b[?2026h", "\x1b[?2026l"
"""What stands between is shown as one, by terminals that can."""


class Region:
    """Draws them, and takes them away before anything else is written.

    How many rows they take is counted for the width of now: most terminals wrap what stands on them anew.
    One that does not has cut them; there they are left standing, for what is counted might be the person's.
    """

    def __init__(self, page: Page, terminal: Terminal) -> None:
        self.left = False
        """Rows were left standing: what is drawn from now on might stand there twice."""
        self._page = page
        self._terminal = terminal
        self._rows: Sequence[Row] = ()
        self._width = 0
        page.before_writing = self.lift

    @property
    def stands(self) -> bool:
        """Whether any are drawn."""
        return bool(self._rows)

    def show(self, printed: Sequence[Row], rows: Sequence[Row]) -> None:
        """Print rows for ever, and draw others below them."""
        self._page.end_line()
        taken = self._taken_away()
        self._rows, self._width = rows, self._terminal.size.columns
        lines = "".join(f"{row.drawn}\n" for row in (*printed, *rows))
        if taken or lines:
            self._terminal.echo(not rows)
            self._page.draw(f"{_AT_ONCE}{taken}{lines}{_SHOWN}")

    def lift(self) -> None:
        """Take the rows away: something is written below what is printed."""
        if self._rows:
            self._terminal.settle()
            self.show((), ())

    def close(self) -> None:
        """Nothing is drawn any more."""
        self.lift()
        self._page.before_writing = lambda: None

    def _taken_away(self) -> str:
        width = self._terminal.size.columns
        if not self._rows:
            return ""
        if width != self._width and not self._terminal.wraps:
            self.left = True
            return ""
        return f"\x1b[{sum(height(row.text, width) for row in self._rows)}A\r\x1b[J"
