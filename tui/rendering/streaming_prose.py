"""Prose that grows: what came before is not parsed again, and what is open is drawn as if it were closed."""

from __future__ import annotations

import re

from tui.rendering.autoclose import hopeful
from tui.rendering.flow import over, slice_piece
from tui.rendering.pieces import BAND, INK, QUOTED, Piece
from tui.rendering.prose import Prose

STEP = 400
"""Characters after which a place is looked for from which on the text can be parsed by itself."""
REACH = 2000
"""An emphasis, code or link may be as long while the text grows."""
FURTHEST = 2 * REACH
"""Characters after which any place will do."""

# What may still begin something that comes to its end later. Not: a_b, 2 * 3, a < b.
_OPENING = re.compile(r"(?<!\w)_|_(?!\w)|\*(?! )|(?<! )\*|~|\[|`|<(?=[\w/!?])|\$(?! )")


class Growing(Prose):
    """The last paragraph of a reply that streams."""

    _settled = 0
    """The place in the content up to which nothing can change any more."""
    _hoped = False
    """Whether something open was closed to draw it."""

    @property
    def rough(self) -> bool:
        """Whether it was drawn piece by piece."""
        return self._settled > 0 or self._hoped

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        if len(content) - self._settled > STEP and self._flow.pieces:
            self._settle(self._content)
        return super().grow(content)

    def end(self) -> int | None:
        """No more text comes; returns the first row that changed by that, if one did."""
        if not self._hoped:
            return None
        self._hoped = False
        return self._redraw(self._parse_from(self._content[self._settled :]))

    def _parse(self, content: str) -> list[Piece]:
        text = content[self._settled :]
        closed = hopeful(text)
        self._hoped = closed != text
        # A mark that was added, and is none where it stands, is not drawn.
        return [piece for piece in self._parse_from(closed) if piece.start < len(content)]

    def _parse_from(self, text: str) -> list[Piece]:
        pieces = super()._parse(text)
        if not self._settled:
            return pieces
        moved = self._settled
        return [p if p.start < 0 else p._replace(start=p.start + moved, end=p.end + moved) for p in pieces]

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
                return

    def _cut(self, index: int, limit: int) -> bool:
        """Keep what is before the last break of a piece, if it has one before the limit."""
        piece = self._flow.pieces[index]
        exact = piece.start >= 0 and piece.end - piece.start == len(piece.text)
        if not exact or piece.look != over(INK, self._base) or piece.link or piece.start >= limit:
            return False
        text = piece.text
        end = limit - piece.start
        at = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1 or _between_letters(text[:end])
        if not at and len(self._content) - self._settled > FURTHEST:
            at = min(end, len(text))
        following = self._content[piece.start + at : piece.start + at + 1]
        if not at or following in ("", " ", "\n"):
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
