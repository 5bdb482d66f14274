"""Loading of messages: those that come near the reader, and one that the reader goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual.widget import Widget
from textual.worker import Worker

from tui.app.background import in_background
from tui.app.messages.viewport import Viewport
from tui.app.messages.window import Window, around
from tui.chat.message import Message
from tui.errors import SegueError

Load = Callable[[Sequence[int]], Awaitable[list[Message]]]
"""Gives the messages with these ids, in this order."""


class Pager:
    """Loads what a viewport has come near to, as work of a widget."""

    def __init__(self, widget: Widget, viewport: Viewport) -> None:
        self._widget = widget
        self._viewport = viewport
        self.load: Load | None = None
        self._pages: list[Worker[None]] = []

    @property
    def busy(self) -> bool:
        """Whether messages are on their way. The workers know: one may be dropped before it began."""
        return any(map(_at_work, self._pages))

    def fetch(self) -> None:
        """Load what is missing near the reader."""
        window = self._viewport.window
        if window is not None and (page := window.page()):
            worker = in_background(self._widget, "pages", self._fetch_page, window, page, fatal=False)
            self._pages = [*filter(_at_work, self._pages), worker]

    async def _fetch_page(self, window: Window, page: Sequence[int]) -> None:
        if await self._put(window, page) and window is self._viewport.window:
            self._viewport.settle()

    async def reach(self, message_id: int) -> bool:
        """Load a message, if it is of the path that is shown. Returns whether it is laid out."""
        window = self._viewport.window
        if window is None or message_id not in window.index:
            return False
        index = window.index[message_id]
        window.lay(index)
        if message_id not in window.views:
            await self._put(window, around(window.ids, index))
            if message_id in window.index:  # the path may be another now
                window.lay(window.index[message_id])
        return message_id in window.views and window is self._viewport.window

    async def _put(self, window: Window, ids: Sequence[int]) -> bool:
        """Load messages into a window; if they can't be read, say so."""
        assert self.load is not None
        try:
            window.put(await self.load(ids))
        except SegueError as error:
            self._widget.notify(str(error), severity="error", markup=False)
            return False
        return True


def _at_work(worker: Worker[None]) -> bool:
    return not (worker.is_finished or worker.is_cancelled)
