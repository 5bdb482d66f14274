"""What a reply brings while it comes, and the colours that are found once it is whole: a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from tui.app.messages.viewport import Viewport

FRAME = 1 / 20
"""Streamed text is drawn at most once in so many seconds."""
SLICE = 0.01
"""Seconds that work after the end of a reply takes at a time."""


class Soon(Protocol):
    """Does something in so many seconds, in its turn with all else that the widget does."""

    def __call__(self, seconds: float, act: Callable[..., object], *arguments: object) -> None:
        """Do it."""


class Stream:
    """Takes the pieces of replies, and draws them a frame at a time."""

    def __init__(self, viewport: Viewport, soon: Soon, draw: Callable[[int, int], None]) -> None:
        """Begin with nothing.

        Args:
            viewport: Where they are drawn.
            soon: Calls for the next frame.
            draw: Draws lines of the column that have changed, from one up to another.
        """
        self._viewport = viewport
        self._soon = soon
        self._draw = draw
        self._pieces: dict[int, tuple[list[str], list[str]]] = {}
        self.drawn = 0.0
        """When the last frame was drawn."""

    @property
    def busy(self) -> bool:
        """Whether something that came is not drawn yet."""
        return bool(self._pieces)

    def clear(self) -> None:
        """Forget what is not drawn yet."""
        self._pieces.clear()

    def feed(self, message_id: int, text: str, reasoning: str) -> None:
        """Add a piece to a reply that is laid out; it is drawn with the next frame."""
        if self._viewport.view(message_id) is None:
            return
        if not self._pieces:
            # Not a timer of the widget's: one for an instant never fires if the machine is slower than that.
            self._soon(max(0.0, self.drawn + FRAME - time.monotonic()), self.flush)
        texts, reasonings = self._pieces.setdefault(message_id, ([], []))
        texts.append(text)
        reasonings.append(reasoning)

    def flush(self) -> None:
        """Draw what came since the last frame."""
        self.drawn = time.monotonic()
        pieces, self._pieces = self._pieces, {}
        window = self._viewport.window
        for message_id, (texts, reasonings) in pieces.items():
            if window is not None and (view := window.views.get(message_id)) is not None:
                total = window.column.total
                first = view.feed("".join(texts), "".join(reasonings))
                index = window.index[message_id]
                window.column[index] = view.height
                self._draw(window.column.top(index) + first, max(total, window.column.total))


class Colours:
    """Finds the colours of long code that was only guessed when it was drawn."""

    def __init__(self, viewport: Viewport, soon: Soon, redraw: Callable[[], None]) -> None:
        self._viewport = viewport
        self._soon = soon
        self._redraw = redraw
        self._sought: set[int] = set()

    def find_in_view(self) -> None:
        """Begin with the messages that are in view."""
        viewport, window = self._viewport, self._viewport.window
        if window is None or not window.ids:
            return
        first, last = (window.at(line)[0] for line in (viewport.top, viewport.bottom))
        for message_id in window.ids[first : last + 1]:
            view = viewport.view(message_id)
            if view is not None and view.guessed and message_id not in self._sought:
                self._sought.add(message_id)
                self._find(message_id)

    def _find(self, message_id: int) -> None:
        """Do so a little at a time: one go would hold up the keys."""
        view = self._viewport.view(message_id)
        if view is None or not view.guessed:
            self._sought.discard(message_id)
            return
        height = view.height
        first = view.refine(SLICE)
        if view.height != height:
            self._viewport.settle()
        elif first is not None:
            self._redraw()
        self._soon(FRAME, self._find, message_id)
