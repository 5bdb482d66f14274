"""A letter that does something while nothing is written, unless it begins a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.timer import Timer

ALONE = 0.35
"""Seconds without another key after which a letter begins no text."""


class Letter:
    """Holds a letter until it is known what it is."""

    def __init__(
        self,
        wait: Callable[[float, Callable[[], None]], Timer],
        write: Callable[[str], object],
        act: Callable[[str], None],
    ) -> None:
        """Hold none.

        Args:
            wait: Calls something in so many seconds.
            write: Writes a letter.
            act: Does an action.
        """
        self._wait, self._write, self._act = wait, write, act
        self._held: tuple[str, str] | None = None
        self._timer: Timer | None = None

    def hold(self, letter: str, action: str) -> None:
        """Wait whether more follows."""
        self._held = letter, action
        self._timer = self._wait(ALONE, self._alone)

    def _alone(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._act(held[1])

    def go_on(self) -> None:
        """More comes: it was a letter."""
        held, self._held = self._held, None
        if self._timer is not None:
            self._timer.stop()
        if held is not None:
            self._write(held[0])
