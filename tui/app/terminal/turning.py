"""Who turns text that runs from right to left: the terminal, or the program in its place.

A terminal that would turn it, and leaves it to who asks, is asked while it is the program's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from textual.filter import LineFilter

from tui.app.terminal.kinds import TerminalKind, Turner
from tui.app.terminal.line_filters import InOrder, Together, WordsAsRead, WordsParted

if TYPE_CHECKING:
    from tui.rendering.turned import Shape

_LEAVE_IT, _TURN_IT = "\x1b[8l", "\x1b[8h"
"""What ECMA-48 calls explicit and implicit."""
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
Wish = Literal["auto", "on", "off"]


def turned_by_us(kind: TerminalKind, wish: Wish) -> bool:
    """Whether the program turns text, on a terminal and as a person wants it."""
    return wish == "on" or (wish == "auto" and kind.turner is not Turner.TERMINAL)


class Turning:
    """Knows it, tells the terminal, and says so no more when the terminal is another's."""

    def __init__(
        self, write: Callable[[str], None], kind: Callable[[], TerminalKind], wish: Callable[[], Wish]
    ) -> None:
        """Begin while the terminal is another's.

        Args:
            write: Writes to the terminal.
            kind: Which it is, as far as it is known now.
            wish: What the person wants now.
        """
        self._write = write
        self._kind = kind
        self._wish = wish
        self._here = self._asked = False

    @property
    def ours(self) -> bool:
        """Whether the program does it."""
        return turned_by_us(self._kind(), self._wish())

    @property
    def shape(self) -> Shape | None:
        """What forms the letters; None where the terminal does."""
        match self._kind().turner:
            case Turner.PROGRAM:
                return shaped
            case Turner.PARTED if self._wish() == "on":  # who wants that has told it to turn nothing
                return shaped
            case _:
                return None

    @property
    def filters(self) -> Sequence[LineFilter]:
        """What all lines go through, first of all who turns those that are turned in no other way."""
        if not self.ours:
            return ()
        return _filters(self.shape, self._kind().turner if self._wish() == "auto" else Turner.PROGRAM)

    def come(self) -> None:
        """The terminal is the program's."""
        self._here = True
        self.settle()

    def leave(self) -> None:
        """The terminal is another's."""
        self._tell(asked=False)
        self._here = False

    def settle(self) -> None:
        """Something is known, or wanted, that was not."""
        self._tell(asked=self.ours and self._kind().turner is Turner.ASKED)

    def _tell(self, *, asked: bool) -> None:
        if self._here and asked != self._asked:
            self._asked = asked
            self._write(_LEAVE_IT if asked else _TURN_IT)


@cache
def _filters(shape: Shape | None, turner: Turner) -> Sequence[LineFilter]:
    match turner:
        case Turner.WORDS:
            return (InOrder(shape), WordsAsRead())
        case Turner.PARTED:
            return (InOrder(shape), WordsParted())
        case _:
            return (InOrder(shape),)


@runtime_checkable
class HasTurning(Protocol):
    """A program that may turn text."""

    turning: Turning


def turning_of(app: object) -> Turning | None:
    """Who turns text, while it is the program; None while it is not."""
    return app.turning if isinstance(app, HasTurning) and app.turning.ours else None


def others(filters: Sequence[LineFilter]) -> Sequence[LineFilter]:
    """The filters for who turns its lines itself."""
    return [each.without(InOrder) if isinstance(each, Together) else each for each in filters]


def shaped(text: str) -> str:
    """``text`` with its Arabic letters as they are joined, if what knows that is installed."""
    return _joined(text) if _ARABIC.search(text) else text


@lru_cache(maxsize=1 << 10)
def _joined(text: str) -> str:
    shape = _reshaper()
    return shape(text) if shape is not None else text


@cache
def _reshaper() -> Shape | None:
    """It is loaded for the first line that needs it."""
    try:
        from arabic_reshaper import ArabicReshaper
    except ImportError:
        return None
    settings = {"delete_harakat": False, "delete_tatweel": False, "support_ligatures": False}
    shape: Shape = ArabicReshaper(configuration=settings).reshape
    return shape
