"""Asks the person what a model wants to do: one question after the other, each gone with its reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from textual.screen import Screen

from tui.app.context import Context
from tui.app.lists.sheet import Layer
from tui.tools.approval import Decision, Question

_Answer = TypeVar("_Answer")


class Asking:
    """The ``Asker`` of the app. What is not answered means no."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._turn = asyncio.Lock()

    async def ask(self, question: Question) -> Decision:
        """Ask whether a tool may be used. Cancelling takes the question away."""
        from tui.app.tools.approval_sheet import ApprovalSheet

        return await self.on(lambda: ApprovalSheet(question)) or Decision.NO

    async def on(self, make: Callable[[], Layer[_Answer]]) -> _Answer | None:
        """What is answered on a sheet, in its turn. The sheet closes when nobody waits for it any more."""
        async with self._turn:
            sheet = make()
            answer: asyncio.Future[_Answer | None] = asyncio.get_running_loop().create_future()

            def answered(result: _Answer | None) -> None:
                if not answer.done():
                    answer.set_result(result)

            shown: Screen[_Answer | None] = sheet
            await self._context.show(shown, answered)
            try:
                return await answer
            finally:
                sheet.dismiss(None)
