"""What is done with the branches and versions of the conversation that is read."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.errors import SegueError
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import Context, WithComparing, WithMessages, WithReading, WithTranscript

    class _Context(Context, WithReading, WithTranscript, WithMessages, WithComparing, Protocol): ...


_LONGEST = 80
"""Characters of a label."""


class Branches:
    """Shows the tree, and goes to what is chosen there."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"tree": self._show}

    async def _show(self, argument: str) -> None:
        """Show the conversation whole."""
        from tui.app.conversations.tree import Tree

        session = self._context.session
        await self._context.show(Tree(session, session.current, self), self._chosen)

    def _chosen(self, wanted: Sequence[int] | None) -> None:
        if wanted:
            self._context.soon(self._go if len(wanted) == 1 else self._context.comparing.reopen, wanted)

    async def _go(self, wanted: Sequence[int]) -> None:
        """Make a message part of what is read, and go to it."""
        context, [message_id] = self._context, wanted
        service = context.session.current
        if message_id not in service.conversation.path():
            if service.queue or service.preparing:  # a prompt is for the reply that is shown
                context.reading.when_quiet()
            await service.show(message_id)
            await context.reading.reload(at=message_id)
        await context.transcript.jump(message_id)

    # -- what is done while the tree is seen
    async def label(self, message_id: int, label: str) -> None:
        """Call a message something, or nothing any more.

        Raises:
            SegueError: It can't be kept.
        """
        before = self._context.session.current.conversation.labels
        others = {i: words for i, words in before.items() if i != message_id}
        name = one_line(label, _LONGEST)
        words = f"It is called “{name}” here." if name else "It has no label any more."
        labels = {**others, message_id: name} if name else others
        await self._context.reading.change(words, "Its label is as before", labels=labels)

    async def prune(self, message_id: int) -> None:
        """Delete a message and all that follows it, so that undo brings it back."""
        below = self._context.session.current.conversation.shown_below(message_id)
        await self._tried(self._context.messages.delete(below))

    async def undo(self) -> None:
        """Take back what was done last."""
        await self._tried(self._undo())

    async def _undo(self) -> None:
        self._context.notify(await self._context.undo())

    async def _tried(self, act: Awaitable[None]) -> None:
        try:
            await act
        except SegueError as error:
            self._context.tell(error)
