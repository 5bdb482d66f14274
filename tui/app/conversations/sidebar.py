"""The conversations beside the page: newest first, by day."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.style import Style
from textual import events, on
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.row_list import Heading, Row, RowList
from tui.app.theme.ink import RAIL, Pen, cut, segments_of, width_of
from tui.dates import day_group
from tui.rendering.spans import Span
from tui.text import one_line

if TYPE_CHECKING:
    from tui.chat.conversation import Summary

LIVE, UNREAD, ASKS = "●", "•", "?"
_MARK = 3
"""Cells of a mark: a blank, itself, the edge."""


class ConversationRow(Struct, frozen=True):
    """One conversation: its title, and whether it is answered or has something new."""

    summary: Summary
    current: bool
    live_hue: str | None
    unread: bool
    asks: bool = False
    """Whether a question waits in it."""
    height: int = 1

    @property
    def key(self) -> Hashable:
        """The conversation's id."""
        return self.summary.id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The title, and at the right edge the live dot or the unread mark."""
        ink, width = pen.ink, pen.width + 1  # the list has no scroll bar: its last cell is ours
        marked = self.current or chosen is self
        words = ink.strong if self.current or self.unread else ink.soft
        title = Span(one_line(self.summary.title) or "Untitled", words + Style(bold=self.unread))
        railed = self.current if chosen is None else chosen is self  # colour is never the only sign
        rail = Span(RAIL, ink.accent) if railed else Span(" ", Style.null())
        mark: Span[Style] = Span(" ", Style.null())
        if self.asks:
            mark = Span(ASKS, ink.accent + Style(bold=True))
        elif self.live_hue is not None:
            mark = Span(LIVE, ink.hues.get(self.live_hue, ink.ink))
        elif self.unread:
            mark = Span(UNREAD, ink.accent + Style(bold=True))
        left = cut([rail, Span("  ", Style.null()), title], width - _MARK)
        room = Span(" " * (width - _MARK - width_of(left) + 1), Style.null())
        strip = Strip(segments_of([*left, room, mark, Span(" ", Style.null())])).adjust_cell_length(width)
        return [pen.on_tint(strip) if marked else strip]


class SidebarList(RowList, can_focus=True):
    """It may have the focus: then the arrows choose, and Enter opens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SIDEBAR_UP, "step(-1)"),
        bind(Action.SIDEBAR_DOWN, "step(1)"),
        bind(Action.SIDEBAR_OPEN, "open"),
        bind(Action.SIDEBAR_LEAVE, "leave"),
    ]

    class Opened(Message):
        """A conversation was chosen."""

        def __init__(self, conversation_id: int) -> None:
            super().__init__()
            self.conversation_id = conversation_id

    class Left(Message):
        """The reader goes back to writing."""

    @property
    def chosen(self) -> Row | None:
        """The row that Enter takes; none while the keys go elsewhere."""
        return super().chosen if self.has_focus else None

    @on(events.Focus)
    @on(events.Blur)
    def _look(self) -> None:
        self.refresh()

    def action_step(self, step: int) -> None:
        """Choose another row."""
        self.move(step)

    def action_page_up(self) -> None:
        """Choose a row a screen above."""
        self.page(-1)

    def action_page_down(self) -> None:
        """Choose a row a screen below."""
        self.page(1)

    def action_scroll_home(self) -> None:
        """Choose the first row."""
        self.first()

    def action_scroll_end(self) -> None:
        """Choose the last row."""
        self.last()

    def action_open(self) -> None:
        """Open the chosen row."""
        if self.chosen is not None:
            self.post_message(self.Picked(self, self.chosen))

    def action_leave(self) -> None:
        """Back to writing."""
        self.post_message(self.Left())

    def show_conversations(
        self,
        summaries: Sequence[Summary],
        current: int | None,
        live: Mapping[int, str],
        unread: frozenset[int],
        asking: frozenset[int],
        today: date,
    ) -> None:
        """Show the list.

        Args:
            summaries: Newest first; pinned ones before them.
            current: The conversation on the page.
            live: The conversations that are being answered, with the hue of the model.
            unread: Those in which a reply ended unseen.
            asking: Those in which a question waits.
            today: The reader's date.
        """
        rows = [*self._by_day(summaries, current, live, unread, asking, today)]
        self.show(rows, choose=self.chosen.key if self.chosen else current)

    @staticmethod
    def _by_day(
        summaries: Sequence[Summary],
        current: int | None,
        live: Mapping[int, str],
        unread: frozenset[int],
        asking: frozenset[int],
        today: date,
    ) -> Iterator[Row]:
        group = ""
        for summary in summaries:
            name = "Pinned" if summary.pinned else day_group(summary.updated_at, today)
            if name != group:
                yield Heading(name, first=not group, indent=1)
                group = name
            own = summary.id
            yield ConversationRow(summary, own == current, live.get(own), own in unread, own in asking)

    @on(RowList.Picked)
    def _picked(self, event: RowList.Picked) -> None:
        event.stop()
        if isinstance(event.row, ConversationRow):
            self.post_message(self.Opened(event.row.summary.id))
