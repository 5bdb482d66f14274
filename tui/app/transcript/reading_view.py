"""A tall column of messages seen through a window that keeps the reader's place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

from rich.style import Style
from textual.events import Resize
from textual.geometry import Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker

from tui.app.background import in_background
from tui.app.keymap import keys_of
from tui.app.messages.look import Look, put
from tui.app.messages.message_view import MessageView, Place
from tui.app.theme.grid import WIDE, gutters
from tui.app.theme.ink import Ink
from tui.app.transcript.window import Anchor, Window
from tui.chat.message import Message
from tui.errors import SegueError
from tui.rendering.palette import Palette

Load = Callable[[Sequence[int]], Awaitable[list[Message]]]
_MORE = "↓ more below"


class ReadingView(ScrollView):
    """Draws the messages of a window and keeps the reader's place in them.

    The place is an anchor: a line of a message that stays at the top of the view whatever changes above or
    below it. Without an anchor the end stays in view.
    """

    DEFAULT_CSS = """
    ReadingView {
        width: 100%;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 1 1;
        background: $background;
    }
    """

    # The column's height is not the widget's, so a change of it must not lay the screen out anew.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    selected: reactive[int | None] = reactive(None)
    """The message that the keys act on."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        self._painted: dict[int, Strip] = {}
        """The lines of the view that are as they were painted last."""
        self._painted_at = (0, 0)
        super().__init__(id=id)
        self._window: Window | None = None
        self._load: Load | None = None
        self._anchor: Anchor | None = None
        self._pages: list[Worker[None]] = []
        self._news = False
        self._thumb = (0, 0, False)
        self.newest_key = "end"
        """The key that goes to the newest line, whoever has the focus."""

    def validate_selected(self, message_id: int | None) -> int | None:
        """Only what is shown can be chosen; Textual calls this."""
        return message_id if self._window is not None and message_id in self._window.index else None

    # -- the place
    @property
    def following(self) -> bool:
        """Whether the end stays in view as text comes."""
        return self._anchor is None

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._anchor, self._news = None, False
        self._settle()

    def _follow_at_end(self) -> None:
        """Follow if the end is in view."""
        if self.top >= self.max_scroll_y:
            self.follow()

    def _view(self, message_id: int | None) -> MessageView | None:
        return self._window.views.get(message_id) if self._window and message_id is not None else None

    @property
    def top(self) -> int:
        """The line of the column at the top of the view."""
        return round(self.scroll_y)

    def hold(self) -> None:
        """Keep the line at the top where it is, whatever happens."""
        if self._window is not None and self._window.ids:
            self._anchor = self._window.anchor(self.top)

    def go(self, line: int) -> None:
        """Have a line of the column at the top, or as near to it as can be."""
        window = self._window
        if window is None or not window.ids:
            return
        self._anchor = window.anchor(max(0, min(line, window.column.total - 1)))
        self._settle()
        self._follow_at_end()

    def show_line(self, line: int) -> None:
        """Have a line of the column in view; if it is not, a third below the top."""
        if not self.top < line < self.top + self.size.height - 1:
            self.go(line - self.size.height // 3)

    def _begins_in_view(self, message_id: int) -> bool:
        window = self._window
        if window is None or message_id not in window.index:
            return False
        return self.top <= self._span(window, message_id)[0] < self.top + self.size.height

    def _span(self, window: Window, message_id: int) -> tuple[int, int]:
        """The first line of a message, without what parts it from the one above, and the line after it."""
        index = window.index[message_id]
        view, top = window.views.get(message_id), window.column.top(index)
        return top + (view.heights()[0] if view else 0), top + window.column[index]

    def show_message(self, message_id: int) -> None:
        """Have a message in view, all of it or as much as goes in."""
        window, height = self._window, self.size.height
        if window is None or message_id not in window.index:
            return
        window.reach(window.index[message_id], up=height, down=2 * height)
        first, end = self._span(window, message_id)
        if first < self.top:
            self.go(max(0, first - 1))
        elif end > self.top + height:
            self.go(min(max(0, first - 1), end - height))

    def _change(self, view: MessageView, act: Callable[[], object]) -> None:
        """Let ``act`` change the lines of a message; what is at the top of the view stays there.

        The end of a reply that is coming stays in view, if it was.
        """
        if not (view.message.live and self.following):
            self.hold()
        act()
        self._settle()
        self._follow_at_end()

    # -- layout
    def _look(self) -> Look:
        theme, variables, width = self.app.current_theme, self.app.theme_variables, self.size.width
        left, right = self._gutters(width)
        palette = Palette.from_theme(variables, dark=theme.dark, ansi=theme.ansi)
        page = Style(color=palette.ink, bgcolor=palette.background)
        measure = max(8, width - left - right - 3)
        return Look(measure, palette, Ink.from_theme(variables), left, width, page, keys_of(self.app))

    def _gutters(self, width: int) -> tuple[int, int]:
        """Cells left of the rail, and right of the text's pad: there stands the scroll bar."""
        return gutters(width, wide=self.app.size.width >= WIDE)

    def _settle(self) -> None:
        """Lay out what is near, so that the anchor's line stays at the top, or the end at the bottom."""
        window, height = self._window, self.size.height
        if window is None:
            return
        if self._anchor is not None and self._anchor.index >= len(window.ids):
            self._anchor = None  # the message is not there: there may be none at all
        if not height:
            return
        if self._anchor is None:
            index = len(window.ids)
            window.reach(index, up=2 * height, down=0)
        else:
            index = self._anchor.index
            window.lay(index)
            row = window.line(self._anchor) - window.column.top(index)
            window.reach(index, up=height, down=row + 2 * height)
        window.drop_far(index, self.pinned)
        self._put_in_place()
        self.refresh()
        self._fetch()

    @property
    def pinned(self) -> range:
        """Messages, by index, that must stay laid out."""
        return range(0)

    def _put_in_place(self) -> bool:
        """Set the column's height and the line at the top. Returns whether the view moved.

        Done without a word to those who watch scrolling: only the reader's own scrolling sets an anchor.
        """
        assert self._window is not None
        total, height = self._window.column.total, self.size.height
        line = self._window.line(self._anchor) if self._anchor else total
        line = max(0, min(line, total - height))
        moved = line != self.top
        if moved:
            self.set_scroll(None, line)
        self.set_reactive(Widget.scroll_target_y, line)
        size = Size(self.size.width, total)
        if moved or size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._set_bar(total, height, line)
        return moved

    def _set_bar(self, total: int, height: int, line: int) -> None:
        """Tell the scroll bar, and draw it only if its thumb has moved: it costs as much as all the rows."""
        bar = self.vertical_scrollbar
        bar.set_reactive(ScrollBar.window_virtual_size, total)
        bar.set_reactive(ScrollBar.window_size, height)
        bar.set_reactive(ScrollBar.position, line)
        length = max(1, round(height * height / max(total, 1)))
        thumb = (length, round((height - length) * line / max(total - height, 1)), total > height)
        if thumb != self._thumb:
            self._thumb = thumb
            bar.refresh()

    # -- loading
    def _fetch(self) -> None:
        if self._window is not None and (page := self._window.page()):
            worker = in_background(self, "pages", self._fetch_page, self._window, page, fatal=False)
            self._pages = [*filter(_at_work, self._pages), worker]

    @property
    def _fetching(self) -> bool:
        """Whether messages are on their way. The workers know: one may be dropped before it began."""
        return any(map(_at_work, self._pages))

    async def _fetch_page(self, window: Window, page: Sequence[int]) -> None:
        assert self._load is not None
        try:
            messages = await self._load(page)
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if window is self._window:
            window.put(messages)
            self._settle()

    # -- events
    def on_mount(self) -> None:
        """Draw anew in another theme."""
        super().on_mount()  # type: ignore[no-untyped-call]
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._relook())

    def on_resize(self, event: Resize) -> None:
        """Wrap for the new width."""
        self._relook()

    def _relook(self) -> None:
        if self._window is not None:
            self._window.relook(self._look(), self._anchor)
            self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader scrolled: keep what is at the top now, or follow if this is the end."""
        super().watch_scroll_y(old_value, new_value)
        window, line = self._window, round(new_value)
        if window is None or line == round(old_value) or not window.ids:
            return
        if line >= self.max_scroll_y:
            self._anchor, self._news = None, False
        else:
            self._anchor = window.anchor(line)
        self._settle()

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: nothing slides."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def action_scroll_home(self) -> None:
        """Go to the first message."""
        self._anchor = Anchor(0, Place(0, 0))
        self._settle()

    def action_scroll_end(self) -> None:
        """Go to the newest message, and follow."""
        self.follow()

    # -- drawing
    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw again: everything, or the lines of these regions."""
        if not regions:
            self._painted.clear()
        for region in regions:
            for y in region.line_range:
                self._painted.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _line(self, y: int) -> Strip:
        """A line of the view. Textual asks for all of them, however few have changed."""
        strip = self._painted.get(y)
        if strip is None:
            strip = self._painted[y] = self._paint(y)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the view; Textual calls this.

        There is no border to draw round them, so they are handed on as they are: what Textual then finds out
        about a line, it finds out once, for all the frames in which the line stays.
        """
        if self._painted_at != (self.top, self.size.width):
            self._painted_at = (self.top, self.size.width)
            self._painted.clear()
        strips = [self._line(y) for y in crop.line_range]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _paint(self, y: int) -> Strip:
        """One line of the view."""
        window, line = self._window, self.top + y
        strip = None
        if window is not None and line < window.column.total:
            index, view, row = window.at(line)
            if view is not None:
                strip = self._row(view, index, row)
        if strip is None:
            # The widget's own style is the same, and costs as much as ten lines of text.
            strip = Strip.blank(self.size.width, window.look.page if window else self.rich_style)
        elif strip.cell_length != self.size.width:  # the frame between a new size and its layout
            strip = strip.adjust_cell_length(self.size.width, self.rich_style)
        return self._with_marker(strip) if self._more and y == self.size.height - 1 else strip

    def _row(self, view: MessageView, index: int, row: int) -> Strip:
        """One row of a message."""
        return view.line(row, selected=self.selected == view.message.id)

    @property
    def _more(self) -> bool:
        """Whether new text stands below the view."""
        return self._news and self.top < self.max_scroll_y

    @property
    def _more_below(self) -> str:
        return f"{_MORE}   {self.newest_key}"

    def _with_marker(self, strip: Strip) -> Strip:
        assert self._window is not None
        look = self._window.look
        return put(
            strip, self.marker.start, f" {self._more_below} ", look.ink.dim + Style(bgcolor=look.palette.band)
        )

    @property
    def marker(self) -> range:
        """The columns of the marker that says that there is more below."""
        assert self._window is not None
        look = self._window.look
        end = look.edge + look.width + 1
        return range(end - len(self._more_below) - 2, end)


def _at_work(worker: Worker[None]) -> bool:
    return not (worker.is_finished or worker.is_cancelled)
