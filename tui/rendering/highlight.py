"""Code in colours, by Pygments: lines are lexed when they are asked for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from tui.faults import note
from tui.rendering import patience
from tui.rendering.plain import Looks
from tui.rendering.spans import DIM, ERROR, INK, ITALIC, LEAF, SKY, STRONG, SUCCESS, VIOLET

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

SLOWEST = 6e-6
"""CPU seconds that a character may take: four times what Python's take."""
LONGEST_WAIT = 0.12
"""CPU seconds by which a lexer may be late; then the rest of its code is plain."""
_SHORTEST_WAIT = 0.03
_RECENT = 1.0
"""Seconds after which code may take its time again, though other code took too long."""

_SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh"})
_SESSION = re.compile(r"\s*(?:[\w.-]+@[\w.-]+[^\n$#%]{0,80})?[$%] ")
"""How a session begins: with a prompt."""
_OTHER_NAMES = {"terminal": "console", "shellsession": "console", "patch": "diff"}
"""Names of languages that Pygments has under another one."""

# The same few characters over and over: what expressions drown in.
_MONOTONOUS = re.compile(r"(.{1,4}?)\1{150}", re.DOTALL)


@cache
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a language's name, if Pygments knows one."""
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name

    # For a name that it does not know Pygments looks through all that is installed; "pyth" precedes "python".
    return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language in _names() else None


def lexed_as(language: str, code: str) -> str:
    """The name of the lexer for a language; a session of a shell is none of its scripts."""
    language = _OTHER_NAMES.get(language.lower(), language.lower())
    return "console" if language in _SHELLS and _SESSION.match(code) else language


@cache
def _names() -> frozenset[str]:
    from pygments.lexers import get_all_lexers

    return frozenset(alias.lower() for _, aliases, *_ in get_all_lexers(plugins=False) for alias in aliases)


@cache
def look_of(kind: Any) -> int:
    """The look of a token type."""
    from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, Punctuation, String

    if kind in Generic:
        return _marked(kind)
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


def _marked(kind: Any) -> int:
    """The look of what a lexer names by its part in a text: a changed line, a heading, a prompt."""
    from pygments.token import Generic

    looks = {
        Generic.Deleted: ERROR,
        Generic.Inserted: SUCCESS,
        Generic.Error: ERROR,
        Generic.Traceback: ERROR,
        Generic.Heading: SKY,
        Generic.Subheading: SKY,
        Generic.Prompt: DIM,
        Generic.Strong: STRONG,
        Generic.Emph: ITALIC,
        Generic.EmphStrong: STRONG | ITALIC,
    }
    return next((look for part, look in looks.items() if kind in part), INK)


class Delay:
    """How late a lexer is, against the slowest that is waited for."""

    _given_up = -_RECENT
    """When a lexer, whichever it was, took too long last."""
    _wait = LONGEST_WAIT

    def __init__(self) -> None:
        self.read = 0
        """Characters that it got through since the last look."""
        self._late = 0.0
        self._looked = 0.0

    def begin(self) -> None:
        """From here on it is at work."""
        self._looked = time.thread_time()

    def too_long(self) -> bool:
        """Whether it has taken too long."""
        now = time.thread_time()
        self._late = max(0.0, self._late + now - self._looked - self.read * SLOWEST)
        self._looked, self.read = now, 0
        return self._late > self._longest()

    @classmethod
    def _longest(cls) -> float:
        if time.monotonic() - cls._given_up > _RECENT:
            cls._wait = LONGEST_WAIT
        return cls._wait

    @classmethod
    def give_up(cls) -> None:
        """Be less patient for a while: a reply may be full of such code."""
        cls._wait = max(cls._longest() / 2, _SHORTEST_WAIT)
        cls._given_up = time.monotonic()

    @classmethod
    def forget(cls) -> None:
        """Be as patient as at first."""
        cls._given_up = -_RECENT


class Highlighter:
    """The looks of each line of a growing text; from where its lexer fails or takes too long, there are none.

    A lexer can't be stopped in a state and go on from it. So new lines are lexed with a few lines before
    them; if those come out as they did before, the state there did not matter.
    """

    def __init__(self, lexer: Lexer, code: str, starts: list[int]) -> None:
        self.rough = False
        """Whether it was not lexed from its beginning."""
        self._lexer: Lexer | None = lexer
        self._delay = Delay()
        self._code = code
        self._starts = starts
        self._lines: list[Looks | None] = []
        self._run: Iterator[Looks] | None = None
        self._whole: Iterator[Looks] = iter(())
        self._sure: list[Looks | None] = []

    def line(self, index: int) -> Looks | None:
        """The looks of a line; None if it is plain."""
        if index >= len(self._lines):
            self._try(lambda: self._lex_to(index))
        return self._lines[index] if index < len(self._lines) else None

    def _try(self, act: Callable[[], int | None]) -> int | None:
        """What ``act`` gives; if it fails or takes too long, there are no more colours."""
        if self._lexer is None:
            return None
        self._delay.begin()
        try:
            return patience.work(act, self._delay.too_long)
        except patience.OutOfPatience:
            self._delay.give_up()
        except Exception as error:
            note(error)
        self._lexer, self._run, self._sure, self.rough = None, None, [], False
        return None

    def _lex_to(self, index: int) -> None:
        known = len(self._lines)
        if index - NEAR > known and self._starts[index] - self._starts[known] > AT_ONCE:
            self._skip_to(index - NEAR)
        while len(self._lines) <= index:
            self._run = self._run or self._enter()
            looks = next(self._run, None)
            if looks is None:
                return
            self._lines.append(looks)

    def _skip_to(self, index: int) -> None:
        """Begin at a line, whatever its state; those before it are plain for now."""
        self.rough = True
        self._lines += [None] * (index - len(self._lines))
        self._run = self._lex(self._starts[index])

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
        return self._try(lambda: self._refine(until))

    def _refine(self, until: float) -> int | None:
        if not self._sure:
            self._whole = self._lex(0)
        for looks in self._whole:
            self._sure.append(looks)
            if time.perf_counter() > until:
                return None
        before, self._lines, self._sure = self._lines, self._sure, []
        self.rough, self._run = False, None
        pairs = enumerate(zip(before, self._lines, strict=False))  # not all was looked at before
        return next((index for index, (old, new) in pairs if old != new), None)

    def _enter(self) -> Iterator[Looks]:
        """Begin a little before the first line that is not known."""
        known = len(self._lines)
        back = BACK
        while back < known and self._starts[known] - self._starts[known - back] < AT_ONCE:
            before = self._lines[known - back :]
            run = self._lex(self._starts[known - back])
            if sum(map(bool, before)) >= BACK // 2 and list(islice(run, back)) == before:
                self.rough = True
                return run
            back *= 4
        first = 0
        if self._starts[known] > AT_ONCE:
            self.rough = True
            first = max(known - BACK, 0)
        run = self._lex(self._starts[first])
        self._lines[first:] = islice(run, known - first)
        return run

    def _lex(self, start: int) -> Iterator[Looks]:
        """The looks of the lines from a place on."""
        assert self._lexer
        looks: Looks = []
        counted = 0
        for index, kind, text in self._lexer.get_tokens_unprocessed(f"{self._code[start:]}\n"):
            look = look_of(kind)
            if "\n" not in text:
                if looks and looks[-1][1] == look:
                    text = looks.pop()[0] + text
                looks.append((text, look))
                continue
            self._delay.read += index - counted
            counted = index
            first, *others = text.split("\n")
            if first:
                looks.append((first, look))
            for part in others:
                yield looks
                looks = [(part, look)] if part else []
        yield looks


def too_long(length: int, lines: list[str]) -> bool:
    """Whether it would take too long to find the colours of code of a length, with these lines in it."""
    return length > LONGEST_CODE or len(max(lines, key=len)) > LONGEST_LINE


def highlighter(code: str, starts: list[int], language: str) -> Highlighter | None:
    """What highlights ``code``, whose lines begin at ``starts``.

    None for an unknown language, and for what would take too long, or may do so where nothing can stop it.
    """
    if too_long(len(code), code.split("\n")) or (not patience.can_stop() and _MONOTONOUS.search(code)):
        return None
    lexer = lexer_for(lexed_as(language, code))
    return Highlighter(lexer, code, starts) if lexer else None
