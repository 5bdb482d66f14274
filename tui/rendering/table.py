"""Tables: a dim head, one hairline, spaces between columns; too wide ones as records.

Rows are drawn when they are asked for. Before that it is enough to know how high each one is, and a cell
whose source is shorter than its column takes one line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from tui.cells import cells
from tui.markdown.tables import split_row
from tui.rendering.flow import Flow, spots
from tui.rendering.inline import parse_inline
from tui.rendering.limits import MARKS
from tui.rendering.room import Room
from tui.rendering.spans import BAND, BLANK, DIM, INK, LINE, Line, Span
from tui.rendering.wrap import wrap

EXACT = 1000
"""Cells that are measured as they are drawn; of those in later rows the source is measured."""
LONGEST_WORD = 24
"""Cells of a word that is not cut if there is any other way."""
SETTLED = 40
"""Rows after which columns keep their width for a while as a table grows."""
LARGE = 8_000
"""Characters after which they do so, however few rows there are."""

_NUMBER = re.compile(r"[-+−±~≈<>]?\s?[$€£¥]?\s?\d[\d.,\s_']*(?:[eE][-+]?\d+)?\s?(?:%|‰|°|[a-zA-Zµ]{1,3}|×)?")
_NOTHING = frozenset(("", "-", "–", "—", "n/a", "N/A"))
# What may be drawn wider than it is written, or break a line.
_TRICKY = re.compile(r"[\[$\\&<!]|://|www\.")


class Measures(Struct):
    """What is known of the columns."""

    natural: list[int]
    """Cells that each would take."""
    words: list[int]
    """The longest word in each."""
    numeric: list[bool]
    """Whether there are only numbers in it, which stand right."""

    def copy(self) -> Measures:
        """The same, to be changed."""
        return Measures(list(self.natural), list(self.words), list(self.numeric))


def _with_pipes(span: Span[int], text: str) -> Span[int]:
    """The span with its place in a text whose pipes are escaped."""
    if span.start < 0:
        return span
    places = [match.start() - index for index, match in enumerate(re.finditer(r"\\\|", text))]
    return span._replace(
        start=span.start + sum(place < span.start for place in places),
        end=span.end + sum(place < span.end for place in places),
    )


class Table:
    """A table at one width."""

    deep = False

    def __init__(self, content: str, info: str, room: Room, env: dict[str, Any]) -> None:
        self.rough = False
        self._aligns = info.split(",")
        self._env = env
        self._rows: list[str] = []
        self._starts: list[int] = []
        self._split: tuple[int, list[tuple[int, str]]] = (-1, [])
        """The cells of the row that was looked at last."""
        self._heads: list[tuple[int, str]] = []
        count = len(self._aligns)
        self._sure = Measures([1] * count, [1] * count, [not align for align in self._aligns])
        """Of all rows but the last one, which may be incomplete."""
        self._measures = self._sure
        self._take(content, 0)
        self.resize(room)

    def _take(self, content: str, offset: int) -> None:
        """Read the rows from an offset on."""
        self._length = len(content)
        self._measures = self._sure.copy()
        self._split = (-1, [])
        rows = content[offset:].split("\n")
        last = len(self._rows) + len(rows) - 1
        for number, row in enumerate(rows, len(self._rows)):
            if number == last:
                self._sure = self._measures.copy()
            self._rows.append(row)
            self._starts.append(offset)
            if number == 0:
                self._heads = self._cells(0)
            if number != 1:  # the row of dashes
                self._measure(number)
            offset += len(row) + 1

    def _measure(self, number: int) -> None:
        known = self._measures
        exact = self._exact(number)
        for column, text in enumerate(self._texts(number)):
            if number and known.numeric[column]:
                known.numeric[column] = text in _NOTHING or _NUMBER.fullmatch(text) is not None
            if exact:
                text = self._flow(number, column).text
            size = max(map(cells, text.split("\n"))) if "\n" in text else cells(text)
            if size > known.natural[column]:
                known.natural[column] = size
            if size > known.words[column]:
                longest = max((min(cells(word), LONGEST_WORD) for word in text.split()), default=1)
                known.words[column] = max(known.words[column], longest)

    def resize(self, room: Room) -> None:
        """Lay out anew, in all the room there is."""
        self._width = room.whole
        self._lay_out()

    def _lay_out(self) -> None:
        self._laid = self._measures.copy()
        self._next = self._length * 3 // 2
        self._sizes, self._gap = fit(self._laid.natural, self._laid.words, self._width) or ([], 0)
        self._tops = [0]
        self._stack(0)
        self._drawn: dict[int, list[Line]] = {}

    def _stack(self, number: int) -> None:
        """Find out how high the rows from a number on are."""
        del self._tops[number + 1 :]
        top = self._tops[-1]
        for index in range(number, len(self._rows)):
            top += self._high(index)
            self._tops.append(top)

    def _high(self, number: int) -> int:
        if not self._sizes:
            return self._record_height(number)
        if number == 1:
            return 1
        exact = self._exact(number)
        if not exact and self._sizes == self._laid.natural and self._laid == self._measures:
            return 1  # it was measured, and has the room that it wants
        high = 1
        for column, text in enumerate(self._texts(number)):
            size = self._sizes[column]
            if exact or cells(text) > size:
                high = max(high, len(wrap(self._flow(number, column).text, size)))
        return high

    def _exact(self, number: int) -> bool:
        return number * len(self._aligns) < EXACT or _TRICKY.search(self._rows[number]) is not None

    def _flow(self, number: int, column: int) -> Flow:
        """A cell as it is drawn."""
        cells_of = self._cells(number) if number else self._heads
        if column >= len(cells_of):
            return Flow([Span("", INK)])
        offset, text = cells_of[column]
        plain = text.replace("\\|", "|")
        spans = self._read(plain)
        if plain != text:
            spans = [_with_pipes(span, text) for span in spans]
        moved = [
            span._replace(
                look=span.look & ~BAND,
                start=span.start + offset if span.start >= 0 else -1,
                end=span.end + offset,
            )
            for span in spans
        ]
        return Flow(moved, INK if number else DIM)

    def _read(self, text: str) -> list[Span[int]]:
        """The spans of a cell; those of a long one would take too long, for there may be many."""
        if len(text) > MARKS:
            return [Span(text.replace("\t", " "), INK, 0, len(text))]
        return parse_inline(text, self._env)

    def _texts(self, number: int) -> list[str]:
        """The cells of a row as they are written."""
        return [part.strip() for part in self._parts(self._rows[number])]

    def _parts(self, row: str) -> list[str]:
        return split_row(row, len(self._aligns))

    def _cells(self, number: int) -> list[tuple[int, str]]:
        """Where the cells of a row begin in the content, and their texts."""
        if number != self._split[0]:
            row = self._rows[number]
            body = row.lstrip()
            offset = self._starts[number] + len(row) - len(body) + body.startswith("|")
            found = []
            for part in self._parts(row):
                found.append((offset + len(part) - len(part.lstrip()), part.strip()))
                offset += len(part) + 1
            self._split = (number, found)
        return self._split[1]

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self._tops[-1]

    def line(self, row: int) -> Line:
        """One row."""
        return self._line(row)

    def _line(self, row: int) -> Line:
        number = bisect_right(self._tops, row) - 1
        if number not in self._drawn:
            self._drawn[number] = self._lines(number)
        return self._drawn[number][row - self._tops[number]]

    def _lines(self, number: int) -> list[Line]:
        """The lines of a row of the table."""
        if not self._sizes:
            return self._record(number)
        if number == 1:
            total = sum(self._sizes) + self._gap * (len(self._sizes) - 1)
            return [Line((Span("─" * total, LINE),))]
        columns = [self._column(number, column) for column in range(len(self._sizes))]
        high = max(map(len, columns))
        return [Line(tuple(self._across(columns, index))) for index in range(high)]

    def _column(self, number: int, column: int) -> list[tuple[Span[int], ...]]:
        flow = self._flow(number, column)
        return [flow.cut(*cut) for cut in wrap(flow.text, self._sizes[column])]

    def _across(self, columns: list[list[tuple[Span[int], ...]]], index: int) -> Iterator[Span[int]]:
        """A line through all columns."""
        blank = 0
        for column, (lines, size) in enumerate(zip(columns, self._sizes, strict=True)):
            spans = lines[index] if index < len(lines) else ()
            room = size - sum(cells(span.text) for span in spans)
            align = self._aligns[column] or ("right" if self._laid.numeric[column] else "")
            left = room if align == "right" else room // 2 if align == "center" else 0
            if blank + left > 0:
                yield Span(" " * (blank + left), INK)
            yield from spans
            blank = room - left + self._gap

    def _record(self, number: int) -> list[Line]:
        """A row as lines of its own: each head with its value."""
        if number < 2:
            return []
        lines: list[Line] = [BLANK] if number > 2 else []
        for column in range(len(self._aligns)):
            value = self._flow(number, column)
            head = self._flow(0, column).text.replace("\n", " ") or str(column + 1)
            whole = Flow([Span(f"{head}: ", DIM), *value.spans])
            lines += (Line(whole.cut(*cut)) for cut in wrap(whole.text, self._width))
        return lines

    def _record_height(self, number: int) -> int:
        if number < 2:
            return 0
        values = [text for _, text in self._cells(number)]
        heads = [text for _, text in self._heads]
        longest = max(map(cells, heads), default=0) + 2 + max(map(cells, values), default=0)
        if longest > self._width or _TRICKY.search(self._rows[0] + self._rows[number]):
            return len(self._record(number))
        return len(self._aligns) + (number > 2)

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        number = bisect_right(self._starts, offset) - 1
        nearest, place = -1, (self._tops[number], 0)
        for row in range(self._tops[number], self._tops[number + 1]):
            for left, _right, span in spots(self._line(row)):
                if nearest < span.start <= offset:
                    nearest = span.start
                    inside = offset - span.start if span.end - span.start == len(span.text) else 0
                    place = (row, left + cells(span.text[:inside]))
        return place

    def end(self) -> int | None:
        """Nothing changes by the end."""
        return None

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed.

        A long table keeps its columns for a while, so that only its new rows are laid out.
        """
        last = len(self._rows) - 1
        offset = self._starts[last]
        del self._rows[last:], self._starts[last:]
        self._take(content, offset)
        stale = self._laid != self._measures
        small = len(self._rows) <= SETTLED and self._length <= LARGE
        if stale and (small or self._length >= self._next):
            self._lay_out()
            self.rough = False
            return 0
        self.rough = stale
        self._stack(last)
        for number in range(last, len(self._rows)):
            self._drawn.pop(number, None)
        return self._tops[last]


WIDE_GAP, NARROW_GAP = 4, 2
SMALLEST = 6
"""Cells below which a column is not read any more."""


def fit(natural: Sequence[int], words: Sequence[int], width: int) -> tuple[list[int], int] | None:
    """The widths of the columns and the gap between them; None if the table is too wide for its width.

    ``natural`` is what each column would take, ``words`` the longest word in it. The widest give way first.
    """
    count = len(natural)
    if sum(natural) + WIDE_GAP * (count - 1) <= width:
        return list(natural), WIDE_GAP
    room = width - NARROW_GAP * (count - 1)
    least = [min(size, SMALLEST) for size in natural]
    if sum(least) > room:
        return None
    whole = [max(low, min(size, word)) for low, size, word in zip(least, natural, words, strict=True)]
    if sum(whole) <= room:
        least = whole  # no word has to be cut
    sizes = _level(natural, least, room)
    spare = room - sum(sizes)
    gap = NARROW_GAP + min(spare // (count - 1), WIDE_GAP - NARROW_GAP) if count > 1 else NARROW_GAP
    return sizes, gap


def _level(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Lower the widest columns to one level so that all fit."""
    low, high = 0, max(natural)
    while low < high:
        level = (low + high + 1) // 2
        if sum(max(least[i], min(size, level)) for i, size in enumerate(natural)) <= room:
            low = level
        else:
            high = level - 1
    sizes = [max(least[i], min(size, low)) for i, size in enumerate(natural)]
    for index, size in enumerate(natural):  # the cells left over by the level
        if sizes[index] < size and sum(sizes) < room:
            sizes[index] += 1
    return sizes
