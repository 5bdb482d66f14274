"""Text as search sees it: without case and accents, and with room between signs that stand without spaces."""

from __future__ import annotations

import re

from tui.text import normalise, without_accents

# Scripts that write words without spaces between them: each sign is a word of its own to the index.
_SOLID = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b"  # CJK radicals and marks
    "\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"  # kana, bopomofo, CJK
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"  # Hangul, compatibility, half width
)
SOLID = re.compile(f"[{_SOLID}]")


def key(text: str) -> str:
    """What titles and tags are compared by: fit to be stored, without case and accents."""
    return without_accents(normalise(text))


def spaced(text: str) -> str | None:
    """``text`` with a space round each sign of a script without spaces; None where there is none."""
    return SOLID.sub(r" \g<0> ", text) if SOLID.search(text) else None
