"""Spans as one text, to be wrapped and cut into lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from tui.cells import cells
from tui.rendering.spans import INK, ROLE_MASK, Line, Span


def over(look: int, base: int) -> int:
    """``look`` on top of a base: its own colour wins, its flags are added."""
    return look | base if look & ROLE_MASK == INK else look | base & ~ROLE_MASK


def slice_span(span: Span[int], first: int, end: int) -> Span[int]:
    """Part of a span; one that is not drawn character by character keeps its whole place."""
    if first == 0 and end == len(span.text):
        return span
    text = span.text[first:end]
    if span.start >= 0 and span.end - span.start == len(span.text):
        return span._replace(text=text, start=span.start + first, end=span.start + end)
    return span._replace(text=text)


def spots(line: Line) -> Iterator[tuple[int, int, Span[int]]]:
    """The spans of a line with their first cell and the one after them."""
    left = 0
    for span in line.spans:
        right = left + cells(span.text)
        yield left, right, span
        left = right


class Flow:
    """Spans in a row, and their text."""

    def __init__(self, spans: list[Span[int]], base: int = INK) -> None:
        self.spans: list[Span[int]] = []
        self.starts: list[int] = []
        self.text = ""
        self._base = base
        self.replace(0, spans)

    def replace(self, keep: int, spans: list[Span[int]]) -> int:
        """Keep the first spans, put others behind them; returns the first place in the text that changed."""
        old = self.spans[keep:]
        position = self.starts[keep] if keep < len(self.starts) else len(self.text)
        del self.spans[keep:], self.starts[keep:]
        texts = [self.text[:position]]
        changed = -1
        for index, plain in enumerate(spans):
            span = plain._replace(look=over(plain.look, self._base)) if self._base else plain
            if changed < 0 and (index >= len(old) or span != old[index]):
                changed = position + (_alike(old[index], span) if index < len(old) else 0)
            self.starts.append(position)
            self.spans.append(span)
            position += len(span.text)
            texts.append(span.text)
        self.text = "".join(texts)
        return position if changed < 0 else changed

    def index(self, offset: int) -> int:
        """The place in the text that comes from a place in the source, or the next one before it."""
        for span, start in zip(reversed(self.spans), reversed(self.starts), strict=True):
            if 0 <= span.start <= offset:
                if offset >= span.end:
                    return start + len(span.text)
                exact = span.end - span.start == len(span.text)
                return start + (offset - span.start if exact else 0)
        return 0

    def cut(self, first: int, end: int) -> tuple[Span[int], ...]:
        """The spans of ``text[first:end]``."""
        found = []
        index = max(bisect_right(self.starts, first) - 1, 0)
        while index < len(self.spans) and self.starts[index] < end:
            span, start = self.spans[index], self.starts[index]
            part = slice_span(span, max(first - start, 0), min(end - start, len(span.text)))
            if part.text:
                found.append(part)
            index += 1
        return tuple(found)


def _alike(old: Span[int], new: Span[int]) -> int:
    """How much of the new span is drawn as the old one was."""
    grown = new.text.startswith(old.text) and (old.look, old.target, old.start) == (
        new.look,
        new.target,
        new.start,
    )
    return len(old.text) if grown else 0
