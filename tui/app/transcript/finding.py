"""Finding in the conversation that is read: its bar is opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.commands import Handlers
from tui.app.life import lives
from tui.app.transcript.transcript import Transcript

if TYPE_CHECKING:
    from tui.app.context import Context


class Finding:
    """One bar at a time."""

    def __init__(self, context: Context, transcript: Transcript) -> None:
        self._context = context
        self._transcript = transcript

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"find": self.open}

    async def open(self, needle: str = "") -> None:
        """Open the find bar, with words in it if some are given."""
        from tui.app.transcript.find_bar import FindBar

        screen = self._context.screen
        bars = screen.query(FindBar)
        bar = bars.first() if bars else FindBar(self._transcript, screen.query_one("#draft"))
        if not bars:
            await screen.query_one("#main").mount(bar, after="#transcript")
        if not lives(bar):  # closed at once
            return
        bar.field.focus()
        if needle:
            bar.field.value = needle

    def close(self) -> None:
        """Take bar and marks away."""
        self._context.screen.query("FindBar").remove()
        self._transcript.end_find()
