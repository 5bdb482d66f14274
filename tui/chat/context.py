"""How long a conversation is in tokens, and how it is made to fit a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PIECES = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f]+)|(?P<digits>\d+)|(?P<cyrillic>[\u0400-\u04ff]+)"
    r"|(?P<cjk>[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+)|(?P<space>\s+)|(?P<other>[^\w\s]+|\w)"
)
# Characters for one token, fitted to the o200k vocabulary: within -20…+27 % on English, Russian, Chinese,
# code and JSON. A word is at least one token.
_CHARACTERS_PER_TOKEN = {"latin": 5.2, "digits": 3.0, "cyrillic": 4.1, "cjk": 0.75, "other": 1.6}
TOKENS_PER_MESSAGE = 4


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` is; a server's own count is the truth where there is one."""
    total = 0.0
    for match in _PIECES.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "space":
            total += match[0].count("\n") * 0.5
        elif kind == "cjk":
            total += len(match[0]) * _CHARACTERS_PER_TOKEN[kind]
        else:
            total += (
                max(1.0, len(match[0]) / _CHARACTERS_PER_TOKEN[kind])
                if kind != "other"
                else len(match[0]) / _CHARACTERS_PER_TOKEN[kind]
            )
    return round(total)


@dataclass(frozen=True, slots=True)
class Fit:
    """Which turns of a conversation go to the model."""

    kept: tuple[int, ...]
    """Places of the turns that are sent, in order."""
    left_out: int
    tokens: int
    """The estimate of what is sent."""


def fit(sizes: Sequence[int], limit: int | None, *, keep: Sequence[int] = ()) -> Fit:
    """Choose the newest turns that fit into ``limit`` tokens.

    Args:
        sizes: Tokens of each turn, oldest first.
        limit: Tokens that may be sent; None where the model's window is not known.
        keep: Places that are always sent (the system prompt, pinned turns). The last turn always is.
    """
    always = {*keep, len(sizes) - 1} if sizes else set()
    used = sum(sizes[i] for i in always)
    kept = set(always)
    for place in range(len(sizes) - 1, -1, -1):
        if place in always:
            continue
        if limit is not None and used + sizes[place] > limit:
            break
        kept.add(place)
        used += sizes[place]
    return Fit(tuple(sorted(kept)), len(sizes) - len(kept), used)
