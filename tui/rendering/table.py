"""Tables: a dim head, one hairline, four spaces between columns."""

from __future__ import annotations

import re
from typing import Any

from tui.rendering.flow import Flow
from tui.rendering.inline import parse_inline
from tui.rendering.pieces import BAND, DIM, INK, LINE, Line, Piece
from tui.rendering.wrap import cells, wrap

GAP = 4


def split_row(row: str, offset: int) -> list[tuple[int, str]]:
    """The cells of a row of a table: where each begins, and its text."""
    found = []
    start = 0
    body = row.rstrip()
    for match in re.finditer(r"(?<!\\)\|", body):
        found.append((start, body[start : match.start()]))
        start = match.end()
    found.append((start, body[start:]))
    if found and not found[0][1].strip():
        found.pop(0)
    if found and not found[-1][1].strip():
        found.pop()
    return [(offset + at + len(text) - len(text.lstrip()), text.strip()) for at, text in found]


class Table:
    """A table at one width."""

    deep = False
    rough = False

    def __init__(self, content: str, info: str, width: int, env: dict[str, Any]) -> None:
        self._aligns = info.split(",")
        self._env = env
        self._take(content)
        self.resize(width)

    def _take(self, content: str) -> None:
        self._rows: list[list[Flow]] = []
        offset = 0
        for number, row in enumerate(content.split("\n")):
            if number != 1:
                found = split_row(row, offset)
                base = DIM if number == 0 else INK
                flows = [Flow(self._cell(text, at), base) for at, text in found[: len(self._aligns)]]
                flows += [Flow([])] * (len(self._aligns) - len(flows))
                self._rows.append(flows)
            offset += len(row) + 1

    def _cell(self, text: str, offset: int) -> list[Piece]:
        pieces = parse_inline(text.replace("\\|", "|"), self._env)
        return [p._replace(start=p.start + offset, end=p.end + offset, look=p.look & ~BAND) for p in pieces]

    def resize(self, width: int) -> None:
        """Lay out anew."""
        self._width = width
        self._columns = [
            max(max(cells(line) for line in row[i].text.split("\n")) for row in self._rows)
            for i in range(len(self._aligns))
        ]
        room = width - GAP * (len(self._columns) - 1)
        while sum(self._columns) > room and max(self._columns) > 1:
            self._columns[self._columns.index(max(self._columns))] -= 1
        self._lines: list[Line] = []
        for number, row in enumerate(self._rows):
            cuts = [wrap(flow.text, size) for flow, size in zip(row, self._columns, strict=True)]
            for index in range(max(map(len, cuts))):
                self._lines.append(self._line(row, cuts, index))
            if number == 0:
                total = min(sum(self._columns) + GAP * (len(self._columns) - 1), width)
                self._lines.append(Line((Piece("─" * total, LINE),)))

    def _line(self, row: list[Flow], cuts: list[list[tuple[int, int]]], index: int) -> Line:
        pieces: list[Piece] = []
        for number, (flow, size) in enumerate(zip(row, self._columns, strict=True)):
            found = flow.cut(*cuts[number][index]) if index < len(cuts[number]) else ()
            room = size - sum(cells(piece.text) for piece in found)
            left = {"right": room, "center": room // 2}.get(self._aligns[number], 0)
            pieces += [Piece(" " * left), *found, Piece(" " * (room - left + GAP))]
        return Line(tuple(piece for piece in pieces[:-1] if piece.text))

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self._lines)

    def line(self, row: int) -> Line:
        """One row."""
        return self._lines[row]

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        self._take(content)
        self.resize(self._width)
        return 0
