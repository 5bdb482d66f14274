"""What terminals answer when they are asked, and what they tell unasked. Nothing of it is ever typed."""

from __future__ import annotations

import re
from typing import NamedTuple

from textual.message import Message

ASK_BACKGROUND = "\x1b]11;?\x1b\\"
ASK_SCHEME = "\x1b[?996n"
"""Whether the system is light or dark; only for terminals that know the mode below."""
TELL_SCHEME, TELL_SCHEME_NO_MORE = "\x1b[?2031h", "\x1b[?2031l"
SCHEME_MODE = 2031
_ASK_MODE = f"\x1b[?{SCHEME_MODE}$p"
_ASK_NAME = "\x1b[>q"
_ASK_STATUS = "\x1b]7501;?\x1b\\"
_ASK_ATTRIBUTES = "\x1b[c"
"""Every terminal answers this, and in the order of the questions: then no other answer is to come."""

_PRIVATE = r"\x1b\[\?([\d;]*)(\$y|n|c)"
_STRING = r"\x1b(\](\d+);|P>\|)([^\x07\x1b]*)(?:\x07|\x1b\\)"
_RGB = r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?"
_HEX = r"#((?:[0-9a-fA-F]{3}){1,4})"


def questions(*, colour: bool = True, name: bool = True, status: bool = True) -> str:
    """All that is asked at the start, at once; nobody waits for an answer.

    Args:
        colour: Ask whether the page is light, and to be told when that changes.
        name: Ask who it is.
        status: Ask whether it shows what programs do.
    """
    asked = (TELL_SCHEME + _ASK_MODE if name else "") + ASK_BACKGROUND if colour else ""
    return asked + _ASK_NAME * name + _ASK_STATUS * status + _ASK_ATTRIBUTES


class Background(NamedTuple):
    """The colour of the page, each part from 0 to 1."""

    red: float
    green: float
    blue: float

    @property
    def dark(self) -> bool:
        """Whether light letters stand on it."""
        return 0.2126 * self.red + 0.7152 * self.green + 0.0722 * self.blue < 0.5


class Scheme(NamedTuple):
    """What the person's system wishes; the page of the terminal may be another."""

    dark: bool


class Mode(NamedTuple):
    """Whether the terminal knows a mode."""

    number: int
    known: bool


class Named(NamedTuple):
    """Who the terminal is, as in ``kitty(0.36.4)``."""

    words: str


class ShowsStatus(NamedTuple):
    """The terminal shows what programs do."""


class Attributes(NamedTuple):
    """The kind of the terminal; the last answer."""

    numbers: frozenset[int]


Reply = Background | Scheme | Mode | Named | ShowsStatus | Attributes


class Replied(Message, bubble=False):
    """The terminal has said something."""

    def __init__(self, reply: Reply) -> None:
        """Tell it.

        Args:
            reply: What it said.
        """
        super().__init__()
        self.reply = reply


def reply_of(sequence: str) -> Reply | None:
    """What a whole sequence says; None where nobody wants to know it."""
    if match := re.fullmatch(_PRIVATE, sequence):
        return _private(match[2], [int(each) for each in match[1].split(";") if 0 < len(each) < 6])
    if match := re.fullmatch(_STRING, sequence):
        return _string(match[2] or match[1], match[3])
    return None


def _private(end: str, numbers: list[int]) -> Reply | None:
    match end, numbers:
        case "c", _:
            return Attributes(frozenset(numbers))
        case "n", [997, 1 | 2 as wish]:
            return Scheme(wish == 1)
        case "$y", [mode, state] if mode == SCHEME_MODE:
            return Mode(mode, state in (1, 2, 3))
        case _:
            return None


def _string(kind: str, words: str) -> Reply | None:
    match kind:
        case "11":
            return _colour(words)
        case "7501":
            return ShowsStatus()
        case "P>|":
            return Named(words)
        case _:
            return None


def _colour(words: str) -> Background | None:
    if match := re.fullmatch(_RGB, words):
        return Background(*(int(each, 16) / (16 ** len(each) - 1) for each in match.groups()))
    if match := re.fullmatch(_HEX, words):
        size = len(match[1]) // 3
        parts = (match[1][place : place + size] for place in range(0, len(match[1]), size))
        return Background(*(int(part, 16) / (16**size - 1) for part in parts))
    return None
