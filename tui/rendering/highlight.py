"""Code in colours, by Pygments: lines are lexed when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from tui.rendering.pieces import DIM, INK, ITALIC, LEAF, SKY, VIOLET
from tui.rendering.plain import Spans

if TYPE_CHECKING:
    from pygments.lexer import Lexer

BACK = 2
"""Lines before the new ones that are lexed again to see whether lexing can begin there."""
LONGEST_CODE = 128_000
LONGEST_LINE = 10_000
AT_ONCE = 20_000
"""Characters that are lexed for one line; if it is farther away, lexing begins a little before it."""
NEAR = 20
"""Lines by which it begins before it."""


@cache
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a language's name, if Pygments knows one."""
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name

    # For a name that it does not know Pygments looks through all that is installed; "pyth" precedes "python".
    return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language in _names() else None


@cache
def _names() -> frozenset[str]:
    from pygments.lexers import get_all_lexers

    return frozenset(alias.lower() for _, aliases, *_ in get_all_lexers(plugins=False) for alias in aliases)


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

    A lexer can't be stopped in a state and go on from it. So new lines are lexed with a few lines before
    them; if those come out as they did before, the state there did not matter.
    """

    def __init__(self, lexer: Lexer, code: str, starts: list[int]) -> None:
        self.rough = False
        """Whether it was not lexed from its beginning."""
        self._lexer = lexer
        self._code = code
        self._starts = starts
        self._lines: list[Spans | None] = []
        self._run: Iterator[Spans] | None = None
        self._whole: Iterator[Spans] = iter(())
        self._sure: list[Spans | None] = []

    def line(self, index: int) -> Spans | None:
        """The spans of a line; None if it is plain."""
        known = len(self._lines)
        if index - NEAR > known and self._starts[index] - self._starts[known] > AT_ONCE:
            self._skip_to(index - NEAR)
        while len(self._lines) <= index:
            self._run = self._run or self._enter()
            spans = next(self._run, None)
            if spans is None:
                return None
            self._lines.append(spans)
        return self._lines[index]

    def _skip_to(self, index: int) -> None:
        """Begin at a line, whatever its state; those before it are plain for now."""
        self.rough = True
        self._lines += [None] * (index - len(self._lines))
        self._run = _lex(self._lexer, self._code[self._starts[index] :])

    def grow(self, code: str, starts: list[int], complete: int) -> None:
        """Take more code; ``starts`` are where its lines begin, the first ``complete`` ones are as before."""
        self._code, self._starts = code, starts
        del self._lines[complete:]
        self._run = None
        self._sure = []

    def refine(self, until: float) -> int | None:
        """Go on lexing from the beginning; where that has come to the end, nothing is rough any more.

        Args:
            until: When to stop for now, by ``time.perf_counter``.

        Returns:
            The first line that has other colours than before, if there is one.
        """
        if not self._sure:
            self._whole = _lex(self._lexer, self._code)
        for spans in self._whole:
            self._sure.append(spans)
            if time.perf_counter() > until:
                return None
        before, self._lines, self._sure = self._lines, self._sure, []
        self.rough, self._run = False, None
        pairs = enumerate(zip(before, self._lines, strict=False))  # not all was looked at before
        return next((index for index, (old, new) in pairs if old != new), None)

    def _enter(self) -> Iterator[Spans]:
        """Begin a little before the first line that is not known."""
        known = len(self._lines)
        back = BACK
        while back < known:
            before = self._lines[known - back :]
            run = _lex(self._lexer, self._code[self._starts[known - back] :])
            if sum(map(bool, before)) >= BACK // 2 and list(islice(run, back)) == before:
                self.rough = True
                return run
            back *= 4
        run = _lex(self._lexer, self._code)
        self._lines[:] = islice(run, known)
        return run


def _lex(lexer: Lexer, code: str) -> Iterator[Spans]:
    spans: Spans = []
    for _index, kind, text in lexer.get_tokens_unprocessed(code):
        look = look_of(kind)
        if "\n" not in text:
            if spans and spans[-1][1] == look:
                text = spans.pop()[0] + text
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


def highlighter(code: str, starts: list[int], language: str) -> Highlighter | None:
    """What highlights ``code``, whose lines begin at ``starts``.

    None for an unknown language, and for what would take too long.
    """
    lexer = None if too_long(len(code), code.split("\n")) else lexer_for(language.lower())
    return Highlighter(lexer, code, starts) if lexer else None
