"""What stands before a mark in a text: whether it is in code, or a word of a sentence that speaks of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct

_BEFORE_FENCE = re.compile(r"[ \t>*+\-\d.)]*")
_PREFIX = 40
"""Characters of a line that may stand before a fence: quotes and marks of lists."""
_INDENT = 4
"""Blanks that make code of a line."""
_QUOTES = frozenset("\"'`“”‘’«»„「」『』")
_PUNCTUATION = _QUOTES | frozenset(".,;:!?…)]}<*_/|，。；：！？、）】》")
_SENTENCE_ENDS = frozenset(".!?…。！？")


class _Run(NamedTuple):
    """Backticks or tildes in a row."""

    char: str = ""
    size: int = 0


_NONE = _Run()


class Surroundings(Struct):
    """Takes the text before a mark in pieces; how it is cut makes no difference."""

    spoken: bool = False
    """Whether this line speaks of the mark that belongs to the next one."""
    _line: str = ""
    """The beginning of this line."""
    _last: str = ""
    """The last character of the line that is no blank."""
    _before: str = ""
    """The character just before."""
    _span: int = 0
    """Backticks of the code that is open in this line."""
    _fence: _Run = _NONE
    """The fence of the code that is open."""
    _opening: _Run = _NONE
    """A fence in this line: its code begins in the next one."""
    _closing: bool = False
    """Whether this line ends the code, if nothing else stands in it."""
    _run: _Run = _NONE
    """Backticks or tildes that may go on."""

    def see(self, text: str) -> None:
        """Go on behind ``text``: a newline, backticks, tildes, or anything without any of them."""
        if text == "\n":
            self._end_line()
        elif text[0] in "`~":
            self._go_on(text)
        else:
            self._end_run()
            self._add(text)
            if self._last and not text.isspace():
                self._closing = False

    @property
    def in_span(self) -> bool:
        """Whether code is open within the line."""
        self._end_run()
        return bool(self._span)

    @property
    def code(self) -> bool:
        """Whether code is open."""
        self._end_run()
        indented = not self._last and len(self._line.expandtabs(_INDENT)) >= _INDENT
        return bool(indented or self._span or self._opening.size or (self._fence.size and not self._closing))

    @property
    def line_begins(self) -> bool:
        """Whether nothing but blanks stands before in this line."""
        self._end_run()
        return not self._last

    def parts_sentences(self, after: str, *, known: bool) -> bool:
        """Whether a mark between here and ``after`` stands between sentences, or joins two words.

        Args:
            after: The character behind the mark.
            known: Whether such marks have been meant before.
        """
        self._end_run()
        if not after or after in _PUNCTUATION or (after.isspace() and after != "\n"):
            return False
        goes_before = self._last in _SENTENCE_ENDS or (self._last.isascii() and self._last.isalnum())
        return goes_before and (known or not self._before.isspace())

    def parts_words(self, after: str) -> bool:
        """Whether a mark between here and ``after`` stands so that it is no word of a sentence itself."""
        self._end_run()
        if self._before.isspace():
            return after in ("", "\n") or not (after.isspace() or after in _PUNCTUATION)
        return not (self._before in _QUOTES and after in _QUOTES)

    def _add(self, text: str) -> None:
        if kept := text.rstrip():
            self._last = kept[-1]
        if len(self._line) < _PREFIX:
            self._line += text[:_PREFIX]
        self._before = text[-1]

    def _go_on(self, run: str) -> None:
        if self._run.char != run[0]:
            self._end_run()
        self._run = _Run(run[0], self._run.size + len(run))

    def _end_run(self) -> None:
        run, self._run = self._run, _NONE
        if not run.size:
            return
        begins = len(self._line) < _PREFIX and bool(_BEFORE_FENCE.fullmatch(self._line))
        if self._fence.size:
            self._closing = begins and run.char == self._fence.char and run.size >= self._fence.size
        elif begins and run.size >= 3:
            self._opening = run
        elif run.char == "`":
            if self._opening.char == "`":  # the name of a language has none: it was code within the line
                self._opening, self._span = _NONE, self._opening.size
            self._span = 0 if self._span == run.size else self._span or run.size
        self._add(run.char * min(run.size, _PREFIX))

    def _end_line(self) -> None:
        self._end_run()
        self._fence = _NONE if self._closing else self._fence if self._fence.size else self._opening
        self._opening, self._closing, self._span, self.spoken = _NONE, False, 0, False
        self._line = self._last = self._before = ""
