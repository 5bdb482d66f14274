"""Which drawing each kind of block gets."""

from __future__ import annotations

from typing import Any, Protocol

from tui.rendering.flat_blocks import Block
from tui.rendering.plain import Plain, Window
from tui.rendering.room import Room
from tui.rendering.spans import (
    BOLD,
    DIM,
    ERROR,
    INK,
    ITALIC,
    LINE,
    SKY,
    STRONG,
    SUCCESS,
    VIOLET,
    WARNING,
    Line,
    Span,
)
from tui.text import one_line

ALERTS = {"NOTE": SKY, "TIP": SUCCESS, "IMPORTANT": VIOLET, "WARNING": WARNING, "CAUTION": ERROR}


class Drawing(Protocol):
    """The rows of one block in its room; places in its spans count from the block's content."""

    @property
    def deep(self) -> bool:
        """Whether its rows stand on the tint of code."""

    @property
    def rough(self) -> bool:
        """Whether it was drawn piece by piece, and may be another when it is drawn whole."""

    @property
    def height(self) -> int:
        """How many rows it has."""

    def line(self, row: int) -> Line:
        """One row."""

    def resize(self, room: Room) -> None:
        """Wrap anew."""

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""

    def grow(self, content: str) -> int:
        """Take the content with more text at its end; returns the first row that changed."""

    def end(self) -> int | None:
        """No more text comes; returns the first row that changed by that, if one did."""


class Fixed:
    """Rows that depend on nothing but the width."""

    deep = False
    rough = False

    def __init__(self, *spans: Span[int], rows: int = 1) -> None:
        self._line = Line(spans)
        self.height = rows

    def line(self, row: int) -> Line:
        """One row."""
        return self._line

    def resize(self, room: Room) -> None:
        """Nothing to wrap."""

    def spot(self, offset: int) -> tuple[int, int]:
        """The only place there is."""
        return 0, 0

    def end(self) -> int | None:
        """Nothing changes."""
        return None

    def grow(self, content: str) -> int:
        """Nothing grows."""
        return 0


class Rule(Fixed):
    """A hairline across the text."""

    def resize(self, room: Room) -> None:
        """As wide as the text."""
        self._line = Line((Span("─" * room.measure, LINE),))


def draw(block: Block, room: Room, env: dict[str, Any], code_pad: int) -> Drawing:
    """The drawing of a block; what a kind needs is imported when it first comes."""
    match block.kind:
        case "fence" | "code":
            from tui.rendering.code import Code

            return Code(block.content, block.info, room, code_pad)
        case "table":
            from tui.rendering.table import Table

            return Table(block.content, block.info, room, env)
        case "html":
            return Plain(block.content, room, DIM)
        case "raw":
            return Window(block.content, room)
        case "rule":
            rule = Rule()
            rule.resize(room)
            return rule
        case "alert":
            return Fixed(Span(block.info.capitalize(), ALERTS.get(block.info, INK) | BOLD))
        case "empty":
            return Fixed()
        case "end":
            return Fixed(rows=0)
        case "details":
            return Fixed(Span(one_line(block.content) or "Details", STRONG))
        case "definition":
            from tui.rendering.prose import Prose

            return Prose(block.content, room, {}, DIM)
        case "math":
            from tui.rendering.prose import Formula

            return Formula(block.content, room, env)
        case _:
            from tui.rendering.prose import Prose

            return Prose(block.content, room, env, _base(block))


def draw_streaming(block: Block, room: Room, code_pad: int) -> Drawing:
    """The drawing of a block at the end of a reply that streams."""
    if block.kind not in ("paragraph", "heading"):
        return draw(block, room, {}, code_pad)
    from tui.rendering.streaming_prose import StreamingProse

    return StreamingProse(block.content, room, {}, _base(block))


def draw_unread(block: Block, room: Room) -> Drawing:
    """The drawing of a block whose markup is not read."""
    if block.kind == "table":
        return Plain(block.content, room)
    from tui.rendering.prose import Unread

    return Unread(block.content, room, {}, _base(block))


def _base(block: Block) -> int:
    if block.kind == "heading":
        return STRONG | BOLD
    quoted = any(container.kind == "quote" and not container.label for container in block.path)
    return DIM | ITALIC if quoted else INK
