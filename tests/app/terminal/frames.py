"""Frames as Textual writes them, made at random: texts scroll and change, and others pop up over them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

CONSOLE = Console(color_system="truecolor", force_terminal=True)
COLUMNS, ROWS = 46, 14
WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "中文",
    "説明",
    "한국어",
    "and-a-dash",
    "▎quote•",
    "x==y",
    "1.5",
    "naïve",
    "Ελλάδα",
    "Привет",
]
DISPUTED = ["👩\u200d👩\u200d👧", "❤️", "é", "🇨🇭", "⚡", "नमस्ते", "שָׁלוֹם"]
STYLES = [
    Style(color=color, bgcolor=background, **attributes)
    for color in ("#dde0e5", "#b6a0dc", "red", "color(200)", None)
    for background in ("#15171c", "#0f1116", None)
    for attributes in (
        {},
        {"bold": True},
        {"italic": True, "underline": True},
        {"reverse": True},
        {"strike": True, "bold": True},
    )
]
LINKS = ["https://a.example/x?y=1;z=2", "https://b.example"]

Line = list[Segment]


class Screen:
    """A screen that changes: a list beside a text that scrolls, a bar, and what pops up over them."""

    def __init__(self, seed: int, words: list[str] = WORDS) -> None:
        self._chance = random.Random(seed)
        self._words = words
        self._cuts = [0, 12, COLUMNS - 1, COLUMNS]
        self._lines = {x: [self._line(x) for _ in range(ROWS)] for x in self._cuts[:-1]}
        self._popped: dict[int, list[Line]] = {}

    def frames(self, count: int) -> Iterator[str]:
        """Draw the whole, then what changes, again and again."""
        yield self._whole()
        acts = (self._scroll, self._scroll, self._scroll, self._change, self._change, self._pop)
        for _ in range(count - 1):
            for _ in range(self._chance.randrange(1, 4)):
                self._chance.choice(acts)()
            yield self._whole() if self._chance.random() < 0.3 else self._part()

    # -- what changes
    def _scroll(self) -> None:
        x = self._chance.choice(self._cuts[:2])
        top = self._chance.randrange(ROWS - 6)
        bottom = self._chance.randrange(top + 5, ROWS)
        by = self._chance.choice((1, 1, 2, 3))
        lines = self._lines[x]
        new = [self._line(x) for _ in range(by)]
        part = lines[top : bottom + 1]
        lines[top : bottom + 1] = [*part[by:], *new] if self._chance.random() < 0.7 else [*new, *part[:-by]]

    def _change(self) -> None:
        x = self._chance.choice(self._cuts[:-1])
        self._lines[x][self._chance.randrange(ROWS)] = self._line(x)

    def _pop(self) -> None:
        if self._popped:
            self._popped = {}
            return
        x = self._chance.randrange(1, COLUMNS - 14)
        width = self._chance.randrange(3, 12)
        top = self._chance.randrange(ROWS - 4)
        self._popped = {y: (x, self._text(width)) for y in range(top, top + 4)}

    def _line(self, x: int) -> Line:
        width = self._cuts[self._cuts.index(x) + 1] - x
        return self._text(width) if width > 1 else [Segment(self._chance.choice("▐ "), STYLES[0])]

    def _text(self, width: int) -> Line:
        line: Line = []
        left = width
        ground = self._chance.choice(STYLES)
        while left > 0 and self._chance.random() < 0.85:
            word = self._chance.choice(self._words) + " " * self._chance.randrange(3)
            if cell_len(word) > left:
                break
            style = self._chance.choice((ground, ground, self._chance.choice(STYLES)))
            if self._chance.random() < 0.1:
                style += Style(link=self._chance.choice(LINKS))
            line.append(Segment(word, style))
            left -= cell_len(word)
        return [*line, Segment(" " * left, ground)] if left else line

    # -- how it is drawn
    def _row(self, y: int) -> Strip:
        strip = Strip([segment for x in self._cuts[:-1] for segment in self._lines[x][y]])
        if y not in self._popped:
            return strip
        x, line = self._popped[y]
        over = Strip(line)
        return Strip.join([strip.crop(0, x), over, strip.crop(x + over.cell_length)])

    def _cursor(self) -> str:
        return f"\x1b[{self._chance.randrange(ROWS) + 1};{self._chance.randrange(COLUMNS) + 1}H"

    def _whole(self) -> str:
        region = Region(0, 0, COLUMNS, ROWS)
        return (
            LayoutUpdate([[self._row(y)] for y in range(ROWS)], region).render_segments(CONSOLE)
            + self._cursor()
        )

    def _part(self) -> str:
        """Rows in pieces, as widgets stand beside each other; every second time only some of them."""
        chops, ends, spans = [], [], []
        some = self._chance.random() < 0.5
        for y in range(ROWS):
            row = self._row(y)
            cuts = sorted({*self._cuts, *self._popped_cuts(y)})
            chops.append({x: row.crop(x, end) for x, end in itertools.pairwise(cuts)})
            ends.append(cuts[1:])
            if not some or self._chance.random() < 0.7:
                spans.append((y, 0, COLUMNS))
        if not spans:
            return self._whole()
        return ChopsUpdate(chops, spans, ends).render_segments(CONSOLE) + self._cursor()

    def _popped_cuts(self, y: int) -> list[int]:
        if y not in self._popped:
            return []
        x, line = self._popped[y]
        return [x, x + Strip(line).cell_length]
