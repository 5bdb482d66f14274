"""How long a conversation is in tokens, and how it is made to fit a model."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PIECES = (  # compiled at its first use, which is after the first paint
    r"(?P<latin>[A-Za-z\u00c0-\u024f]+)|(?P<digits>\d+)|(?P<cyrillic>[\u0400-\u04ff]+)"
    r"|(?P<cjk>[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+)|(?P<space>\s+)|(?P<other>[^\w\s]+|\w)"
)
# Characters for one token, fitted to the o200k vocabulary: within -20…+27 % on English, Russian, Chinese,
# code and JSON. A word is at least one token.
_CHARACTERS_PER_TOKEN = {"latin": 5.2, "digits": 3.0, "cyrillic": 4.1, "cjk": 0.75, "other": 1.6}
TOKENS_PER_MESSAGE = 4
TOKENS_PER_IMAGE = 1200
"""Of a picture of a screen, at most vendors; each counts in its own way, by width and height."""
TOKENS_PER_PDF_PAGE = 2000
"""Claude counts about 2300 for a page of text, Gemini about 560."""


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` is; a server's own count is the truth where there is one."""
    total = 0.0
    for match in re.finditer(_PIECES, text):
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


def fit(sizes: Iterable[int], limit: int | None) -> tuple[int, int]:
    """How many of the newest turns fit into ``limit`` tokens; the newest always does.

    Args:
        sizes: Tokens of each turn, newest first; read only as far as they fit.
        limit: Tokens that may be sent; None where the model's window is not known.

    Returns:
        The count of turns, and their tokens together.
    """
    count = used = 0
    for size in sizes:
        if count and limit is not None and used + size > limit:
            break
        count += 1
        used += size
    return count, used


def shorten(tokens: int) -> str:
    """``950``, ``18k``, ``1.5k``, ``1M``: a count of tokens in few cells."""
    if tokens < 1000:
        return str(tokens)
    if tokens < 1_000_000:
        return f"{tokens / 1000:.1f}k" if tokens < 10_000 and tokens % 1000 else f"{tokens // 1000}k"
    return f"{tokens / 1_000_000:.1f}".removesuffix(".0") + "M"
