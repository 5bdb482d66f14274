"""The edge between sidebar and page, which the mouse drags."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widget import Widget

from tui.app.theme.grid import SMALLEST
from tui.config import SIDEBAR_WIDTHS


class SidebarEdge(Widget):
    """The first column of the page, in which nothing stands; the pointer on it shows where it is."""

    class Dragged(Message):
        """The sidebar is to be so wide."""

        def __init__(self, width: int, settled: bool) -> None:
            super().__init__()
            self.width = width
            self.settled = settled
            """Whether it stays so: the mouse let go."""

    def __init__(self) -> None:
        super().__init__()
        self._held = False
        self._moved = False

    def render(self) -> str:
        """A line while the pointer is on it, else nothing."""
        return "\n".join("▏" * self.size.height) if self._held or self.mouse_hover else ""

    def on_enter(self) -> None:
        """The pointer came."""
        self.refresh()

    def on_leave(self) -> None:
        """The pointer went."""
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold it."""
        event.stop()
        self._held, self._moved = True, False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Take it along."""
        if self._held:
            event.stop()
            self._moved = True
            self.post_message(self.Dragged(self._width(event), settled=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of it."""
        if self._held:
            event.stop()
            self._held = False
            self.release_mouse()
            self.refresh()
            if self._moved:
                self.post_message(self.Dragged(self._width(event), settled=True))

    def _width(self, event: events.MouseEvent) -> int:
        """How wide the sidebar is if it ends left of the pointer; the page keeps room to be read in."""
        least, most = SIDEBAR_WIDTHS
        return max(least, min(int(event.screen_x), most, self.app.size.width - SMALLEST[0]))
