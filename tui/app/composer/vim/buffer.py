"""The text that the keys work on, as one string; places are indexes into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tui import graphemes


class Buffer(Protocol):
    """What Vim's keys need of a text area."""

    @property
    def text(self) -> str:
        """All of it."""
        ...

    @property
    def caret(self) -> int:
        """Where it is written; the end of the text at most."""
        ...

    @property
    def folded(self) -> Sequence[tuple[int, int]]:
        """Where folded pastes stand: each is one thing, of which nothing can be changed."""
        ...

    def go(self, caret: int) -> None:
        """Put the caret somewhere."""
        ...

    def select(self, start: int, end: int) -> None:
        """Select what is between the two, in either order; the caret is at the second."""
        ...

    def replace(self, start: int, end: int, text: str) -> None:
        """Put ``text`` in the place of a range."""
        ...

    def copy(self, text: str) -> None:
        """Give ``text`` to the clipboard."""
        ...


def line_start(text: str, at: int) -> int:
    """Where the line of ``at`` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of ``at`` ends: at its line break, or at the end of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def first_word(text: str, at: int) -> int:
    """The first character of the line of ``at`` that is no blank; the end of a line of blanks."""
    start, end = line_start(text, at), line_end(text, at)
    return start + len(text[start:end]) - len(text[start:end].lstrip())


def on_a_character(text: str, at: int) -> int:
    """``at``, or the last character of its line: outside of writing the caret stands on one, at its begin."""
    at = min(max(at, 0), len(text))
    return graphemes.begin(text, max(line_start(text, at), min(at, line_end(text, at) - 1)))
