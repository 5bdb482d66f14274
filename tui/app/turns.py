"""One key after the other: what the first one does decides for whom the next one is."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.dom import DOMNode
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea

from tui.app.life import has_gone

PATIENCE = 0.5
"""Seconds after which a key is waited for no more: what it does takes its time, or its way has ended."""


class KeyDone(Message):
    """Goes the way of a key, right behind it: where it comes, the key has been."""


def stays(event: events.Event, target: DOMNode) -> bool:
    """Whether what was typed is text for a field: it leads nowhere, and the next key need not wait."""
    text = isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)
    return text and isinstance(target, Input | TextArea)


class Turns:
    """Holds what is typed until the key before has been everywhere on its way.

    Textual gives a key to the widget that has the focus when it is read. Of two keys of one read the second
    would go where the first was, though that one has led elsewhere.
    """

    def __init__(
        self,
        take: Callable[[events.Event], Awaitable[None]],
        wait: Callable[[float, Callable[[], Awaitable[None]]], Timer],
    ) -> None:
        """Begin with no key.

        Args:
            take: Takes what was held.
            wait: Calls something in so many seconds.
        """
        self._take = take
        self._wait = wait
        self._held: deque[events.Event] = deque()
        self._key: events.Event | None = None
        self._behind: KeyDone | None = None
        self._target: DOMNode | None = None
        self._timer: Timer | None = None

    def hold(self, event: events.Event) -> bool:
        """Hold a key or a paste if another one is on its way."""
        if not self._held and (self._target is None or has_gone(self._target)):
            return False
        self._held.append(event)
        if self._timer is None:
            self._timer = self._wait(PATIENCE, self.go_on)
        return True

    def follow(self, event: events.Event, target: DOMNode) -> None:
        """A key or a paste was given to ``target``."""
        behind = KeyDone()
        if target.post_message(behind):
            self._key, self._behind, self._target = event, behind, target

    async def passed(self, message: Message) -> None:
        """A key has come to the end of its way, or what goes behind it has."""
        if message is self._key or message is self._behind:
            await self.go_on()

    async def go_on(self) -> None:
        """Take what was held, up to the next that is on its way."""
        self._key = self._behind = self._target = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        held, self._held = self._held, deque()
        while held:
            await self._take(held.popleft())
