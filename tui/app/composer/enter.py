"""Enter sends, but not in the middle of a paste: some terminals do not mark where one begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.timer import Timer

BURST = 0.02
"""Seconds between two keys that no hand types: a paste in a terminal that does not mark pastes."""
PAUSE = 0.04
"""Seconds without a key after which Enter in such a burst was meant to send."""


class Enter:
    """Tells an Enter that sends from one that came in a burst of keys, and breaks a line there."""

    def __init__(self, wait: Callable[[float, Callable[[], None]], Timer], send: Callable[[], None]) -> None:
        """Begin with no key.

        Args:
            wait: Calls something in so many seconds.
            send: Sends.
        """
        self._wait = wait
        self._send = send
        self._last_key = 0.0
        self._waits: Timer | None = None

    def typed(self, at: float) -> None:
        """A key that writes something came, or a paste."""
        self._last_key = at

    def press(self, at: float | None) -> None:
        """Send; in a burst of keys, only after a pause."""
        if at is not None and at - self._last_key < BURST:
            self._waits = self._wait(PAUSE, self._send_now)
        else:
            self._send_now()

    def _send_now(self) -> None:
        self._waits = None
        self._send()

    def go_on(self) -> bool:
        """More comes. Returns whether an Enter still waited: it was a line break."""
        waits, self._waits = self._waits, None
        if waits is not None:
            waits.stop()
        return waits is not None
