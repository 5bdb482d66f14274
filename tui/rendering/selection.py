"""The source of what is selected: never the drawn text with its line breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from tui.cells import cells, index_at
from tui.rendering.block_renderers import Drawing
from tui.rendering.flat_blocks import Block
from tui.rendering.flow import slice_span, spots
from tui.rendering.layout import Layout, PlacedBlock
from tui.rendering.source import Source, SourceMap
from tui.rendering.spans import QUOTED, Span
from tui.text import occurrences

Spot = tuple[int, int]
"""A row of a drawing, and a cell in it."""

_PIPE = re.compile(r"(?<!\\)\|")


def extent(drawing: Drawing) -> tuple[Spot, Spot] | None:
    """Where the text of a drawing begins and ends; None if nothing in it comes from the source."""
    first = last = None
    rows = range(drawing.height)
    for row in rows:
        first = next(((row, left) for left, _, span in spots(drawing.line(row)) if span.start >= 0), None)
        if first:
            break
    for row in reversed(rows):
        ends = [right for _, right, span in spots(drawing.line(row)) if span.start >= 0]
        if ends:
            last = (row, ends[-1])
            break
    return (first, last) if first and last else None


def visible(block: Block, drawing: Drawing, start: Spot, end: Spot) -> str:
    """The characters of the source that are drawn between two spots, without markup."""
    if block.kind == "table":
        spans = [span for row in _rows(drawing, start, end) for span in row]
        return _table_text(block.content, sorted(spans, key=lambda span: span.start))
    parts: list[str] = []
    quoted = (-1, -1)
    for row, spans in enumerate(_rows(drawing, start, end), start[0]):
        for span in spans:
            if not span.look & QUOTED:
                parts.append(span.text)
            elif (span.start, span.end) != quoted:
                quoted = (span.start, span.end)
                parts.append(block.content[span.start : span.end])
        if row < end[0]:
            parts.append(drawing.line(row).joint)
    return "".join(parts)


def _rows(drawing: Drawing, start: Spot, end: Spot) -> list[list[Span[int]]]:
    rows = []
    for row in range(start[0], min(end[0], drawing.height - 1) + 1):
        first = start[1] if row == start[0] else 0
        stop = end[1] if row == end[0] else None
        found = []
        for left, right, span in spots(drawing.line(row)):
            if span.start < 0 or right <= first or (stop is not None and left >= stop):
                continue
            last = len(span.text) if stop is None or stop >= right else index_at(span.text, stop - left)
            found.append(slice_span(span, index_at(span.text, first - left) if first > left else 0, last))
        rows.append(found)
    return rows


def _written(block: Block, drawing: Drawing, start: Spot, end: Spot) -> str:
    """The source of what is drawn between two spots of a fence that is drawn: all of it, marks and all."""
    spans = [span for row in _rows(drawing, start, end) for span in row]
    if not spans:
        return ""
    return block.content[min(span.start for span in spans) : max(span.end for span in spans)]


def _table_text(content: str, spans: list[Span[int]]) -> str:
    parts: list[str] = []
    reached = -1
    for span in spans:
        between = content[reached : span.start] if 0 <= reached <= span.start else ""
        if "\n" in between:
            parts.append("\n")
        elif _PIPE.search(between):
            parts.append(" | ")
        elif between[:1].isspace() or between[-1:].isspace():
            parts.append(" ")
        parts.append(content[span.start : span.end] if span.look & QUOTED else span.text)
        reached = span.end
    return "".join(parts)


def copy(layout: Layout, source: Source, start: Spot, end: Spot) -> str:
    """The source between two places of a document."""
    shown = [placed for placed in layout.placed if placed.rows]
    if not shown or start >= end:
        return ""
    first, last = _text_of(shown[0]), _text_of(shown[-1])
    if start <= first[0] and end >= last[1]:
        return source.text
    parts: list[str] = []
    before: Block | None = None
    for placed in layout.placed:
        found = _excerpt(placed, source, start, end, alone=_within(placed, start, end))
        if found is None:
            continue
        if before is not None:
            parts.append(source.text[before.end : placed.block.start])
        parts.append(found)
        before = placed.block
    return "".join(parts)


def _within(placed: PlacedBlock, start: Spot, end: Spot) -> bool:
    """Whether nothing but this block is selected."""
    return placed.top <= start[0] and end[0] < placed.top + placed.rows


def _text_of(placed: PlacedBlock) -> tuple[Spot, Spot]:
    """Where a block's text begins and ends in the document."""
    top = placed.top + placed.block.gap
    indent = sum(cells(span.text) for span in placed.rest)
    found = extent(placed.drawing)
    if found is None:
        return (top, indent), (top + placed.drawing.height - 1, indent)
    (row, cell), (last, edge) = found
    return (top + row, indent + cell), (top + last, indent + edge)


def _excerpt(placed: PlacedBlock, source: Source, start: Spot, end: Spot, *, alone: bool) -> str | None:
    """What is selected of one block; None if nothing is."""
    block, drawing = placed.block, placed.drawing
    whole = source.text[block.start : block.end]
    if not placed.rows:  # folded away
        return whole if start[0] < placed.top <= end[0] else None
    first, last = _text_of(placed)
    if last == first:  # nothing in it comes from the source: a rule
        return whole if start <= first <= end else None
    if start >= last or end <= first:
        return None
    top = placed.top + block.gap
    indent = sum(cells(span.text) for span in placed.rest)
    marked = start < (top, 0) or (start[0] == top and start[1] < indent)
    if start > first or end < last:
        inner = [(row - top, cell - indent) for row, cell in (max(start, first), min(end, last))]
        if placed.form:
            return _written(block, drawing, *inner)
        return (_marker(block, source) if marked else "") + visible(block, drawing, *inner)
    if alone and block.kind in ("fence", "code") and (start[0] > top or end[0] < top + drawing.height - 1):
        return block.content.removesuffix("\n")
    return whole if marked or not indent else source.text[SourceMap(block, source).to_source(0) : block.end]


def _marker(block: Block, source: Source) -> str:
    """The bullets and bars in front of a paragraph."""
    if block.kind != "paragraph":
        return ""
    return source.text[block.start : SourceMap(block, source).to_source(0)]


def locate(layout: Layout, source: Source, offset: int) -> Spot:
    """Where a place in the source is drawn."""
    index = bisect_right(layout.placed, offset, key=lambda placed: placed.block.start) - 1
    while index > 0 and not layout.placed[index].rows:  # folded away
        index -= 1
    if index < 0:
        return 0, 0
    placed = layout.placed[index]
    block = placed.block
    inside = len(block.content) if offset >= block.end else SourceMap(block, source).to_content(offset)
    row, cell = placed.drawing.spot(inside)
    return placed.top + placed.block.gap + row, cell + sum(cells(span.text) for span in placed.rest)


def offset(layout: Layout, source: Source, row: int) -> int:
    """The first place in the source that is drawn on a row, or below it."""
    if not 0 <= row < layout.height:
        return 0 if row < 0 else len(source.text)
    placed = layout.at(row)
    for inner in range(max(row - placed.top - placed.block.gap, 0), placed.drawing.height):
        starts = [span.start for span in placed.drawing.line(inner).spans if span.start >= 0]
        if starts:
            return SourceMap(placed.block, source).to_source(min(starts))
    return placed.block.end


def find(layout: Layout, needle: str) -> list[tuple[int, int, int]]:
    """The row, first cell and end cell of each hit."""
    hits: list[tuple[int, int, int]] = []
    for placed in layout.placed:
        if not placed.hidden:
            indent = sum(cells(span.text) for span in placed.rest)
            top = placed.top + placed.block.gap
            found = _hits(placed.drawing, needle)
            hits += ((top + row, indent + first, indent + end) for row, first, end in found)
    return hits


def _hits(drawing: Drawing, needle: str) -> Iterator[tuple[int, int, int]]:
    texts: list[str] = []
    starts: list[int] = []
    parts: list[str] = []
    position = 0
    for row in range(drawing.height):
        line = drawing.line(row)
        texts.append("".join(span.text for span in line.spans))
        starts.append(position)
        parts += (texts[-1], line.joint.replace("\n", " "))
        position += len(texts[-1]) + len(line.joint)
    for at, end in occurrences(needle, "".join(parts)):
        row = bisect_right(starts, at) - 1
        while row < len(starts) and starts[row] < end:
            first, stop = max(at - starts[row], 0), min(end - starts[row], len(texts[row]))
            if first < stop:
                yield row, cells(texts[row][:first]), cells(texts[row][:stop])
            row += 1
