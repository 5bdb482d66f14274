"""The list of messages, as a window: 10 or 10,000 of them open alike, and nothing jumps."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from textual.events import Resize
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.app.grid import WIDE, gutters
from tui.app.widgets.look import Look
from tui.app.widgets.message_view import Place
from tui.app.widgets.selection import key_of
from tui.app.widgets.window import Anchor, Window, around
from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.errors import SegueError
from tui.rendering.palette import Palette

Load = Callable[[Sequence[int]], Awaitable[list[Message]]]
FRAME = 1 / 30
"""Streamed text is drawn at most once in so many seconds."""


class Transcript(ScrollView, can_focus=True):
    """The conversation that is read. Follows its end only while the reader is there."""

    DEFAULT_CSS = """
    Transcript {
        width: 100%;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 1 1;
        background: $background;
    }
    """
    FOCUS_ON_CLICK = False

    # Its height is not our widget's height, so a change must not lay the screen out anew.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    selected: reactive[int | None] = reactive(None)
    """The message that the keys act on."""

    class Chosen(TextualMessage):
        """The person chose to do something with a message."""

        def __init__(self, action: str, message_id: int) -> None:
            super().__init__()
            self.action = action
            self.message_id = message_id

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._window: Window | None = None
        self._load: Load | None = None
        self._anchor: Anchor | None = None
        self._pending: dict[int, tuple[list[str], list[str]]] = {}
        self._drawn = 0.0
        self._opened = 0
        self._news = False

    # -- what the app calls
    async def open(self, conversation: Conversation, load: Load, at: int | None = None) -> None:
        """Show a conversation at its end, or with message ``at`` in view."""
        self._opened += 1
        opened = self._opened
        path = conversation.path()
        place = path.index(at) if at in path else len(path) - 1
        messages = await load(around(path, place)) if path else []
        if opened != self._opened:
            return
        self._pending.clear()
        self._load = load
        self._window = Window(conversation, self._look())
        self._window.put(messages)
        self._anchor = Anchor(place, Place(0, 0)) if at in path else None
        self._news = False
        self._settle()

    def add(self, message: Message) -> None:
        """Show a message that begins: a prompt, or a reply that will be fed. Goes to the end."""
        if self._window is not None:
            self._window.rebuild()
            self._window.show(message)
            self.follow()

    def feed(self, message_id: int, text: str = "", reasoning: str = "") -> None:
        """Add a piece to a reply; drawn with the next frame."""
        if self._window is None or message_id not in self._window.views:
            return
        if not self._pending:
            self._flush_soon()
        texts, reasonings = self._pending.setdefault(message_id, ([], []))
        texts.append(text)
        reasonings.append(reasoning)

    def _flush_soon(self) -> None:
        wait = self._drawn + FRAME - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._flush)
        else:
            self.call_later(self._flush)

    def replace(self, message: Message) -> None:
        """Show a message's final state, or any change of it."""
        if self._window is not None and message.id in self._window.index:
            self._pending.pop(message.id, None)
            self._window.show(message)
            self._settle()

    async def jump(self, message_id: int, needle: str = "") -> None:
        """Bring a message into view."""

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._anchor, self._news = None, False
        self._settle()

    @property
    def following(self) -> bool:
        """Whether the end stays in view as text comes."""
        return self._anchor is None

    # -- layout
    def _look(self) -> Look:
        wide = self.app.size.width >= WIDE
        width = self.size.width  # the scroll bar stands in the right margin
        left, right = gutters(width, wide=wide)
        palette = Palette.from_theme(
            self.app.theme_variables, dark=self.app.current_theme.dark, ansi=self.app.current_theme.ansi
        )
        return Look(max(8, width - left - right - 3), palette, left, width)

    def _settle(self) -> None:
        """Lay out what is near, so that the anchor's line stays at the top, or the end at the bottom."""
        window, height = self._window, self.size.height
        if window is None or not height:
            return
        if not window.ids:
            self._put(0, 0)
            return
        index = self._anchor.index if self._anchor else len(window.ids) - 1
        if self._anchor is None:
            window.reach(index, up=2 * height, down=1)
        else:
            window.reach(index, up=height, down=3 * height)
        window.drop_far(index)
        self._put_in_place()
        self.refresh()
        self._fetch()

    def _put_in_place(self) -> bool:
        """Keep the anchor's line at the top, or the end at the bottom. Returns whether the view moved."""
        assert self._window is not None
        total = self._window.column.total
        line = self._window.line(self._anchor) if self._anchor else total
        return self._put(total, max(0, min(line, total - self.size.height)))

    def _put(self, total: int, line: int) -> bool:
        """Set the column's height and the line at the top, silently. Returns whether the view moved."""
        size = Size(self.size.width, total)
        moved = line != round(self.scroll_y)
        if moved:
            self.set_scroll(None, line)
        self.set_reactive(Widget.scroll_target_y, line)
        if moved or size != self.virtual_size:
            self.set_reactive(Transcript.virtual_size, size)
            bar = self.vertical_scrollbar
            bar.window_virtual_size, bar.window_size, bar.position = total, self.size.height, line
        return moved

    def _fetch(self) -> None:
        if self._window is not None and (page := self._window.page()):
            self.run_worker(self._fetch_page(page), group="pages", exclusive=True, exit_on_error=False)

    async def _fetch_page(self, page: Sequence[int]) -> None:
        window, load = self._window, self._load
        assert window is not None and load is not None
        try:
            messages = await load(page)
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if window is self._window:
            window.put(messages)
            self._settle()

    def _flush(self) -> None:
        """Draw what came since the last frame."""
        self._drawn = time.monotonic()
        pending, self._pending = self._pending, {}
        window = self._window
        if window is None:
            return
        for message_id, (texts, reasonings) in pending.items():
            view = window.views.get(message_id)
            if view is not None:
                first = view.feed("".join(texts), "".join(reasonings))
                index = window.index[message_id]
                window.column[index] = view.height
                self._show_from(window.column.top(index) + first)

    def _show_from(self, line: int) -> None:
        """Draw again from a line of the column downwards, or everything if the view has moved."""
        if self._put_in_place():
            self.refresh()
            return
        top = max(0, line - round(self.scroll_y))
        if top < self.size.height:
            self.refresh(Region(0, top, self.size.width, self.size.height - top))

    # -- events
    def on_resize(self, event: Resize) -> None:
        """Wrap for the new width."""
        if self._window is not None:
            self._window.look = self._look()
            self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled: keep what is at the top now, or follow if this is the end."""
        super().watch_scroll_y(old_value, new_value)
        line = round(new_value)
        if self._window is None or line == round(old_value) or not self._window.ids:
            return
        if line >= self.max_scroll_y:
            self._anchor, self._news = None, False
        else:
            self._anchor = self._window.anchor(line)
        self._settle()

    # -- drawing
    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        window, line = self._window, round(self.scroll_y) + y
        if window is None or line >= window.column.total:
            return Strip.blank(self.size.width, self.rich_style)
        index, view, row = window.view_at(line)
        if view is None:
            return Strip.blank(self.size.width, self.rich_style)
        strip = view.line(row, selected=self.selected == view.message.id)
        return strip.apply_offsets(-window.look.edge, key_of(index, row))
