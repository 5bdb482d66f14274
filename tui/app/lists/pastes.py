"""Long pastes, folded into one word of the draft: a text area is slow on megabytes."""

from __future__ import annotations

import re

LARGE = 100_000
"""Characters from which a paste is folded."""
LONG_LINE = 20_000
"""Characters of one line from which it is: wrapping one line again at each key takes time."""

_TOKEN = re.compile(r"\[pasted text \d+: [\d,]+ lines?, [\d,]+ kB\]")


class Pastes:
    """The folded pastes of the drafts; one that comes back is folded as it was."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """What stands in the draft for ``text``: itself, with a token for what is long in it."""
        for known, paste in self._texts.items():
            text = text.replace(paste, known)
        if len(text) <= LARGE and max(map(len, text.split("\n"))) <= LONG_LINE:
            return text
        lines = text.count("\n") + 1
        size = max(1, len(text.encode("utf-8", "replace")) // 1000)
        token = f"[pasted text {len(self._texts) + 1}: {lines:,} line{'s' if lines > 1 else ''}, {size:,} kB]"
        self._texts[token] = text
        return token

    def unfold(self, draft: str) -> str:
        """``draft`` with every token replaced by its text."""
        return _TOKEN.sub(lambda match: self._texts.get(match[0], match[0]), draft)

    def token_before(self, line: str, column: int) -> int | None:
        """Where the token begins that ends at ``column`` of ``line``, if one does."""
        ends = (m.start() for m in _TOKEN.finditer(line) if m.end() == column and m[0] in self._texts)
        return next(ends, None)
