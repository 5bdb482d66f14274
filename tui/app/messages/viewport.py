"""The part of a tall column of messages that is seen, and the reader's place in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tui.app.messages.blocks import BODY, BlockRow
from tui.app.messages.look import Look
from tui.app.messages.window import Anchor, Window

if TYPE_CHECKING:
    from tui.app.messages.interleaved import Interleaved
    from tui.app.messages.message_view import MessageView
    from tui.rendering.document import Document

Whole: TypeAlias = "Document | Interleaved"
"""The text of a reply."""


class Viewport:
    """Keeps the reader's place in the messages of a window. Knows no widget.

    The place is an anchor: a line of a message that stays at the top of the view whatever changes above or
    below it. Without an anchor the end stays in view.
    """

    def __init__(
        self,
        height: Callable[[], int],
        settled: Callable[[], None],
        kept: Callable[[], range] = lambda: range(0),
    ) -> None:
        """Make a view without messages.

        Args:
            height: How many rows are seen.
            settled: Called when what is near is laid out, and ``top`` is known.
            kept: The messages, by index, that must stay laid out.
        """
        self._height = height
        self._settled = settled
        self._kept = kept
        self.window: Window | None = None
        self.anchor: Anchor | None = None
        self.top = 0
        """The line of the column at the top of the view."""
        self.total = 0
        """The height of the column when the view was put in place."""
        self.news = False
        """Whether text has come below what the reader has in view."""

    # -- what is seen
    @property
    def height(self) -> int:
        """How many rows are seen."""
        return self._height()

    @property
    def bottom(self) -> int:
        """The line below the view."""
        return self.top + self.height

    @property
    def at_end(self) -> bool:
        """Whether the end is in view."""
        return self.top >= self.total - self.height

    @property
    def more(self) -> bool:
        """Whether new text stands below the view."""
        return self.news and not self.at_end

    def view(self, message_id: int | None) -> MessageView | None:
        """The lines of a message, if it is laid out."""
        return self.window.views.get(message_id) if self.window and message_id is not None else None

    def span(self, message_id: int) -> tuple[int, int]:
        """The first line of a message, without what parts it from the one above, and the line after it."""
        assert self.window is not None
        index = self.window.index[message_id]
        view, top = self.view(message_id), self.window.column.top(index)
        return top + (view.heights()[0] if view else 0), top + self.window.column[index]

    def rows_of(self, view: MessageView) -> range:
        """The rows of a message that are in view, counted from its own top."""
        assert self.window is not None
        first = self.top - self.window.top(view)
        return range(first, first + self.height)

    def begins_in_view(self, message_id: int) -> bool:
        """Whether the first line of a message is in view."""
        window = self.window
        if window is None or message_id not in window.index:
            return False
        return self.top <= self.span(message_id)[0] < self.bottom

    # -- the place
    @property
    def following(self) -> bool:
        """Whether the end stays in view as text comes."""
        return self.anchor is None

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.anchor, self.news = None, False
        self.settle()

    def follow_at_end(self) -> None:
        """Follow if the end is in view."""
        if self.at_end:
            self.follow()

    def hold(self) -> None:
        """Keep the line at the top where it is, whatever happens."""
        if self.window is not None and self.window.ids:
            self.anchor = self.window.anchor(self.top)

    def go(self, line: int) -> None:
        """Have a line of the column at the top, or as near to it as can be."""
        window = self.window
        if window is None or not window.ids:
            return
        self.go_to(window.anchor(max(0, min(line, window.column.total - 1))))
        self.follow_at_end()

    def go_to(self, anchor: Anchor | None) -> None:
        """Have an anchor at the top, also where the end is in view then; without one, the end."""
        self.anchor = anchor
        self.settle()

    def scrolled(self, line: int) -> None:
        """The reader scrolled: keep what is at the top now, or follow if this is the end."""
        self.top = line
        window = self.window
        if window is None or not window.ids:
            return
        if self.at_end:
            self.follow()
        else:
            self.go_to(window.anchor(line))

    def show_line(self, line: int) -> None:
        """Have a line of the column in view; if it is not, a third below the top."""
        if not self.top < line < self.bottom - 1:
            self.go(line - self.height // 3)

    def show_message(self, message_id: int) -> None:
        """Have a message in view, all of it or as much as goes in."""
        window, height = self.window, self.height
        if window is None or message_id not in window.index:
            return
        window.reach(window.index[message_id], up=height, down=2 * height)
        first, end = self.span(message_id)
        if first < self.top:
            self.go(max(0, first - 1))
        elif end > self.bottom:
            self.go(min(max(0, first - 1), end - height))

    # -- what changes
    def settle(self) -> None:
        """Lay out what is near, so that the anchor's line stays at the top, or the end at the bottom."""
        window, height = self.window, self.height
        if window is None:
            return
        if self.anchor is not None and self.anchor.index >= len(window.ids):
            self.anchor = None  # the message is not there: there may be none at all
        if not height:
            return
        if self.anchor is None:
            index = len(window.ids)
            window.reach(index, up=2 * height, down=0)
        else:
            index = self.anchor.index
            window.lay(index)
            row = window.line(self.anchor) - window.column.top(index)
            window.reach(index, up=height, down=row + 2 * height)
        window.drop_far(index, self._kept())
        self._put_in_place(window)
        self._settled()

    def grow(self) -> bool:
        """Text has come. Returns whether more than its own lines is to be drawn again."""
        if self.window is None:
            return False
        news, self.news = self.news, not self.following
        return self._put_in_place(self.window) or news != self.news

    def _put_in_place(self, window: Window) -> bool:
        """Find the line at the top. Returns whether it is another one."""
        before, self.total = self.top, window.column.total
        line = window.line(self.anchor) if self.anchor else self.total
        self.top = max(0, min(line, self.total - self.height))
        return self.top != before

    def change(self, view: MessageView, act: Callable[[], object]) -> None:
        """Let ``act`` change the lines of a message; what is at the top of the view stays there.

        The end of a reply that is coming stays in view, if it was.
        """
        if not (view.message.live and self.following):
            self.hold()
        act()
        self.settle()
        self.follow_at_end()

    def take(self, view: MessageView, whole: Whole) -> None:
        """Show the text of a message as another document; the words at the top of the view stay there."""
        self.redraw(view, lambda: view.take(whole))

    def redraw(self, view: MessageView, act: Callable[[], object]) -> None:
        """Let ``act`` draw the text of a message in other rows; the words at the top of the view stay."""
        window = self.window
        assert window is not None
        anchor = None if self.following else window.anchor(self.top)
        here = anchor is not None and anchor.place.block == BODY
        if anchor is None or not here or window.index[view.message.id] != anchor.index:
            act()
        else:
            offset = view.offset(anchor.place.row)
            act()
            anchor.place = BlockRow(BODY, view.body.locate(offset)[0])
        self.go_to(anchor)

    def show_pictures(self, view: MessageView) -> None:
        """Draw what is known of a message's pictures; the line at the top of the view stays there."""
        window = self.window
        assert window is not None
        anchor = None if self.following else window.anchor(self.top)
        if anchor is None or window.ids[anchor.index] != view.message.id:
            view.look_again()
        else:
            row = view.row(anchor.place)
            above = [(one.lines, one.lines.height) for one in view.pictures if one.row <= row]
            view.look_again()
            anchor.place = view.place(row + sum(lines.height - height for lines, height in above))
        self.go_to(anchor)

    def relook(self, look: Look) -> None:
        """Draw for another width or palette."""
        if self.window is not None:
            self.window.relook(look, self.anchor)
            self.settle()
