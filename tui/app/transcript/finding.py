"""Finding in the conversation that is read: opens the bar for it, and closes it."""

from __future__ import annotations

from tui.app.commands import Handlers
from tui.app.context import Context
from tui.app.life import lives
from tui.app.transcript.find_bar import FindBar
from tui.app.transcript.transcript import Transcript


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
        page = self._context.page
        bars = page.query(FindBar)
        bar = bars.first() if bars else FindBar(self._transcript, page.query_one("#draft"))
        if not bars:
            await page.query_one("#main").mount(bar, after="#reading")
        if not lives(bar):  # closed at once
            return
        bar.field.focus()
        if needle:
            bar.field.value = needle

    def close(self) -> None:
        """Take bar and marks away."""
        self._context.page.query(FindBar).remove()
        self._transcript.end_find()
