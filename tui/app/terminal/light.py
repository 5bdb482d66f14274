"""Whether the page of the terminal is light: told at the start and whenever it changes."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.timer import Timer

from tui.app.terminal.replies import ASK_BACKGROUND, ASK_SCHEME, Attributes, Background, Mode, Reply, Scheme

ANSWERED_BY = 0.2
"""Seconds after which a terminal that told of a change is not asked any longer for the colour of its page."""
SELDOM = 5.0
"""Seconds between two questions to a terminal that does not tell by itself."""


class Light:
    """Knows it, and asks when it may have changed.

    What a terminal tells by itself is the wish of the system, and its own page may be another: so that is
    only a knock, and the colour of the page counts where it is told.
    """

    def __init__(
        self,
        ask: Callable[[str], None],
        wait: Callable[[float, Callable[[], None]], Timer],
        changed: Callable[[], None],
    ) -> None:
        """Begin with a dark one, as most are.

        Args:
            ask: Writes a question to the terminal.
            wait: Calls something in so many seconds.
            changed: Called when the page has become light, or dark.
        """
        self.dark = True
        self._ask = ask
        self._wait = wait
        self._changed = changed
        self._has_colour = False
        self._tells = False
        self._asked = time.monotonic()
        self._waiting: Timer | None = None

    def told(self, reply: Reply) -> None:
        """The terminal has said something."""
        match reply:
            case Background():
                self._has_colour = True
                self._take(reply.dark)
            case Scheme(dark):
                self._tells = True
                self._ask_colour()
                self._waiting = self._wait(ANSWERED_BY, lambda: self._take(dark))
            case Mode(known=True):
                self._tells = True
            case Attributes() if self._tells and not self._has_colour:
                self._ask(ASK_SCHEME)
            case _:
                pass

    def looked_at(self) -> None:
        """The person is back: one that tells nothing by itself is asked again."""
        if self._has_colour and not self._tells and time.monotonic() >= self._asked + SELDOM:
            self._ask_colour()

    def _ask_colour(self) -> None:
        self._no_more()
        self._asked = time.monotonic()
        self._ask(ASK_BACKGROUND)

    def _take(self, dark: bool) -> None:
        self._no_more()
        if dark != self.dark:
            self.dark = dark
            self._changed()

    def _no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
