"""Prose that grows: what came before is not parsed again, and what is open is drawn as if it were closed."""

from __future__ import annotations

import re

from tui.rendering.autoclose import autoclosed
from tui.rendering.flow import over, slice_span
from tui.rendering.prose import Prose
from tui.rendering.spans import BAND, INK, QUOTED, Span

STEP = 400
"""Characters after which a place is looked for from which on the text can be parsed by itself."""
REACH = 2000
"""An emphasis, code or link may be as long while the text grows."""
FURTHEST = 2 * REACH
"""Characters after which any place will do."""

# What may still begin something that comes to its end later. Not: a_b, 2 * 3, a < b.
_OPENING = re.compile(r"(?<!\w)_|_(?!\w)|\*(?! )|(?<! )\*|~|\[|`|<(?=[\w/!?])|\$(?! )")


class StreamingProse(Prose):
    """The last paragraph of a reply that streams."""

    _settled = 0
    """The place in the content up to which nothing can change any more."""
    _guessed = False
    """Whether something open was closed to draw it."""

    @property
    def rough(self) -> bool:
        """Whether it was drawn piece by piece."""
        return self._settled > 0 or self._guessed

    def grow(self, content: str) -> int:
        """Take more text at the end; returns the first row that changed."""
        if len(content) - self._settled > STEP and self._flow.spans:
            self._settle(self._content)
        return super().grow(content)

    def end(self) -> int | None:
        """No more text comes; returns the first row that changed by that, if one did."""
        if not self._guessed:
            return None
        self._guessed = False
        return self._redraw(self._parse_from(self._content[self._settled :]))

    def _parse(self, content: str) -> list[Span[int]]:
        text = content[self._settled :]
        closed = autoclosed(text)
        self._guessed = closed != text
        # A mark that was added, and is none where it stands, is not drawn.
        return [span for span in self._parse_from(closed) if span.start < len(content)]

    def _parse_from(self, text: str) -> list[Span[int]]:
        spans = super()._parse(text)
        if not self._settled:
            return spans
        moved = self._settled
        return [p if p.start < 0 else p._replace(start=p.start + moved, end=p.end + moved) for p in spans]

    def _settle(self, content: str) -> None:
        """Find the last break between words before anything that is still open."""
        spans = self._flow.spans
        limit = len(content) - 1
        for span in spans[self._kept :]:
            if span.start >= 0 and span.end >= limit - REACH and not span.look & (BAND | QUOTED):
                escaped = content[span.start - 1 : span.start + 1] in ("\\(", "\\[")
                opening = _OPENING.search(span.text)
                if opening or escaped:
                    limit = span.start + (opening.start() if opening else -1)
                    break
        for index in range(len(spans) - 1, self._kept - 1, -1):
            if self._cut(index, limit):
                return

    def _cut(self, index: int, limit: int) -> bool:
        """Keep what is before the last break of a span, if it has one before the limit."""
        span = self._flow.spans[index]
        exact = span.start >= 0 and span.end - span.start == len(span.text)
        if not exact or span.look != over(INK, self._base) or span.target or span.start >= limit:
            return False
        text = span.text
        end = limit - span.start
        at = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1 or _between_letters(text[:end])
        if not at and len(self._content) - self._settled > FURTHEST:
            at = min(end, len(text))
        following = self._content[span.start + at : span.start + at + 1]
        if not at or following in ("", " ", "\n"):
            return False
        self._flow.replace(index, [slice_span(span, 0, at), slice_span(span, at, len(text))])
        self._settled = span.start + at
        self._kept = index + 1
        return True


def _between_letters(text: str) -> int:
    """The last place between two letters of a script that has no spaces."""
    for at in range(len(text) - 2, 0, -1):
        if text[at - 1] > "\u2e80" < text[at] and text[at - 1].isalpha() and text[at].isalpha():
            return at
    return 0
