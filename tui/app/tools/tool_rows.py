"""The rows of the list of tools: each with what it is for, whether it is on, and what telling of it takes."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from tui.app.lists.row_list import Heading, Row, Sentence
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span
from tui.text import one_line
from tui.tools.approval import Allowed
from tui.tools.toolbox import Declared

ON, OFF = "●", "◦"
_NAME = 26
"""Cells for the name of a tool."""
_LONGEST = 200
_WRAPPED = 64
"""Cells of a line that says what is wrong: a narrow terminal has them."""


class Turns(Struct, frozen=True):
    """The key of a row that turns a tool, or all of a server, on or off."""

    name: str
    """A wire name, or a server."""
    on: bool
    """As it is now."""
    of: Literal["tool", "server"] = "tool"


class TurnRow(Struct, frozen=True):
    """A tool, or all tools of a server."""

    turns: Turns
    title: str
    lit: frozenset[int]
    words: str
    tokens: int = 0
    height: int = 1

    @property
    def key(self) -> Hashable:
        """What is turned; the same row whether it is on or off."""
        return self.turns.of, self.turns.name

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        ink, mine, on = pen.ink, chosen is self, self.turns.on
        name = ink.strong if mine else ink.ink if on else ink.dim
        left = [Span(f"{ON if on else OFF} ", ink.ink if on else ink.dim)]
        left += [
            Span(letter, ink.accent if place in self.lit else name) for place, letter in enumerate(self.title)
        ]
        left.append(Span(" " * max(2, _NAME - len(self.title)) + self.words, ink.dim))
        tokens = f"{self.tokens:,} tokens" if self.tokens else ""
        right: list[Span[Style]] = [Span(f"{tokens}{'on' if on else 'off':>5}", ink.soft if on else ink.dim)]
        return [pen.line(left, right, tinted=mine, railed=mine)]


class AllowedRow(Struct, frozen=True):
    """What may be used without a question."""

    allowed: Allowed
    where: str
    height: int = 1

    @property
    def key(self) -> Hashable:
        """What is allowed."""
        return self.allowed

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        mine = chosen is self
        style = pen.ink.strong if mine else pen.ink.ink
        return [
            pen.line(
                [Span(words_of(self.allowed), style)],
                [Span(self.where, pen.ink.dim)],
                tinted=mine,
                railed=mine,
            )
        ]


def words_of(allowed: Allowed) -> str:
    """``fs write_file``, ``web_fetch on example.com``."""
    who = " ".join(filter(None, (one_line(allowed.server, 40), one_line(allowed.name, 60)))) or "a tool"
    return f"{who} on {one_line(allowed.scope, 80)}" if allowed.scope else who


def about(one: Declared) -> str:
    """What a tool is for: the first sentence of what it says of itself."""
    words = one_line(one.tool.spec.description, _LONGEST)
    return words.partition(". ")[0].removesuffix(".")


def wrong(words: str) -> Iterator[Row]:
    """What is wrong, in as many lines as it takes."""
    for place, line in enumerate(textwrap.wrap(one_line(words, 1_000), _WRAPPED)):
        yield Sentence(f"{'! ' if place == 0 else '  '}{line}")


def group(words: str, rows: Sequence[Row], before: Sequence[Row]) -> list[Row]:
    """Rows under their heading; nothing where there are none."""
    return [*before, Heading(words, first=not before), *rows] if rows else [*before]
