"""Says what was spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.app.commands import Handlers

if TYPE_CHECKING:
    from tui.app.context import Context


class Spending:
    """Knows what this conversation, today and this month have taken."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._said: Sequence[str] = ()

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"usage": self._say}

    async def _say(self, argument: str) -> None:
        """A line each, in the place of those that were said before; the newest stands on top."""
        for words in self._said:
            self._context.unnote(words)
        self._said = await self._context.session.spent_words()
        for words in reversed(self._said):
            self._context.note(words)
