"""Paragraphs, headings and formulas: text that is wrapped at spaces."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from tui.rendering.flow import Flow, over, slice_piece
from tui.rendering.pieces import BAND, INK, QUOTED, Line, Piece
from tui.rendering.wrap import cells, sound, wrap
from tui.text import clean

STEP = 400
"""Characters after which a place is looked for from which on the text can be parsed by itself."""
REACH = 2000
"""An emphasis, code or link may be as long while the text grows."""

# What may still begin something that comes to its end later. Not: a_b, 2 * 3, a < b.
_OPENING = re.compile(r"(?<!\w)_|_(?!\w)|\*(?! )|(?<! )\*|~|\[|`|<(?=[\w/!?])|\$(?! )")

_FENCED = re.compile(r"^(?:\$\$|\\\[)|(?:\$\$|\\\])$")


class Prose:
    """Text with inline markup at one width."""

    deep = False
    rough = False

    def __init__(self, content: str, width: int, env: dict[str, Any], base: int = INK) -> None:
        self._env = env
        self._settled = 0
        """The place in the content up to which nothing can change any more."""
        self._kept = 0
        """The pieces before it."""
        self._flow = Flow([], base)
        self._plain = over(INK, base)
        self._width = width
        self._lines: list[tuple[int, int]] = []
        self.grow(content)

    def resize(self, width: int) -> None:
        """Wrap anew."""
        self._width = width
        self._lines = wrap(self._flow.text, width)

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self._lines)

    def line(self, row: int) -> Line:
        """One row."""
        first, end = self._lines[row]
        after = self._lines[row + 1][0] if row + 1 < len(self._lines) else end
        return Line(self._flow.cut(first, end), self._flow.text[end:after])

    def spot(self, offset: int) -> tuple[int, int]:
        """The row and cell that show a place in the content, or what comes before it."""
        at = self._flow.index(offset)
        row = max(bisect_right(self._lines, (at, len(self._flow.text))) - 1, 0)
        first, end = self._lines[row]
        return row, cells(self._flow.text[first : min(at, end)])

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        if len(content) - self._settled > STEP and self._flow.pieces:
            self._settle(content)
        changed = self._flow.replace(self._kept, self._parse(content))
        row = max(bisect_right(self._lines, (changed, len(content))) - 2, 0)
        start = self._lines[row][0] if self._lines else 0
        old = self._lines[row:]
        new = wrap(self._flow.text, self._width, start)
        self._lines[row:] = new
        while old and new and old[0] == new[0] and new[0][1] <= changed and len(new) > 1:
            row += 1
            del old[0], new[0]
        return row

    def _parse(self, content: str) -> list[Piece]:
        from tui.rendering.inline import parse_inline

        pieces = parse_inline(content[self._settled :], self._env)
        if not self._settled:
            return pieces
        return [
            piece._replace(start=piece.start + self._settled, end=piece.end + self._settled)
            if piece.start >= 0
            else piece
            for piece in pieces
        ]

    def _settle(self, content: str) -> None:
        """Find the last break between words before anything that is still open."""
        pieces = self._flow.pieces
        limit = len(content) - 1
        for piece in pieces[self._kept :]:
            if piece.start >= 0 and piece.end >= limit - REACH and not piece.look & (BAND | QUOTED):
                escaped = content[piece.start - 1 : piece.start + 1] in ("\\(", "\\[")
                opening = _OPENING.search(piece.text)
                if opening or escaped:
                    limit = piece.start + (opening.start() if opening else -1)
                    break
        for index in range(len(pieces) - 1, self._kept - 1, -1):
            if self._cut(index, limit):
                self.rough = True
                return

    def _cut(self, index: int, limit: int) -> bool:
        """Keep what is before the last break of a piece, if it has one before the limit."""
        piece = self._flow.pieces[index]
        exact = piece.start >= 0 and piece.end - piece.start == len(piece.text)
        if not exact or piece.look != self._plain or piece.link or piece.start >= limit:
            return False
        text = piece.text
        at = text.rfind(" ", 0, limit - piece.start) + 1 or _between_letters(text[: limit - piece.start])
        if not at or text[at : at + 1] in ("", " "):
            return False
        self._flow.replace(index, [slice_piece(piece, 0, at), slice_piece(piece, at, len(text))])
        self._settled = piece.start + at
        self._kept = index + 1
        return True


def _between_letters(text: str) -> int:
    """The last place between two letters of a script that has no spaces."""
    for at in range(len(text) - 2, 0, -1):
        if text[at - 1] > "\u2e80" < text[at] and text[at - 1].isalpha() and text[at].isalpha():
            return at
    return 0


class Formula(Prose):
    """A formula on lines of its own."""

    def _parse(self, content: str) -> list[Piece]:
        from tui.rendering.maths import to_unicode

        inside = _FENCED.sub("", content.strip())
        return [Piece(clean(to_unicode(inside)), QUOTED, 0, len(content))]

    def _settle(self, content: str) -> None:
        """A formula is read as a whole."""


class Unread(Prose):
    """Prose that is too long to look for markup in it."""

    def _parse(self, content: str) -> list[Piece]:
        return [Piece(sound(content).replace("\n", " ").replace("\t", " "), INK, 0, len(content))]

    def _settle(self, content: str) -> None:
        """Nothing in it depends on what follows."""
