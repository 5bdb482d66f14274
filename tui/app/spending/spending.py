"""Says what was spent."""

from __future__ import annotations

from tui.app.commands import Handlers
from tui.app.context import Context


class Spending:
    """Knows what this conversation, today and this month have taken."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"usage": self._say}

    async def _say(self, argument: str) -> None:
        self._context.note("; ".join(await self._context.session.spent_words()))
