"""Copying to a server what is in this machine's file, the first time that the history is there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.engine.moving_in import MovingIn
from tui.history.copying import Copied
from tui.text import counted

if TYPE_CHECKING:
    from tui.app.context import Context


_PAUSE = 0.5  # seconds between two words of how far it is


class Moving:
    """Offers it once, and says how far it is."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._said, self._said_at = "", 0.0

    async def offer(self) -> None:
        """Ask whether it is to be copied, if there is anything and no one was asked."""
        moving = self._context.session.workspace.moving_in
        count = await moving.unasked() if moving is not None else 0
        if moving is None or not count:
            return
        from tui.app.conversations.move_sheet import MoveSheet

        if await self._context.ask(MoveSheet(count)):
            await self._copy(moving)
        else:
            await moving.decline()
            self._context.notify("They stay here; segue history copy --from FILE copies them at any time")

    async def _copy(self, moving: MovingIn) -> None:
        try:
            copied = await moving.copy(self._tell)
        finally:
            self._context.unnote(self._said)
        known = copied.total - copied.added
        there = f"; {known:,} were there already" if known else ""
        self._context.notify(f"{counted(copied.added, 'conversation')} copied to the server{there}")

    def _tell(self, copied: Copied) -> None:
        now = time.monotonic()
        if now - self._said_at >= _PAUSE:
            self._context.unnote(self._said)
            self._said, self._said_at = f"Copying to the server: {copied.done:,} of {copied.total:,}", now
            self._context.note(self._said)
