"""Paragraphs, headings and everything else that is text wrapped at spaces."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from tui.rendering.inline import parse_inline
from tui.rendering.pieces import INK, ROLE_MASK, Line, Piece
from tui.rendering.wrap import wrap


def over(look: int, base: int) -> int:
    """``look`` on top of a base: its own colour wins, its flags are added."""
    return look | base if look & ROLE_MASK == INK else look | base & ~ROLE_MASK


class Flow:
    """Pieces as one text that can be cut into lines."""

    def __init__(self, pieces: list[Piece], base: int = INK) -> None:
        self.pieces: list[Piece] = []
        self.starts: list[int] = []
        self.text = ""
        self._base = base
        self.extend(pieces)

    def extend(self, pieces: list[Piece]) -> None:
        """Append pieces."""
        position = len(self.text)
        texts = [self.text]
        for piece in pieces:
            self.starts.append(position)
            self.pieces.append(piece._replace(look=over(piece.look, self._base)) if self._base else piece)
            position += len(piece.text)
            texts.append(piece.text)
        self.text = "".join(texts)

    def cut(self, first: int, end: int) -> tuple[Piece, ...]:
        """The pieces of ``text[first:end]``."""
        found = []
        index = max(bisect_right(self.starts, first) - 1, 0)
        while index < len(self.pieces) and self.starts[index] < end:
            piece, start = self.pieces[index], self.starts[index]
            found.append(slice_piece(piece, max(first - start, 0), min(end - start, len(piece.text))))
            index += 1
        return tuple(piece for piece in found if piece.text)


def slice_piece(piece: Piece, first: int, end: int) -> Piece:
    """Part of a piece; one that is not drawn character by character keeps its whole place."""
    if first == 0 and end == len(piece.text):
        return piece
    text = piece.text[first:end]
    if piece.start >= 0 and piece.end - piece.start == len(piece.text):
        return piece._replace(text=text, start=piece.start + first, end=piece.start + end)
    return piece._replace(text=text)


class Prose:
    """A paragraph at one width."""

    deep = False
    rough = False

    def __init__(self, content: str, width: int, env: dict[str, Any], base: int = INK) -> None:
        self._content = content
        self._env = env
        self._base = base
        self._flow = Flow(parse_inline(content, env), base)
        self.resize(width)

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

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        old, lines = self._flow.text, self._lines
        self._content = content
        self._flow = Flow(parse_inline(content, self._env), self._base)
        self.resize(self._width)
        row = 0
        while row < min(len(lines), len(self._lines)) - 1 and lines[row] == self._lines[row]:
            first, end = lines[row]
            if old[first:end] != self._flow.text[first:end]:
                break
            row += 1
        return row
