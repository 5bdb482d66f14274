"""A walk through the messages, and the way back from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.widget import Widget

from tui.app.transcript.window import Anchor


@dataclass(slots=True)
class Walk:
    """A walk through the messages, from the first choice to Esc."""

    origin: Widget | None
    """Where the keys went before."""
    before: Anchor | None
    """The place from before."""
    here: Anchor | None
    """The place to which the walk has led; any other is the reader's own."""

    def give_back(self, focused: Widget) -> None:
        """Give the keys back, at once: the next one is theirs."""
        origin, screen = self.origin, focused.screen
        if screen.focused is focused and origin is not None and origin.is_attached:
            screen.set_focus(origin, scroll_visible=False)
