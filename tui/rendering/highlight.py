"""Code in colours, by Pygments: lines are lexed when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from tui.rendering.pieces import DIM, INK, ITALIC, LEAF, SKY, VIOLET
from tui.rendering.plain import Spans

if TYPE_CHECKING:
    from pygments.lexer import Lexer

WINDOW = 48
"""Lines that are lexed again while code grows, before a nearer place to begin is looked for."""
OVERLAP = 16
"""Lines that must come out alike from there."""
LONGEST_CODE = 128_000
LONGEST_LINE = 10_000


@cache
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a language's name, if Pygments knows one."""
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def look_of(kind: Any) -> int:
    """The look of a token type."""
    from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

    if kind in Comment:
        return DIM | ITALIC
    if kind in Keyword or kind in Operator.Word:
        return VIOLET
    if kind in String:
        return LEAF
    if kind in Number or any(kind in name for name in (Name.Function, Name.Class, Name.Tag)):
        return SKY
    if kind in Punctuation or kind in Operator:
        return DIM
    return INK


class Highlighter:
    """The spans of each line of a growing text.

    A lexer can't be stopped in a state, so growing code is lexed again from a line near its end: one from
    which on the lexer gave the same before.
    """

    def __init__(self, lexer: Lexer, code: str) -> None:
        self.rough = False
        """Whether it was not lexed from its beginning."""
        self._lexer = lexer
        self._lines: list[Spans] = []
        self._base = 0
        self._window = WINDOW
        self._run = _lex(lexer, code)

    def line(self, index: int) -> Spans | None:
        """The spans of a line."""
        while len(self._lines) <= index:
            spans = next(self._run, None)
            if spans is None:
                return None
            self._lines.append(spans)
        return self._lines[index]

    def grow(self, code: str, starts: list[int], complete: int) -> None:
        """Take more code; ``starts`` are where its lines begin, the first ``complete`` ones are as before."""
        known = min(len(self._lines), complete)
        if known - self._base > self._window:
            self._move(code, starts, known)
        del self._lines[self._base :]
        self._run = _lex(self._lexer, code[starts[self._base] :])

    def _move(self, code: str, starts: list[int], known: int) -> None:
        for line in range(known - OVERLAP, self._base, -1):
            if code[starts[line]].isspace():
                continue
            new = list(_lex(self._lexer, code[starts[line] : starts[known] - 1]))
            if new == self._lines[line:known]:
                self._base, self.rough = line, True
                self._window = WINDOW
                return
            break
        self._window *= 2  # inside something long, such as a string: try again later


def _lex(lexer: Lexer, code: str) -> Iterator[Spans]:
    spans: Spans = []
    for _index, kind, text in lexer.get_tokens_unprocessed(code):
        look = look_of(kind)
        if "\n" not in text:
            spans.append((text, look))
            continue
        first, *others = text.split("\n")
        if first:
            spans.append((first, look))
        for part in others:
            yield spans
            spans = [(part, look)] if part else []
    yield spans


def too_long(length: int, lines: list[str]) -> bool:
    """Whether it would take too long to find the colours of code of a length, with these lines in it."""
    return length > LONGEST_CODE or len(max(lines, key=len)) > LONGEST_LINE


def highlighter(code: str, language: str) -> Highlighter | None:
    """What highlights ``code``; None for an unknown language, and for what would take too long."""
    lexer = None if too_long(len(code), code.split("\n")) else lexer_for(language.lower())
    return Highlighter(lexer, code) if lexer else None
