"""Long pastes, folded into one word of the draft: a text area is slow on megabytes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

LARGE = 100_000
"""Characters from which a paste is folded."""
MANY_LINES = 40
"""Lines from which it is: they would fill the screen."""
LONG_LINE = 20_000
"""Characters of one line from which it is: wrapping one line again at each key takes time."""

_TOKEN = re.compile(r"\[pasted text \d+: [\d,]+ lines?, [\d,]+ kB\]|\[[\d,]+ lines(?:, \d+)?\]")


class Token(NamedTuple):
    """What stands for a folded paste in a line."""

    start: int
    end: int
    text: str
    """The paste."""


class Pastes:
    """The folded pastes of the drafts; one that comes back is folded as it was."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str, *, pasted: bool = False) -> str:
        """What stands in the draft for ``text``: itself, with a token for what is long in it.

        Args:
            text: All of a draft, or what comes into it.
            pasted: Whether it comes from outside: then many lines are long too.
        """
        for known, paste in sorted(self._texts.items(), key=lambda each: -len(each[1])):
            text = text.replace(paste, known)
        if pasted and len(text) <= LARGE and text.strip("\n").count("\n") + 1 >= MANY_LINES:
            return self._kept(text, self._short_token(text))
        if opens(text):
            return text
        lines = text.count("\n") + 1
        size = max(1, len(text.encode("utf-8", "replace")) // 1000)
        token = f"[pasted text {len(self._texts) + 1}: {lines:,} line{'s' if lines > 1 else ''}, {size:,} kB]"
        return self._kept(text, token)

    def _short_token(self, text: str) -> str:
        lines = text.strip("\n").count("\n") + 1
        names = (f"[{lines:,} lines{f', {n}' if n > 1 else ''}]" for n in itertools.count(1))
        return next(name for name in names if name not in self._texts)

    def _kept(self, text: str, token: str) -> str:
        """The token for ``text``, which may have tokens in it."""
        self._texts[token] = self.unfold(text)
        return token

    def unfold(self, draft: str) -> str:
        """``draft`` with every token replaced by its text."""
        return _TOKEN.sub(lambda match: self._texts.get(match[0], match[0]), draft)

    def tokens(self, line: str) -> Iterator[Token]:
        """The tokens of a line of a draft."""
        for match in _TOKEN.finditer(line):
            if match[0] in self._texts:
                yield Token(match.start(), match.end(), self._texts[match[0]])

    def token_before(self, line: str, column: int) -> int | None:
        """Where the token begins that ends at ``column`` of ``line``, if one does."""
        return next((token.start for token in self.tokens(line) if token.end == column), None)


def opens(text: str) -> bool:
    """Whether a text area can show a paste."""
    return len(text) <= LARGE and max(map(len, text.split("\n"))) <= LONG_LINE
