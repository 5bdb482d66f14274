"""What a drawn line is made of, before it has colours: pieces of text that know where they came from."""

from __future__ import annotations

from typing import NamedTuple

# A look is a number: a colour's index in ROLES, plus flags. Small, hashable, and compared in one step.
ROLES = (
    "ink",
    "strong",
    "soft",
    "dim",
    "line",
    "violet",
    "sky",
    "leaf",
    "success",
    "warning",
    "error",
)
INK, STRONG, SOFT, DIM, LINE, VIOLET, SKY, LEAF, SUCCESS, WARNING, ERROR = range(len(ROLES))
ROLE_MASK = 15
BOLD, ITALIC, STRIKE, UNDERLINE, BAND = 16, 32, 64, 128, 256
QUOTED = 512
"""The source is copied rather than what is drawn: a formula."""


class Piece(NamedTuple):
    """Text in one look, drawn from ``source[start:end]``; ``start`` is -1 for what the source does not hold.

    Where ``end - start`` is the length of the text, each character comes from one of the source.
    """

    text: str
    look: int = INK
    start: int = -1
    end: int = -1
    link: str | None = None


class Line(NamedTuple):
    """One drawn row; ``joint`` is what the text has between this row and the next one."""

    pieces: tuple[Piece, ...]
    joint: str = "\n"


BLANK = Line(())
