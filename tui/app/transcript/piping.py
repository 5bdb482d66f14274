"""A block of code given to a command of the person's; what that writes is offered for the next prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.chat.draft import Draft

if TYPE_CHECKING:
    from tui.app.context import Context, WithWriting
    from tui.app.transcript.pipe_sheet import Command

    class _Context(Context, WithWriting, Protocol): ...


class Piping:
    """Asks which command, and takes its output into the composer."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._last: Command | None = None

    async def ask(self, code: str, language: str) -> None:
        """Let a block of code be given to a command, after the person has seen what will run."""
        from tui.app.transcript.pipe_sheet import PipeSheet

        piped = await self._context.ask(PipeSheet(code, language, self._last))
        if piped is not None:
            self._last = piped.command
            self._context.writing.bring(Draft(piped.prompt))
            self._context.back_to_writing()
