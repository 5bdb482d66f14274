"""Pieces as one text, to be wrapped and cut into lines."""

from __future__ import annotations

from bisect import bisect_right

from tui.rendering.pieces import INK, ROLE_MASK, Piece


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
