"""Diagrams of the messages in view, drawn in a process of their own, one at a time.

The source is shown until the drawing is there, and stays where there is none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual.dom import DOMNode

from tui.app.background import in_background
from tui.app.messages.viewport import Viewport

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView
    from tui.rendering import mermaid

SECONDS = 3.0
"""What a drawing may take; those that models write take a few hundredths."""


class Diagrams:
    """Has them drawn, and shows them."""

    def __init__(self, node: DOMNode, viewport: Viewport) -> None:
        """Begin with none.

        Args:
            node: The work ends with it.
            viewport: Where they are seen.
        """
        self._node = node
        self._viewport = viewport
        self._at_work = False

    def draw_in_view(self) -> None:
        """Draw what is in view and wants to be drawn; costs next to nothing where nothing does."""
        if not self._at_work and self._next() is not None:
            self._at_work = True
            in_background(self._node, "diagrams", self._draw)

    def _in_view(self) -> list[MessageView]:
        viewport, window = self._viewport, self._viewport.window
        if window is None or not window.ids or not viewport.height:
            return []
        first, last = (window.at(line)[0] for line in (viewport.top, viewport.bottom))
        shown = (window.views.get(message_id) for message_id in window.ids[first : last + 1])
        return [view for view in shown if view is not None]

    def _next(self) -> str | None:
        return next((source for view in self._in_view() for source in view.awaited), None)

    async def _draw(self) -> None:
        from tui.rendering import mermaid

        try:
            while (source := self._next()) is not None:
                mermaid.keep(source, mermaid.known(source) or await drawn(source))
                for view in self._in_view():
                    if source in view.awaited:
                        self._viewport.redraw(view, view.look_for_drawings)
        finally:
            self._at_work = False


async def drawn(source: str) -> mermaid.Drawn:
    """What comes of drawing a diagram."""
    from tui.rendering import mermaid
    from tui.tools.child import SCRIPTS, ChildError, Limits, run_child

    try:
        written = await run_child(SCRIPTS / "mermaid.py", [], source.encode(), Limits(SECONDS))
        return mermaid.drawn_from(json.loads(written))
    except (ChildError, ValueError):
        return mermaid.TANGLED
