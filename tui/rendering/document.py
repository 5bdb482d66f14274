"""The lines of one Markdown text at one width and palette; it grows while a reply streams."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from rich.segment import Segment
from textual.strip import Strip

from tui.cells import cells
from tui.faults import attempt
from tui.rendering import selection
from tui.rendering.directions import areas_of
from tui.rendering.drawn_fences import Form
from tui.rendering.flat_blocks import language_of
from tui.rendering.flow import spots
from tui.rendering.incremental_parse import IncrementalParse, Unparsed
from tui.rendering.layout import Layout, PlacedBlock
from tui.rendering.limits import BLOCKS, BUDGET, MOST_REREAD, WHOLE
from tui.rendering.palette import Palette, style_of
from tui.rendering.room import Room
from tui.rendering.spans import BLANK, DIM, FOLDED, INK, LINE, UNFOLDED, Line, Span, Target
from tui.rendering.turned import Area
from tui.text import clean

LEAD = 2
"""Cells before the text: the rail and a gap."""
PAD = 1


class CodeBlock(Struct, frozen=True):
    """A block of code: where it is drawn, its language, and its exact text."""

    row: int
    height: int
    language: str
    text: str
    width: int
    """Cells from the edge of the text to the end of its tint."""


class Document:
    """Lines of Markdown, drawn when they are asked for.

    Rows count from 0; cells count from the left edge of the text, behind the rail and its gap.
    """

    def __init__(
        self,
        source: str,
        width: int,
        palette: Palette,
        *,
        live: bool = False,
        code_pad: int = 1,
        whole: int = 0,
    ) -> None:
        """Draw ``source``.

        Args:
            source: The text.
            width: Cells of prose in a row.
            palette: The colours.
            live: Whether more is coming.
            code_pad: Rows of rest below code.
            whole: Cells that code and tables may take, where they are more than those of prose.
        """
        self.palette = palette
        self._parsed = IncrementalParse()
        self._layout = Layout(Room.of(width, whole), code_pad, live=live)
        if live:
            self.feed(source)
        else:
            self._parsed.source.add(clean(source))
            self._end()

    @property
    def source(self) -> str:
        """The text, made safe to show; all offsets count in it."""
        return self._parsed.source.text

    @property
    def width(self) -> int:
        """Cells of prose in a row."""
        return self._layout.room.measure

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self._layout.height

    @property
    def placed(self) -> Sequence[PlacedBlock]:
        """The blocks with their drawings, for who shows them in another way than by rows."""
        return self._layout.placed

    @property
    def over(self) -> int:
        """How many of them stay as they are, whatever comes, but for links that are defined later."""
        return attempt(self._parsed.over, lambda: 0) if self.live else len(self.placed)

    @property
    def live(self) -> bool:
        """Whether more text is coming."""
        return self._layout.live

    @property
    def limited(self) -> bool:
        """Whether some of it is shown unread, because reading it would have frozen the screen."""
        return any(p.unread or (p.block.kind, p.block.info) == ("raw", "") for p in self._layout.placed)

    def show_all(self) -> None:
        """Read everything, however long it takes."""
        self._layout.everything = True
        self._end()

    def read_whole(self) -> Document:
        """Another one of the same text that shows all of it, for what is made in a thread."""
        width, room = self._layout.room
        pad = self._layout.code_pad
        whole = Document(self.source, width, self.palette, code_pad=pad, whole=room)
        whole.show_all()
        return whole

    def feed(self, text: str) -> int:
        """Append text; returns the first row that changed."""
        cleaned = clean(text)
        return self._renew(self._parse(lambda: self._parsed.add(cleaned)))

    def close(self) -> int:
        """The text has ended: parse it whole, with its references; returns the first row that changed.

        Only the colours of long code may still be others than in a fresh document: see ``guessed``.
        """
        short = len(self.source) <= WHOLE and len(self._layout.placed) <= MOST_REREAD
        if short or not self._layout.placed:
            return self._end()
        index = self._parse(self._parsed.finish)  # the rest stays as it was read while it came
        self._layout.finish(index)
        return self._renew(index)

    @property
    def guessed(self) -> bool:
        """Whether long code has the colours found while it came; a fresh document may have others."""
        return bool(self._layout.guessed)

    def refine(self, seconds: float = math.inf) -> int | None:
        """After the end: find them anew, for some seconds; returns the first row that changed, if one did."""
        return self._layout.refine(time.perf_counter() + seconds)

    def _end(self) -> int:
        env: dict[str, Any] = {}
        if len(self.source) > WHOLE and not self._layout.everything:
            self._parsed.window()
        else:
            most = math.inf if self._layout.everything else BLOCKS
            self._parse(lambda: self._parsed.whole(env, most))
        self._layout.expire(env)
        return self._renew(0)

    def _parse(self, act: Callable[[], Any]) -> Any:
        """What ``act`` gives; if the text can't be parsed, it is shown as it stands from now on."""
        return attempt(act, self._give_up)

    def _give_up(self) -> int:
        self._parsed = Unparsed(self._parsed.source)
        return 0

    def _renew(self, index: int) -> int:
        self._layout.budget = BUDGET
        return attempt(lambda: self._layout.renew(self._parsed.blocks[index:], index), self._begin_anew)

    def _begin_anew(self) -> int:
        """Lay out nothing but the text as it stands."""
        self._give_up()
        old = self._layout
        self._layout = Layout(old.room, old.code_pad, live=old.live)
        self._layout.budget = BUDGET
        self._layout.renew(self._parsed.blocks, 0)
        return 0

    def resize(self, width: int, palette: Palette, code_pad: int = 1, whole: int = 0) -> None:
        """Draw for another width, palette or rest below code."""
        self.palette = palette
        room = Room.of(width, whole)
        if (room, code_pad) != (self._layout.room, self._layout.code_pad):
            self._layout.resize(room, code_pad)

    def line(self, row: int) -> Strip:
        """A row: rail cell, gap cell, text, pad cell. Made anew each time: who shows it keeps it."""
        placed = self._layout.at(row) if 0 <= row < self.height else None
        line = self._line(placed, row) if placed else BLANK
        deep = placed is not None and placed.drawing.deep and row >= placed.top + placed.block.gap
        base = style_of(INK, self.palette, deep)
        lead = " " * LEAD
        if deep and self.palette.ansi:  # no tints there: a bar marks the code
            lead = "│ "
        segments = [Segment(lead, style_of(LINE, self.palette, deep) if lead.strip() else base)]
        used = 0
        for span in line.spans:
            segments.append(Segment(span.text, style_of(span.look, self.palette, deep)))
            used += cells(span.text)
        least = placed.tint if deep and placed else self.width
        segments.append(Segment(" " * (least - used + PAD), base))
        strip = Strip(segments, LEAD + max(used, least) + PAD)
        most = self._layout.room.whole
        return strip if used <= least else strip.adjust_cell_length(LEAD + min(used, most) + PAD, base)

    def _line(self, placed: PlacedBlock, row: int) -> Line:
        line = placed.line(row - placed.top)
        if placed.block.kind != "details" or row < placed.top + placed.block.gap:
            return line
        mark = UNFOLDED if self._layout.unfolded(placed.block.start) else FOLDED
        return Line((*placed.first, Span(mark, DIM), *line.spans[len(placed.first) :]))

    def areas(self, row: int) -> Sequence[Area] | None:
        """The cells of a row that are turned together; None where each text of it is turned for itself."""
        placed = self._layout.at(row) if 0 <= row < self.height else None
        return areas_of(placed, row - placed.top - placed.block.gap, self.width) if placed else ()

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The source between two places, the second one excluded.

        Of a block that is selected whole it is the Markdown, of another one the characters that are seen;
        code is exact.
        """
        source, first, last = self._parsed.source, min(start, end), max(start, end)
        return attempt(lambda: selection.copy(self._layout, source, first, last), lambda: source.text)

    def locate(self, offset: int) -> tuple[int, int]:
        """The row and cell where a place in the source is drawn, or what comes before it."""
        return attempt(lambda: selection.locate(self._layout, self._parsed.source, offset), lambda: (0, 0))

    def offset(self, row: int) -> int:
        """The first place in the source that is drawn on a row, or the next one below it."""
        return attempt(lambda: selection.offset(self._layout, self._parsed.source, row), lambda: 0)

    def find(self, needle: str) -> list[tuple[int, int, int]]:
        """The row, first cell and end cell of each hit, whatever the case; one that wraps gives two."""
        nothing: list[tuple[int, int, int]] = []
        return attempt(lambda: selection.find(self._layout, needle), lambda: nothing)

    def code_blocks(self) -> list[CodeBlock]:
        """The blocks of code, from the top."""
        return [
            CodeBlock(
                placed.top + placed.block.gap,
                placed.drawing.height,
                language_of(placed.block.info),
                placed.block.content.removesuffix("\n"),
                placed.tint,
            )
            for placed in self._layout.placed
            if placed.block.kind in ("fence", "code") and not placed.unread and not placed.hidden
        ]

    def link_at(self, row: int, cell: int) -> str | None:
        """The address of the link or picture that is drawn there."""
        target = self.target_at(row, cell)
        return target.value if target else None

    def target_at(self, row: int, cell: int) -> Target | None:
        """The link or picture that is drawn there."""
        if not 0 <= row < self.height:
            return None
        line = self._line(self._layout.at(row), row)
        return next((span.target for left, right, span in spots(line) if left <= cell < right), None)

    @property
    def folds(self) -> list[int]:
        """The rows at which something folds: summaries, the first rows of long data."""
        return [
            one.top + one.block.gap
            for one in self._layout.placed
            if (one.block.kind == "details" or one.form is Form.FOLDED) and not one.hidden
        ]

    @property
    def drawn(self) -> list[int]:
        """The first rows of fences that are drawn, or could be."""
        return [one.top + one.block.gap for one in self._layout.placed if one.form and not one.hidden]

    def toggle(self, row: int) -> bool:
        """Open or close what is drawn at a row, where it does: a ``<details>``, or a fence and its source.

        Returns:
            Whether anything did.
        """
        placed = self._layout.at(row) if 0 <= row < self.height else None
        if placed is None or row < placed.top + placed.block.gap:
            return False
        if placed.block.kind == "details":
            self._layout.toggle(placed.block.start)
        elif placed.form and self._turns(placed, row):
            self._layout.turn(placed)
        else:
            return False
        return True

    def _turns(self, placed: PlacedBlock, row: int) -> bool:
        """Whether a row of a fence turns it: the first one, and what stands for lines that are left out."""
        first = placed.top + placed.block.gap
        line = placed.drawing.line(row - first)
        return row == first or (bool(line.spans) and all(span.start < 0 for span in line.spans))

    def reveal(self, offset: int) -> bool:
        """Show the lines at a place in the source, if they are left out. Returns whether they were."""
        placed = self._layout.holding(offset)
        if placed is None or placed.form is not Form.FOLDED or not self._layout.is_drawn(placed):
            return False
        from tui.rendering.folded_code import FIRST

        left_out = self.source.count("\n", placed.block.start, offset) > FIRST
        if left_out:
            self._layout.turn(placed)
        return left_out

    # -- diagrams
    @property
    def awaited(self) -> list[str]:
        """The sources of diagrams of which a drawing is wanted, from the top."""
        return self._layout.awaited

    def look(self) -> int | None:
        """Take the drawings that are known now; returns the first row that changed, if one did."""
        return self._layout.look()
