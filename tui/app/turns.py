"""One key after the other: what the first one does decides for whom the next one is."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea

from tui.app.life import has_gone

PATIENCE = 0.5
"""Seconds after which a key is waited for no more: what it does takes its time, or its way has ended."""


class KeyDone(Message):
    """Goes the way of a key, right behind it: where it comes, the key has been."""


class KeySettled(Message):
    """Comes behind what a key has made the widgets on its way say to each other."""


class ScreenSeen(Message):
    """A screen is seen for the first time, and the keys go to it."""


class AskingDone(Message):
    """Work that was to lay a screen over the others has ended, with or without one."""

    def __init__(self, work: object) -> None:
        super().__init__()
        self.work = work


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
        post: Callable[[Message], bool],
        patience: Callable[[], float] = lambda: PATIENCE,
    ) -> None:
        """Begin with no key.

        Args:
            take: Takes what was held.
            wait: Calls something in so many seconds.
            post: Posts a message that comes back in ``passed``.
            patience: Seconds after which a screen that was to come is waited for no more.
        """
        self._take = take
        self._wait = wait
        self._post = post
        self._patience = patience
        self._held: deque[events.Event] = deque()
        self._key: events.Event | None = None
        self._behind: KeyDone | None = None
        self._settled: KeySettled | None = None
        self._asking: set[object] = set()
        """Work that has begun and may lay screens over the others."""
        self._expected = False
        """Whether one of these screens is on its way."""
        self._target: DOMNode | None = None
        self._timer: Timer | None = None

    def hold(self, event: events.Event) -> bool:
        """Hold a key or a paste if another one is on its way."""
        on_its_way = self._target is not None and not has_gone(self._target)
        if not (self._held or on_its_way or self._expected):
            return False
        self._held.append(event)
        if self._timer is None:
            self._timer = self._wait(self._patience() if self._expected else PATIENCE, self.go_on)
        return True

    def begin(self, target: DOMNode) -> None:
        """A key or a paste is being given to ``target``; what is bound to it may be done at once."""
        self._target = target

    def end(self) -> None:
        """It was text, and has come to its end."""
        self._target = None

    def follow(self, event: events.Event, target: DOMNode) -> None:
        """A key or a paste was given to ``target``."""
        behind = KeyDone()
        if target.post_message(behind):
            self._key, self._behind, self._target = event, behind, target
        else:
            self.end()

    async def passed(self, message: Message) -> None:
        """A key has come to the end of its way, or what goes behind it has."""
        if message is self._key or message is self._behind:
            self._key = self._behind = None
            self._settled = KeySettled()
            self._climb(self._target, self._settled)
        elif message is self._settled:
            self._settled = None
            if self._asking and not _is_seen(self._target):  # it was answered, and may ask more
                self._expected = True
            await self._go_on_if_settled()

    def _climb(self, node: DOMNode | None, settled: KeySettled) -> None:
        """Go behind what is said to each node on the way up; one that ends says no more."""
        ends = node is None or isinstance(node, App) or has_gone(node)
        if node is None or ends or not node.call_later(self._climb, node.parent, settled):
            self._post(settled)

    def expect(self, work: object) -> None:
        """The key that is on its way leads to a screen, as soon as some work has come so far."""
        self._asking.add(work)
        self._expected = self._expected or self._target is not None

    async def expect_no_more(self, work: object) -> None:
        """The work has ended, with or without a screen."""
        self._asking.discard(work)
        if not self._asking:
            await self.arrived()

    async def arrived(self) -> None:
        """A screen is there that was waited for."""
        if self._expected:
            self._expected = False
            await self._go_on_if_settled()

    async def _go_on_if_settled(self) -> None:
        if not (self._expected or self._key or self._behind or self._settled):
            await self.go_on()

    async def go_on(self) -> None:
        """Take what was held, up to the next that is on its way."""
        self._key = self._behind = self._settled = self._target = None
        self._expected = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        held, self._held = self._held, deque()
        while held:
            await self._take(held.popleft())


def _is_seen(node: DOMNode | None) -> bool:
    """Whether it is on the screen that lies on top."""
    return node is not None and not has_gone(node) and node.screen.is_current
