"""Diagrams in Mermaid: which of them are drawn at all, and the drawings that are known.

To draw one is not done here: it may take as long and as much memory as it likes, so it takes a process of its
own, which can be killed.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from tui.cells import cells
from tui.text import clean

MOST_CHARACTERS = 4_000
MOST_EDGES = 30
"""Of a random graph of 60, five of six took more than 300 MB."""
LARGEST = 1e9
"""The largest number; scales are drawn mark by mark."""
_KEPT = 32
"""Diagrams whose drawings are kept."""

_WORDS = re.compile(
    r'"[^"\n]{0,200}"|\[[^\]\n]{0,200}\]|\([^)\n]{0,200}\)|\{[^}\n]{0,200}\}|\|[^|\n]{0,200}\|'
)
_ARROW = re.compile(r"(?:--|==|-\.)[ \t][^\n;]*?(?:--+|==+|\.-+)[>xo]?|[<xo]?[-=.~]{2,}[>xo]?")
_NUMBER = re.compile(r"\d++(?:\.\d++)?+(?:[eE][-+]?+\d++)?+")
_LINEAR = "sequenceDiagram"
"""A kind whose arrows stand below one another: many of them cost little."""


class Drawn(Struct, frozen=True):
    """What came of drawing a diagram."""

    pictures: tuple[tuple[str, ...], ...] = ()
    """The rows of each drawing, from the widest on; none if there is nothing to draw."""
    tangled: bool = False
    """Whether drawing it took too much, or would."""

    def fitting(self, width: int) -> tuple[str, ...] | None:
        """The first drawing that goes into so many cells."""
        return next((rows for rows in self.pictures if max(map(cells, rows)) <= width), None)


TANGLED = Drawn(tangled=True)
_known: OrderedDict[str, Drawn] = OrderedDict()


def known(source: str) -> Drawn | None:
    """What is known of a diagram; None if it has to be drawn first."""
    if source not in _known and _tangled(source):
        return TANGLED
    return _known.get(source)


def keep(source: str, drawn: Drawn) -> None:
    """Remember what came of drawing a diagram, for each width and for the next time."""
    _known[source] = drawn
    _known.move_to_end(source)
    while len(_known) > _KEPT:
        _known.popitem(last=False)


def forget() -> None:
    """Know none."""
    _known.clear()


def drawn_from(drawings: Iterable[str]) -> Drawn:
    """Drawings as they came from outside."""
    pictures = (tuple(map(_row, drawing.rstrip().split("\n"))) for drawing in drawings if drawing.strip())
    return Drawn(tuple(map(_without_edge, pictures)))


def _row(text: str) -> str:
    return clean(text).replace("\n", " ").expandtabs(1).rstrip()


def _without_edge(rows: tuple[str, ...]) -> tuple[str, ...]:
    """The rows without what is blank above them and left of them all."""
    first = next((index for index, row in enumerate(rows) if row), 0)
    left = min((len(row) - len(row.lstrip(" ")) for row in rows if row), default=0)
    return tuple(row[left:] for row in rows[first:])


def _tangled(source: str) -> bool:
    return (
        len(source) > MOST_CHARACTERS
        or any(float(number) > LARGEST for number in _NUMBER.findall(source))
        or (not source.lstrip().startswith(_LINEAR) and _edges(source) > MOST_EDGES)
    )


def _edges(source: str) -> int:
    """How many boxes are joined: ``A & B --> C & D`` joins each of two with each of two."""
    count = 0
    for statement in re.split(r"[\n;]", _WORDS.sub("", source)):
        ends = [1 + part.count("&") for part in _ARROW.split(statement)]
        count += sum(left * right for left, right in pairwise(ends))
    return count
