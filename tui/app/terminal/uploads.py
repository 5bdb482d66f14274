"""Pictures that the terminal holds, by kitty's protocol: sent once, shown by cells of text, taken away again.

A cell with a placeholder shows a part of a picture: its colour says of which, two marks say which part. So a
picture is a text that scrolls, is cut and overlaid as any other, also in a multiplexer that knows none.
"""

from __future__ import annotations

import asyncio
import os
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Protocol, runtime_checkable

from msgspec import Struct, field

PLACEHOLDER = "\U0010eeee"
_MARKS = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 "
    "5a8-5a9 5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 "
    "735-736 73a 73d 73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 "
    "f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 "
    "1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe"
)
"""The marks for the rows and columns from 0 on, as ranges of code points."""
_PIECE = 4096
"""Characters of a sequence at most."""
_AT_ONCE = 64_000
"""Characters that are sent between two frames."""
_FRAME = 1 / 60
_MOST_HELD = 32_000_000
"""Bytes that the terminal is let hold."""
_NUMBERS = 1 << 24


def _marks() -> Iterator[str]:
    for part in _MARKS.split():
        first, _, last = part.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


MARKS = "".join(_marks())
MOST = len(MARKS)
"""Rows and columns that a picture can have."""


def placeholder(row: int, column: int) -> str:
    """The text of a cell that shows a part of a picture; each names its own place."""
    return PLACEHOLDER + MARKS[row] + MARKS[column]


class _Held(Struct):
    """A picture that the terminal has."""

    number: int
    size: int
    holders: set[Hashable] = field(default_factory=set)


class Uploads:
    """The pictures of the terminal, by keys of those who send them."""

    def __init__(self, write: Callable[[str], None], wrapped: Callable[[str], str]) -> None:
        """Begin without any.

        Args:
            write: Writes to the terminal.
            wrapped: A sequence as it reaches the terminal.
        """
        self._write = write
        self._wrapped = wrapped
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()
        self._next = int.from_bytes(os.urandom(3), "big")  # another program has pictures there, too
        self._one = asyncio.Lock()
        self._coming = 0
        """The number of the picture that is on its way, in pieces."""
        self._later: list[str] = []
        """What is not said while a picture is on its way."""
        self._here = 0
        """Grows each time that the terminal becomes another's."""

    def number(self, key: Hashable) -> int | None:
        """The number of a picture that the terminal has, as its placeholders say it in their colour."""
        held = self._held.get(key)
        return held.number if held else None

    def hold(self, key: Hashable, holder: Hashable) -> bool:
        """Somebody shows a picture. Returns whether the terminal has it."""
        if (held := self._held.get(key)) is None:
            return False
        held.holders.add(holder)
        self._held.move_to_end(key)
        return True

    def let_go(self, holder: Hashable) -> None:
        """Somebody shows none any more: what nobody else shows goes."""
        for key, held in list(self._held.items()):
            held.holders.discard(holder)
            if not held.holders:
                self._drop(key)

    async def send(self, key: Hashable, png: bytes, box: tuple[int, int], holder: Hashable) -> None:
        """Have the terminal hold a picture.

        Args:
            key: By which it is known.
            png: The picture.
            box: The columns and rows in which it is shown.
            holder: Who shows it.
        """
        async with self._one:
            if self.hold(key, holder):
                return
            while self._held and sum(held.size for held in self._held.values()) + len(png) > _MOST_HELD:
                self._drop(next(iter(self._held)))
            self._next = self._next % (_NUMBERS - 1) + 1
            number, here = self._next, self._here
            sent = 0
            try:
                for piece in _pieces(png, number, box, "U=1"):
                    if here != self._here:
                        return
                    self._write(self._wrapped(piece))
                    self._coming = number
                    sent += len(piece)
                    if sent > _AT_ONCE:
                        sent = 0
                        await asyncio.sleep(_FRAME)
            finally:
                if here == self._here:
                    self._coming = 0
                    self._say_later()
            self._held[key] = _Held(number, len(png), {holder})

    def once(self, png: bytes, box: tuple[int, int]) -> tuple[str, str]:
        """What shows a picture where the cursor is, and what takes it away again.

        Args:
            png: The picture.
            box: The columns and rows in which it is shown.
        """
        self._next = self._next % (_NUMBERS - 1) + 1
        shown = _pieces(png, self._next, box, "C=1")
        return "".join(map(self._wrapped, shown)), self._wrapped(_gone(self._next))

    def leave(self) -> None:
        """The terminal is another's: it holds nothing of ours."""
        self._here += 1
        if self._coming:
            self._write(self._wrapped("\x1b_Gm=0,q=2;\x1b\\"))
            self._later.append(_gone(self._coming))
            self._coming = 0
        for key in list(self._held):
            self._drop(key)
        self._say_later()

    def _drop(self, key: Hashable) -> None:
        held = self._held.pop(key)
        self._later.append(_gone(held.number))
        if not self._coming:
            self._say_later()

    def _say_later(self) -> None:
        later, self._later = self._later, []
        for sequence in later:
            self._write(self._wrapped(sequence))


def _gone(number: int) -> str:
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def _pieces(png: bytes, number: int, box: tuple[int, int], where: str) -> Iterator[str]:
    """The picture where its placeholders stand (U=1), or at the cursor, which stays (C=1)."""
    text = b64encode(png).decode("ascii")
    columns, rows = box
    head = f"a=T,{where},q=2,f=100,i={number},c={columns},r={rows},"
    for start in range(0, len(text), _PIECE):
        more = int(start + _PIECE < len(text))
        yield f"\x1b_G{head}m={more};{text[start : start + _PIECE]}\x1b\\"
        head = "q=2,"


@runtime_checkable
class HasUploads(Protocol):
    """A program that lets the terminal hold pictures."""

    uploads: Uploads
