"""A list that draws only the lines that are seen: ten rows or a hundred thousand cost the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar, Protocol

from msgspec import Struct
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.theme.ink import Ink, Pen
from tui.faults import note
from tui.rendering.spans import Span
from tui.text import one_line

NEAR_END = 40
"""Lines before the end at which more rows are asked for."""


class Row(Protocol):
    """One entry of the list, of one or more lines."""

    @property
    def key(self) -> Hashable | None:
        """What this row stands for; None for a heading, which cannot be chosen."""
        ...

    @property
    def height(self) -> int:
        """How many lines ``draw`` gives."""
        ...

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The lines of this row; ``chosen`` is the row that Enter would take."""
        ...


class Heading(Struct, frozen=True):
    """A day or another group."""

    words: str
    first: bool = False
    indent: int = 0
    """Cells that set it over the names."""
    key: Hashable | None = None

    @property
    def height(self) -> int:
        """A blank line and the words; no blank line at the top of the list."""
        return 1 if self.first else 2

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The words in quiet ink."""
        line = pen.line([Span(" " * self.indent, Style.null()), Span(self.words, pen.ink.dim)])
        return [line] if self.first else [pen.blank(), line]


class Sentence(Struct, frozen=True):
    """A line that only says something: why there is nothing, what went wrong."""

    text: str = ""
    indent: int = 0
    """Cells that set it under the names."""
    key: Hashable | None = None
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One dim line."""
        return [pen.line([Span(" " * self.indent + self.text, pen.ink.dim)])]


class RowList(ScrollView, can_focus=False):
    """Rows under a field. The keys belong to the screen, so the field keeps the focus."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--chosen"}
    DEFAULT_CSS = """
    RowList {
        width: 100%;
        height: auto;
        overflow-x: hidden;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
        background: transparent;
        color: $ink;
        & > .row-list--chosen { background: $lift; }
    }
    """

    class Moved(Message):
        """Another row is chosen."""

        def __init__(self, row_list: RowList, row: Row | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    class Picked(Message):
        """A row was clicked."""

        def __init__(self, row_list: RowList, row: Row) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    class EndNear(Message):
        """The last rows come into sight: more may be added with ``extend``."""

        def __init__(self, row_list: RowList) -> None:
            super().__init__()
            self.row_list = row_list

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: list[Row] = []
        self._tops: list[int] = [0]
        self._stops: list[int] = []
        self._chosen: int | None = None
        self._tallest = 0
        self._pen: Pen | None = None

    # -- content
    def show(self, rows: Sequence[Row], choose: Hashable | None = None) -> None:
        """Show ``rows`` and choose the one with key ``choose``, or the first."""
        before = self.chosen
        self._rows, self._tops, self._stops = [], [0], []
        self._append(rows)
        place = self._place_of(choose) if choose is not None else None
        self._chosen = place if place is not None else (self._stops[0] if self._stops else None)
        self._show_chosen(settled=False)
        self._tell(before)

    def extend(self, rows: Sequence[Row]) -> None:
        """Add rows at the end; nothing that is seen moves."""
        before = self.chosen
        self._append(rows)
        if self._chosen is None and self._stops:
            self._chosen = self._stops[0]
        self._tell(before)

    def _append(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.key is not None:
                self._stops.append(len(self._rows))
            self._rows.append(row)
            self._tops.append(self._tops[-1] + row.height)
        self._tallest = max(self._tallest, self.lines)
        self.virtual_size = Size(0, self.lines)  # lays out anew, if that changes
        self.refresh()

    @property
    def rows(self) -> Sequence[Row]:
        """All rows."""
        return self._rows

    @property
    def lines(self) -> int:
        """The lines of all rows."""
        return self._tops[-1]

    @property
    def chosen(self) -> Row | None:
        """The row that Enter takes."""
        return None if self._chosen is None else self._rows[self._chosen]

    def _place_of(self, key: Hashable) -> int | None:
        return next((i for i in self._stops if self._rows[i].key == key), None)

    # -- choosing
    def move(self, step: int) -> None:
        """Choose the row ``step`` places on."""
        if self._chosen is not None:
            self._choose_stop(bisect_left(self._stops, self._chosen) + step)

    def page(self, direction: int) -> None:
        """Choose the row about a screen further on."""
        if self._chosen is not None:
            line = self._tops[self._chosen] + direction * max(1, self.size.height - 2)
            self._choose_stop(bisect_left(self._stops, bisect_right(self._tops, max(0, line)) - 1))

    def first(self) -> None:
        """Choose the first row."""
        self._choose_stop(0)

    def last(self) -> None:
        """Choose the last row."""
        self._choose_stop(len(self._stops) - 1)

    def step_aside(self) -> None:
        """Choose the next row, or the one before the last: the chosen one is about to go."""
        before = self._chosen
        self.move(1)
        if self._chosen == before:
            self.move(-1)

    def _choose_stop(self, stop: int) -> None:
        if self._stops:
            self._choose(self._stops[max(0, min(stop, len(self._stops) - 1))])

    def _choose(self, place: int) -> None:
        before = self.chosen
        self._chosen = place
        self._show_chosen(settled=True)
        self.refresh()
        self._tell(before)

    def _tell(self, before: Row | None) -> None:
        now = self.chosen
        if (now.key if now else None) != (before.key if before else None):
            self.post_message(self.Moved(self, now))
        self._ask_for_more(self.scroll_offset.y)

    def _ask_for_more(self, top: float) -> None:
        if self.lines - top - self.size.height < NEAR_END:
            self.post_message(self.EndNear(self))

    def _show_chosen(self, *, settled: bool) -> None:
        """Scroll as little as is needed to see the chosen row and the headings right above it."""
        if self._chosen is None:
            return
        first = self._chosen
        while first and self._rows[first - 1].key is None:
            first -= 1
        top, bottom = self._tops[first], self._tops[self._chosen + 1]
        height = self.size.height or bottom
        if bottom - top > height:
            top = self._tops[self._chosen]
        now = min(self.scroll_offset.y, max(0, self.lines - height))
        wanted = min(top, max(now, bottom - height))
        if settled:
            self.scroll_to(y=wanted, animate=False, immediate=True)
        else:
            self.set_scroll(None, wanted)

    def place_of(self, key: Hashable) -> Region | None:
        """Where the row with this key is drawn, in cells of this widget; None if it is out of sight."""
        place = self._place_of(key)
        if place is None:
            return None
        top = self._tops[place] - self.scroll_offset.y
        if not 0 <= top < self.size.height:
            return None
        return Region(0, top, self.size.width, self._rows[place].height)

    # -- drawing
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The height of the tallest content so far: a filter that shortens the list moves nothing."""
        return self._tallest

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        line = y + self.scroll_offset.y
        pen = self._get_pen()
        if line >= self.lines:
            return pen.blank().apply_style(self.visual_style.rich_style)
        place = bisect_right(self._tops, line) - 1
        strip = self._drawn(self._rows[place], pen)[line - self._tops[place]]
        return strip.apply_style(self.visual_style.rich_style)

    def _drawn(self, row: Row, pen: Pen) -> Sequence[Strip]:
        """A row's lines. One that can't be drawn says so: the others are of use all the same."""
        try:
            return row.draw(pen, self.chosen)
        except Exception as error:
            note(error)
            words = f"This row can't be drawn: {one_line(repr(error), 200)}"
            blank = [pen.blank()] * (row.height - 1)
            return [pen.line([Span(words, pen.ink.dim)], tinted=row is self.chosen), *blank]

    def _get_pen(self) -> Pen:
        width = self.scrollable_content_region.width - 1  # one cell stays free before the scrollbar
        if self._pen is None or self._pen.width != width:
            ground = self.get_component_styles("row-list--chosen").background
            sixteen = ground.ansi is not None
            tint = Style(reverse=True) if sixteen else Style.from_color(bgcolor=ground.rich_color)
            self._pen = Pen(width, Ink.from_theme(self.app.theme_variables), tint)
        return self._pen

    def notify_style_update(self) -> None:
        """The theme changed: mix the styles again."""
        self._pen = None
        super().notify_style_update()

    # -- events
    def on_resize(self) -> None:
        """Keep the chosen row in sight."""
        self._show_chosen(settled=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for more rows when the end comes near."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value:
            self._ask_for_more(new_value)

    def on_click(self, event: events.Click) -> None:
        """Choose and take the row under the pointer."""
        event.stop()
        place = bisect_right(self._tops, event.y + self.scroll_offset.y) - 1
        if place < len(self._rows) and self._rows[place].key is not None:
            self._choose(place)
            self.post_message(self.Picked(self, self._rows[place]))
