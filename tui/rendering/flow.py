"""Pieces as one text, to be wrapped and cut into lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from tui.cells import cells
from tui.rendering.pieces import INK, ROLE_MASK, Line, Piece


def over(look: int, base: int) -> int:
    """``look`` on top of a base: its own colour wins, its flags are added."""
    return look | base if look & ROLE_MASK == INK else look | base & ~ROLE_MASK


def slice_piece(piece: Piece, first: int, end: int) -> Piece:
    """Part of a piece; one that is not drawn character by character keeps its whole place."""
    if first == 0 and end == len(piece.text):
        return piece
    text = piece.text[first:end]
    if piece.start >= 0 and piece.end - piece.start == len(piece.text):
        return piece._replace(text=text, start=piece.start + first, end=piece.start + end)
    return piece._replace(text=text)


def spots(line: Line) -> Iterator[tuple[int, int, Piece]]:
    """The pieces of a line with their first cell and the one after them."""
    left = 0
    for piece in line.pieces:
        right = left + cells(piece.text)
        yield left, right, piece
        left = right


class Flow:
    """Pieces in a row, and their text."""

    def __init__(self, pieces: list[Piece], base: int = INK) -> None:
        self.pieces: list[Piece] = []
        self.starts: list[int] = []
        self.text = ""
        self._base = base
        self.replace(0, pieces)

    def replace(self, keep: int, pieces: list[Piece]) -> int:
        """Keep the first pieces, put others behind them; returns the first place in the text that changed."""
        old = self.pieces[keep:]
        position = self.starts[keep] if keep < len(self.starts) else len(self.text)
        del self.pieces[keep:], self.starts[keep:]
        texts = [self.text[:position]]
        changed = -1
        for index, plain in enumerate(pieces):
            piece = plain._replace(look=over(plain.look, self._base)) if self._base else plain
            if changed < 0 and (index >= len(old) or piece != old[index]):
                changed = position + (_alike(old[index], piece) if index < len(old) else 0)
            self.starts.append(position)
            self.pieces.append(piece)
            position += len(piece.text)
            texts.append(piece.text)
        self.text = "".join(texts)
        return position if changed < 0 else changed

    def index(self, offset: int) -> int:
        """The place in the text that comes from a place in the source, or the next one before it."""
        for piece, start in zip(reversed(self.pieces), reversed(self.starts), strict=True):
            if 0 <= piece.start <= offset:
                if offset >= piece.end:
                    return start + len(piece.text)
                exact = piece.end - piece.start == len(piece.text)
                return start + (offset - piece.start if exact else 0)
        return 0

    def cut(self, first: int, end: int) -> tuple[Piece, ...]:
        """The pieces of ``text[first:end]``."""
        found = []
        index = max(bisect_right(self.starts, first) - 1, 0)
        while index < len(self.pieces) and self.starts[index] < end:
            piece, start = self.pieces[index], self.starts[index]
            part = slice_piece(piece, max(first - start, 0), min(end - start, len(piece.text)))
            if part.text:
                found.append(part)
            index += 1
        return tuple(found)


def _alike(old: Piece, new: Piece) -> int:
    """How much of the new piece is drawn as the old one was."""
    grown = new.text.startswith(old.text) and (old.look, old.link, old.start) == (
        new.look,
        new.link,
        new.start,
    )
    return len(old.text) if grown else 0
