"""A walk through the messages, from the first choice to Esc, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from tui.app.messages.finder import Finder
from tui.app.messages.viewport import Viewport
from tui.app.messages.window import Anchor, Window


class Walk:
    """Knows which message comes next, and where reader and keys were before."""

    def __init__(self, viewport: Viewport, finder: Finder) -> None:
        self._viewport = viewport
        self._finder = finder
        self._under_way = False
        self._origin: Widget | None = None
        """Where the keys went before."""
        self._before: Anchor | None = None
        """The place from before."""
        self._here: Anchor | None = None
        """The place to which the walk has led; any other is the reader's own."""

    def begin(self, origin: Widget | None) -> None:
        """Begin here; the keys go back to ``origin`` in the end."""
        self._under_way, self._origin = True, origin
        self.stay()

    def stay(self) -> None:
        """The place where the reader is now is the one from before."""
        self._before = self._here = self._viewport.anchor

    def first(self, window: Window) -> int:
        """The message to begin with, by index: of those that are in view, that of the hit, or the last."""
        viewport, hit = self._viewport, self._finder.current
        if hit is not None and hit.message_id in window.index:
            first, end = viewport.span(hit.message_id)
            if first < viewport.bottom and end > viewport.top:
                return window.index[hit.message_id]
        bottom = min(viewport.bottom, window.column.total)
        index = window.at(max(0, bottom - 1))[0]
        begins_below = viewport.span(window.ids[index])[0] >= bottom
        return index - 1 if begins_below and index else index

    def bring(self, act: Callable[[], object]) -> None:
        """Let ``act`` scroll on the way; the place from before can still come back."""
        act()
        self._here = self._viewport.anchor

    def show(self, message_id: int) -> None:
        """Have a message in view; of one that is taller, what is seen stays."""
        viewport = self._viewport
        first, end = viewport.span(message_id)
        if end - first <= viewport.height or end <= viewport.top or first >= viewport.bottom:
            viewport.show_message(message_id)
        self._here = viewport.anchor

    def go_back(self) -> None:
        """Have the place from before again, unless the reader has scrolled since."""
        if self._under_way and self._here is self._viewport.anchor is not self._before:
            self._viewport.go_to(self._before)

    def end(self, focused: Widget) -> None:
        """Give the keys back, at once, if ``focused`` still has them: the next one is for whom they go to."""
        origin, screen = self._origin, focused.screen
        if self._under_way and screen.focused is focused and origin is not None and origin.is_attached:
            screen.set_focus(origin, scroll_visible=False)
        self._under_way, self._origin = False, None
