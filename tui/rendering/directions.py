"""Which way the texts of a block run: those of a paragraph as its first letter, code from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tui.bidi import Around, first_strong, last_strong, runs_to_left
from tui.cells import cells
from tui.rendering.flow import spots
from tui.rendering.layout import PlacedBlock
from tui.rendering.spans import BAND, QUOTE_BAR
from tui.rendering.turned import Area

_NEAR = 8
"""Rows in which a letter is looked for."""
_IN_CELLS = frozenset(("table", "math"))


def areas_of(placed: PlacedBlock, row: int, width: int) -> Sequence[Area] | None:
    """The cells of a row of a block that are turned together.

    Args:
        placed: The block.
        row: The row, counted from its first one.
        width: Cells of prose in a row.

    Returns:
        None where each text of the row is turned where it stands.
    """
    if row < 0:
        return ()
    if placed.drawing.deep:
        return _of_code(placed, row)
    if placed.form or placed.block.kind in _IN_CELLS:
        return None
    drawing = placed.drawing
    rows = min(drawing.height, row + 1 + _NEAR)
    to_left = runs_to_left(_texts(placed, range(min(drawing.height, _NEAR))))
    before = last_strong(_texts(placed, range(row - 1, max(row - _NEAR, 0) - 1, -1)))
    after = first_strong(_texts(placed, range(row + 1, rows)))
    left = _bars(placed) if to_left else _indent(placed)
    return [Area(left, max(width, left), to_left, Around(before, after), tuple(_code_in(placed, row)))]


def _code_in(placed: PlacedBlock, row: int) -> Iterator[tuple[int, int]]:
    """The cells of pieces of code in a row of text."""
    indent = _indent(placed)
    for left, end, span in spots(placed.drawing.line(row)):
        if span.look & BAND and span.text:
            yield indent + left, indent + end


def _of_code(placed: PlacedBlock, row: int) -> Sequence[Area]:
    """Each string and comment for itself, so that no code beside them changes its place (UTS #55)."""
    indent = _indent(placed)
    line = placed.drawing.line(row)
    return [Area(indent + left, indent + end, to_left=False) for left, end, span in spots(line) if span.text]


def _texts(placed: PlacedBlock, rows: Iterable[int]) -> Iterator[str]:
    """The texts of rows, without what stands in front of them, and without code, which has no say here."""
    for row in rows:
        yield "".join(span.text for span in placed.drawing.line(row).spans if not span.look & BAND)


def _indent(placed: PlacedBlock) -> int:
    return sum(cells(span.text) for span in placed.rest)


def _bars(placed: PlacedBlock) -> int:
    """Cells of the bars of quotes: they stand at the left of all that is quoted."""
    left = 0
    for span in placed.rest:
        if span.text != QUOTE_BAR:
            break
        left += cells(span.text)
    return left
