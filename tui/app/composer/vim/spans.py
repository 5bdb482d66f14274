"""The part of a text that an operator takes."""

from __future__ import annotations

from dataclasses import dataclass

from tui.app.composer.vim.buffer import line_end, line_start


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to before ``end``."""

    start: int
    end: int
    lines: bool = False
    """Whole lines, without the last line break."""

    def with_break(self, text: str) -> tuple[int, int]:
        """The range that takes the lines out: with the line break after them, else the one before."""
        if self.end < len(text):
            return self.start, self.end + 1
        return max(0, self.start - 1), self.end


def whole_lines(text: str, one: int, other: int) -> Span:
    """The lines of two places and all between."""
    return Span(line_start(text, min(one, other)), line_end(text, max(one, other)), lines=True)


def without_last_break(text: str, start: int, end: int) -> Span:
    """What ``w`` takes: its last word's line break stays, and the blanks that follow it."""
    taken = text[start:end].rstrip(" \t")
    if taken.endswith("\n"):
        end = start + len(taken.rstrip("\n"))
    return Span(start, max(end, start))
