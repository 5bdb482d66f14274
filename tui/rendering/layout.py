"""Blocks and their drawings, one below the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from tui.cells import cells
from tui.faults import attempt
from tui.rendering.block_renderers import ALERTS, Drawing, draw, draw_streaming, draw_unread
from tui.rendering.drawn_fences import Form, draw_fence, draw_source, form_of
from tui.rendering.flat_blocks import Block
from tui.rendering.guarded import Guarded
from tui.rendering.limits import CHECKED, cost, too_long
from tui.rendering.room import Room
from tui.rendering.spans import DIM, INK, LINE, QUOTE_BAR, Line, Span

if TYPE_CHECKING:
    from tui.rendering.code import Code
    from tui.rendering.diagram import Diagram

Spans = tuple[Span[int], ...]

NARROW = 2
"""Lists and quotes take at most one of so many parts of the width."""


class PlacedBlock:
    """A block with its drawing, its place, and what stands in front of it."""

    __slots__ = (
        *("block", "drawing", "top", "hidden", "stale", "unread", "checked", "form"),
        *("first", "rest", "blank", "room", "_indent"),
    )

    def __init__(
        self,
        block: Block,
        room: Room,
        unread: bool,
        drawn: Callable[[Block, Room], Drawing],
        form: Form | None = None,
    ) -> None:
        self.block = block
        self.form = form
        """How it is drawn, or could be, in place of its source."""
        self.top = 0
        self.hidden = False
        self.stale = False
        """Whether it has to be drawn anew at the next occasion."""
        self.prefix(room)
        self.unread = unread
        self.checked = len(block.content)
        """How long it was when the limits were looked at."""
        """Whether it is only wrapped, because reading it would take too long."""
        self.drawing = Guarded(block, self.room, drawn)

    def prefix(self, room: Room) -> None:
        """Put markers, bars and indents in front of the rows."""
        nothing: tuple[Spans, Spans, Spans] = ((), (), ())
        prefixes = attempt(lambda: _prefixes(self.block, room.measure // NARROW), lambda: nothing)
        self.first, self.rest, self.blank = prefixes
        self._indent = sum(cells(span.text) for span in self.rest)
        self.room = room.behind(self._indent)

    @property
    def rows(self) -> int:
        """How many rows it takes, with the gap above it."""
        return 0 if self.hidden else self.block.gap + self.drawing.height

    @property
    def tint(self) -> int:
        """Cells of a row of code, from the edge of the text on."""
        if not self.drawing.deep:
            return self._indent + self.room.measure
        return self._indent + cast("Code", self.drawing.inner).tint

    def line(self, row: int) -> Line:
        """A row, counted from the gap, with what stands in front of it."""
        inner = row - self.block.gap
        if inner < 0:
            return Line(self.blank)
        spans, joint = self.drawing.line(inner)
        return Line((self.rest if inner else self.first) + spans, joint)


class Layout:
    """Drawings of a document's blocks in one room."""

    def __init__(self, room: Room, code_pad: int, *, live: bool) -> None:
        self.room = room
        self.code_pad = code_pad
        """Rows of rest below code."""
        self.env: dict[str, Any] = {}
        """The references that links are resolved with."""
        self.live = live
        """Whether more text comes."""
        self.budget = 0
        """What reading may still cost."""
        self.everything = False
        """Whether all is read, however long it takes."""
        self.height = 0
        self.placed: list[PlacedBlock] = []
        self._unfolded: set[int] = set()
        self._as_source: set[int] = set()
        """The starts of fences that are shown as they were written, though they could be drawn."""
        self._diagrams = False
        """Whether there is any."""

    def at(self, row: int) -> PlacedBlock:
        """What is drawn at a row."""
        return self.placed[bisect_right(self.placed, row, key=lambda placed: placed.top) - 1]

    def renew(self, blocks: Sequence[Block], index: int) -> int:
        """Put ``blocks`` in place of all from ``index`` on, keeping drawings that still hold.

        Returns the first row that changed.
        """
        old = self.placed[index:]
        del self.placed[index:]
        row, changed = 0, None
        if self.placed:
            last = self.placed[-1]
            changed = self._end(last) if blocks else None
            row = last.top + last.rows
        for number, block in enumerate(blocks):
            placed, first = self._renew(old[number] if number < len(old) else None, block)
            placed.top = row
            ended = self._end(placed) if number < len(blocks) - 1 else None
            rows = [row + first] if first is not None else []
            rows += [ended] if ended is not None else []
            if rows and changed is None:
                changed = min(rows)
            row += placed.rows
            self.placed.append(placed)
        changed = min(row, self.height) if changed is None else min(row, changed)
        self.height = row
        return changed

    def _end(self, placed: PlacedBlock) -> int | None:
        """Nothing is added to a block any more; returns the first row that changed by that."""
        row = placed.drawing.end()
        return None if row is None or placed.hidden else placed.top + placed.block.gap + row

    def _renew(self, placed: PlacedBlock | None, block: Block) -> tuple[PlacedBlock, int | None]:
        """The block in its place, and its first row that changed, counted from its gap."""
        hidden = not self._unfolded.issuperset(block.folds)
        form = form_of(block)
        if placed and not placed.stale and placed.hidden == hidden and placed.form is form:
            if placed.block.same(block):
                placed.block = block
                return placed, None
            if self.live and placed.block.grows_into(block) and not self._too_long_now(placed, block):
                placed.block = block
                first = block.gap + placed.drawing.grow(block.content)
                return placed, None if hidden else first
        unread = self._unread(block)
        placed = PlacedBlock(block, self.room, unread, draw_unread if unread else self._draw, form)
        self._diagrams = self._diagrams or form is Form.DIAGRAM
        placed.hidden = hidden
        return placed, 0

    def _draw(self, block: Block, room: Room) -> Drawing:
        form = form_of(block)
        if form is not None:
            fence = draw_source if block.start in self._as_source else draw_fence
            return fence(form, block, room, self.code_pad)
        if self.live:
            return draw_streaming(block, room, self.code_pad)
        return draw(block, room, self.env, self.code_pad)

    def finish(self, index: int) -> None:
        """The text has ended: what is drawn from a block on is drawn anew."""
        self.live = False
        self._settle()
        for placed in self.placed[index:]:
            placed.stale = not placed.drawing.deep

    def expire(self, env: dict[str, Any]) -> None:
        """The text has ended, and these are its references: what they may change is drawn anew."""
        for placed in self.placed:
            refers = bool(env) and "[" in placed.block.content
            unread = not self.everything and too_long(placed.block)
            rough = placed.drawing.rough and not placed.drawing.deep
            placed.stale = rough or refers or placed.unread != unread
        self.env = env
        self.live = False
        self._settle()

    @property
    def guessed(self) -> list[PlacedBlock]:
        """Code whose colours were found piece by piece, and what failed when its rows were counted already.

        To find the colours anew takes too long for one go.
        """
        return [p for p in self.placed if p.drawing.late or (p.drawing.deep and p.drawing.rough)]

    def refine(self, until: float) -> int | None:
        """Find the colours of code from its beginning on; returns the first row that changed, if one did."""
        settled = self._settle()
        if settled is not None:
            return settled
        for placed in self.guessed:
            code = cast("Code", placed.drawing.inner)
            row = code.refine(until)
            if row is not None and not placed.hidden:
                return placed.top + placed.block.gap + row
            if code.rough:
                break
        return None

    def _too_long_now(self, placed: PlacedBlock, block: Block) -> bool:
        """Whether a block that is read has grown too long for it."""
        if placed.unread or len(block.content) - placed.checked < CHECKED:
            return False
        placed.checked = len(block.content)
        return self._unread(block)

    def _unread(self, block: Block) -> bool:
        if self.everything:
            return False
        if too_long(block):
            return True
        self.budget -= cost(block)
        return self.budget < 0 and cost(block) > 0

    def resize(self, room: Room, code_pad: int) -> None:
        """Wrap everything anew."""
        padded, self.room, self.code_pad = self.code_pad != code_pad, room, code_pad
        for placed in self.placed:
            placed.prefix(room)
            if padded and placed.drawing.deep:
                placed.drawing = Guarded(placed.block, placed.room, self._draw)
            else:
                placed.drawing.resize(placed.room)
        self._stack()

    def toggle(self, start: int) -> None:
        """Fold or unfold the details that begin at a place in the source."""
        self._unfolded ^= {start}
        for placed in self.placed:
            placed.hidden = not self._unfolded.issuperset(placed.block.folds)
        self._stack()

    def turn(self, placed: PlacedBlock) -> None:
        """Show the source of a fence in place of its drawing, or its drawing again."""
        self._as_source ^= {placed.block.start}
        placed.drawing = Guarded(placed.block, placed.room, self._draw)
        self._stack()

    def is_drawn(self, placed: PlacedBlock) -> bool:
        """Whether a fence is not shown as it was written."""
        return placed.form is not None and placed.block.start not in self._as_source

    def holding(self, offset: int) -> PlacedBlock | None:
        """What shows a place in the source, or stands before it."""
        index = bisect_right(self.placed, offset, key=lambda placed: placed.block.start) - 1
        return self.placed[index] if index >= 0 else None

    @property
    def awaited(self) -> list[str]:
        """The sources of diagrams of which a drawing is wanted."""
        return [source for _, diagram in self._shown_diagrams() if (source := diagram.awaited) is not None]

    def look(self) -> int | None:
        """Take the drawings that are known now; returns the first row that changed, if one did."""
        changed = [placed for placed, diagram in self._shown_diagrams() if diagram.look()]
        if changed:
            self._stack()
        return changed[0].top + changed[0].block.gap if changed else None

    def _shown_diagrams(self) -> Iterator[tuple[PlacedBlock, Diagram]]:
        if self._diagrams:
            from tui.rendering.diagram import Diagram

            for placed in self.placed:
                if isinstance(drawing := placed.drawing.inner, Diagram) and not placed.hidden:
                    yield placed, drawing

    def unfolded(self, start: int) -> bool:
        """Whether details are open."""
        return start in self._unfolded

    def _settle(self) -> int | None:
        """Give those that failed late their rows; returns the first row that changed, if one did."""
        late = [placed for placed in self.placed if placed.drawing.late]
        for placed in late:
            placed.drawing.settle()
        if late:
            self._stack()
        return late[0].top if late else None

    def _stack(self) -> None:
        row = 0
        for placed in self.placed:
            placed.top = row
            row += placed.rows
        self.height = row


def _prefixes(block: Block, room: int) -> tuple[Spans, Spans, Spans]:
    """What stands in front of a block's first row, of its other rows, and of the blank one above."""
    columns: list[tuple[Span[int], Span[int]]] = []
    for depth, container in enumerate(block.path):
        if container.kind == "quote":
            bar = Span(QUOTE_BAR, ALERTS.get(container.label, LINE))
            columns.append((bar, bar))
        else:
            label = container.label + " "
            space = Span(" " * cells(label), INK)
            columns.append((Span(label, DIM) if depth >= block.shared else space, space))
    blank = tuple(rest for _, rest in columns[: block.shared])
    while columns and sum(cells(rest.text) for _, rest in columns) > room:
        columns.pop(0)  # too deep for the width: the outer ones are left out
        blank = blank[1:]
    return tuple(first for first, _ in columns), tuple(rest for _, rest in columns), blank
