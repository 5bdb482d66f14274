"""What was done and can be undone, in the order in which it was done. Typing has its place in that order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import SegueError, UsageError

if TYPE_CHECKING:
    from tui.engine.conversation_service import Undo

_MOST = 200
SHOWN = 10.0
"""Seconds for which it is said how something is undone."""


class Act(NamedTuple):
    """What was done."""

    undo: Undo
    back: str
    """What is said once it is undone."""
    after: object | None
    """The newest change of the draft when it was done."""
    topic: object
    """What it was done to."""


class Acts:
    """One list for the whole app, so that undo takes back what was done last, wherever that was."""

    def __init__(self, newest_change: Callable[[], object | None] = lambda: None) -> None:
        """Begin with nothing done.

        Args:
            newest_change: Gives what undo would take back in the draft, always the same object for the same
                change; None if there is nothing.
        """
        self._newest_change = newest_change
        self._done: list[Act] = []

    def note(self, undo: Undo, back: str, topic: object = None) -> None:
        """Something was done.

        Args:
            undo: Undoes it.
            back: What is said then.
            topic: What it was done to, for ``forget`` and ``undo``.
        """
        self._done = [*self._done[1 - _MOST :], Act(undo, back, self._newest_change(), topic)]

    def forget(self, topic: object) -> None:
        """What was done to this is undone already."""
        self._done = [act for act in self._done if act.topic != topic]

    @property
    def typed_last(self) -> bool:
        """Whether the newest of all is a change of the draft."""
        change = self._newest_change()
        return change is not None and (not self._done or change is not self._done[-1].after)

    async def undo(self) -> Act:
        """Undo what was done last. Returns it.

        Raises:
            UsageError: Nothing is left.
            SegueError: It can't be undone; it can be tried again.
        """
        if not self._done:
            raise UsageError("There is nothing to undo", "/undelete brings back what was deleted earlier.")
        act = self._done.pop()
        try:
            await act.undo()
        except SegueError:
            self._done.append(act)
            raise
        return act
