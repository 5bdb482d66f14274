"""What every drawn line is made of, in a reply and elsewhere: spans of text, each in one look."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

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
    "teal",
)
INK, STRONG, SOFT, DIM, LINE, VIOLET, SKY, LEAF, SUCCESS, WARNING, ERROR, TEAL = range(len(ROLES))
ROLE_MASK = 15
BOLD, ITALIC, STRIKE, UNDERLINE, BAND = 16, 32, 64, 128, 256
QUOTED = 512
"""The source is copied rather than what is drawn: a formula."""


Look = TypeVar("Look")


class Target(NamedTuple):
    """What a click or a key on a span sets off."""

    action: str
    """``link``, ``fold``, ``copy_code``, or what can be done with a message."""
    value: str = ""
    """The address of a link, or the code."""
    language: str = ""
    """The language of the code."""


PICTURE = "picture"
"""What the address of a picture is for, as that of a link is for ``link``."""


class Span(NamedTuple, Generic[Look]):
    """Text in one look: a number where text is laid out, the theme's style where it is put on the screen.

    It may be drawn from ``source[start:end]``; ``start`` is -1 for what no source holds. Where
    ``end - start`` is the length of the text, each character comes from one of the source.
    """

    text: str
    look: Look
    start: int = -1
    end: int = -1
    target: Target | None = None


class Line(NamedTuple):
    """One drawn row; ``joint`` is what the text has between this row and the next one."""

    spans: tuple[Span[int], ...]
    joint: str = "\n"


BLANK = Line(())
QUOTE_BAR = "│ "
"""What stands in front of each row of a quote."""
FOLDED, UNFOLDED = "▸ ", "▾ "
"""What stands in front of something that opens and closes."""
