"""What a reply and the calls in it know of each other: so a reply without tools loads nothing of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tui.chat.chunks import Progress
from tui.chat.parts import ToolCall, ToolResult
from tui.tools.tool import ToolSpec


class Calling(Protocol):
    """Carries out the calls of one reply: ``rounds``."""

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """What the model is told that it may call; the same for the whole reply."""
        ...

    @property
    def instructions(self) -> str:
        """What the model is told of their use, beside the system prompt; the same for the whole reply."""
        ...

    @property
    def over(self) -> str:
        """Why no more calls are carried out, for the person; empty while they are."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether the person wants the reply to end here."""
        ...

    def named(self, call: ToolCall) -> ToolCall:
        """A call that came from a model, with the server and name of the tool that it means."""
        ...

    async def run(self, calls: Sequence[ToolCall]) -> None:
        """Answer each call of a round: carried out, or not."""
        ...

    async def turn_down(self, calls: Sequence[ToolCall], why: str) -> None:
        """Answer each call of a round, and carry out none."""
        ...


class Keeper(Protocol):
    """Keeps what becomes of calls: the reply."""

    def put(self, call: ToolCall, result: ToolResult | None = None) -> None:
        """A call has another state, and maybe its result."""
        ...

    async def commit(self) -> None:
        """Have all that was put on the disk, in one transaction, before this returns.

        Raises:
            HistoryError: It is not there.
        """
        ...

    def work(self, progress: Progress) -> None:
        """Tell how far a call is."""
        ...

    def notice(self, text: str) -> None:
        """Tell the person something."""
        ...


Equip = Callable[[Keeper], Awaitable[Calling | None]]
"""Makes ready what a reply may call; None where that is nothing."""
