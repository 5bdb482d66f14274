"""In which order a line is seen that runs from right to left in whole or in part: Unicode's UAX #9.

The sources of what is drawn have no embeddings and isolates, which could hide text: so a line is one run at
the level of its paragraph, and what is left of the algorithm are its rules for weak characters, for brackets
and for neutral ones. Each function takes and gives plain values; ``rendering.turned`` turns drawn lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple
from unicodedata import bidirectional

Strong = Literal["L", "R", "AL"]
"""A letter's direction: Arabic letters are told apart, since digits behind them are others."""

_TURNING = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Where the characters stand that run from right to left, and the digits of their scripts."""
_STRONG = frozenset(("L", "R", "AL"))
_NEUTRAL = frozenset(("B", "S", "WS", "ON"))
_IGNORED = frozenset(("BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_BRACKETS = (
    "()[]{}⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦍⦐⦎⦏⦑⦒⦓⦔⦕⦖⦗⦘⧘⧙⧚⧛⧼⧽"
    "⸢⸣⸤⸥⸦⸧⸨⸩〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
_OTHERS = (
    "<>«»‹›∈∋≤≥≦≧≨≩≪≫≮≯≰≱≲≳≴≵≶≷≸≹≺≻≼≽≾≿⊂⊃⊄⊅⊆⊇⊈⊉⊊⊋⊢⊣⊰⊱⋉⋊⋋⋌⋐⋑⋖⋗⋘⋙⋚⋛⋜⋝⋞⋟⋦⋧⋨⋩⟕⟖⟝⟞⩽⩾⩿⪀⪅⪆⪡⪢⸂⸃⸄⸅⸉⸊⸌⸍⸜⸝⸠⸡﹤﹥＜＞"
)
_OPENING = {
    opening: {"\u2329": "\u232a", "\u3008": "\u232a"}.get(opening, closing)
    for opening, closing in zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True)
}
"""What closes each bracket; of the two that mean the same, one stands for both."""
_CLOSING = {closing: {"\u3009": "\u232a"}.get(closing, closing) for closing in _BRACKETS[1::2]}
_DEEPEST = 63
"""Brackets that are open at once; beyond that none is paired."""
MIRRORED = {
    one: other
    for pairs in (_BRACKETS, _OTHERS)
    for left, right in zip(pairs[::2], pairs[1::2], strict=True)
    for one, other in ((left, right), (right, left))
}
"""What is drawn in place of a character that has a direction, where it runs from right to left."""


class Around(NamedTuple):
    """What stands in the paragraph before and after a line."""

    before: Strong | None = None
    after: Strong | None = None


ALONE = Around()


def turns(text: str) -> bool:
    """Whether anything in ``text`` may run from right to left."""
    return not text.isascii() and _TURNING.search(text) is not None


def any_turns(texts: Iterable[str]) -> bool:
    """Whether anything in a line that has these texts may run from right to left."""
    return any(map(turns, texts))


def runs_to_left(texts: Iterable[str]) -> bool:
    """Whether the paragraph that has these texts begins with a letter that runs from right to left."""
    return first_strong(texts) in ("R", "AL")


def first_strong(texts: Iterable[str]) -> Strong | None:
    """The direction of the first letter: that of the paragraph which has these texts."""
    return _strong(chain.from_iterable(texts))


def last_strong(texts: Iterable[str]) -> Strong | None:
    """The direction of the last letter of texts that are given from the last one on."""
    return _strong(chain.from_iterable(map(reversed, texts)))


def _strong(characters: Iterable[str]) -> Strong | None:
    for character in characters:
        match bidirectional(character):
            case "L" | "R" | "AL" as found:
                return found
            case _:
                pass
    return None


@lru_cache(maxsize=1 << 8)
def order(
    characters: tuple[str, ...], *, right: bool, around: Around = ALONE
) -> tuple[tuple[int, bool], ...]:
    """The places of characters as they are seen from left to right, and whether each runs to the left.

    Args:
        characters: As readers see them; a letter has its marks with it.
        right: Whether the paragraph runs from right to left.
        around: What stands before and after them.
    """
    levels = _levels(characters, right=right, around=around)
    seen = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(seen):
            end = start
            while end < len(seen) and levels[seen[end]] >= level:
                end += 1
            if end - start > 1:
                seen[start:end] = seen[start:end][::-1]
            start = max(end, start + 1)
    return tuple((place, levels[place] % 2 == 1) for place in seen)


def _levels(characters: Sequence[str], *, right: bool, around: Around) -> list[int]:
    """The level of each character: odd ones run to the left."""
    own = [bidirectional(character[0]) or "L" for character in characters]
    kept = [place for place, kind in enumerate(own) if kind not in _IGNORED]
    base = "R" if right else "L"
    kinds = _weak([own[place] for place in kept], around.before or base)
    begin = "R" if around.before in ("R", "AL") else around.before or base
    end = "R" if around.after in ("R", "AL") else around.after or base
    _pair([characters[place] for place in kept], kinds, base, begin)
    _neutral(kinds, base, begin, end)
    levels = [int(right)] * len(own)
    for place, kind in zip(kept, kinds, strict=True):
        levels[place] = _level(kind, right=right)
    for place in range(1, len(own)):
        if own[place] in _IGNORED:
            levels[place] = levels[place - 1]
    _settle_blanks(own, levels, int(right))
    return levels


def _level(kind: str, *, right: bool) -> int:
    if right:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _settle_blanks(own: Sequence[str], levels: list[int], base: int) -> None:
    """Blanks at the end of the line, and before a tab, stand as the paragraph does (L1)."""
    ends = True
    for place in range(len(own) - 1, -1, -1):
        ends = own[place] in ("S", "B") or (ends and (own[place] == "WS" or own[place] in _IGNORED))
        if ends:
            levels[place] = base


def _weak(kinds: list[str], before: str) -> list[str]:
    """Digits, their signs and stray marks, each as what it counts here (W1 to W7)."""
    strong, last = before, "R" if before == "AL" else before
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kind = last
        elif kind in _STRONG:
            strong = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        last = kinds[place] = "R" if kind == "AL" else kind
    _join_numbers(kinds)
    strong = before
    for place, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
    return kinds


def _join_numbers(kinds: list[str]) -> None:
    """What parts digits of one number belongs to it, and so do signs beside it (W4, W5)."""
    for place in range(1, len(kinds) - 1):
        left, right = kinds[place - 1], kinds[place + 1]
        if left == right and (left, kinds[place]) in (("EN", "CS"), ("EN", "ES"), ("AN", "CS")):
            kinds[place] = left
    for start, end in _runs(kinds, frozenset(("ET",))):
        if "EN" in (kinds[start - 1] if start else "", kinds[end] if end < len(kinds) else ""):
            kinds[start:end] = ["EN"] * (end - start)


def _pair(characters: Sequence[str], kinds: list[str], base: str, begin: str) -> None:
    """Two brackets stand as what is in them, or as what is before them (N0)."""
    for first, last in _pairs(characters, kinds):
        inner = {_side(kind) for kind in kinds[first + 1 : last]} - {""}
        if not inner:
            continue
        side = base
        if base not in inner:
            side = next((s for kind in kinds[first - 1 :: -1] if first and (s := _side(kind))), begin)
            side = side if side in inner else base
        kinds[first] = kinds[last] = side


def _pairs(characters: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for place, character in enumerate(characters):
        if kinds[place] != "ON":
            continue
        if closing := _OPENING.get(character[0]):
            if len(opened) == _DEEPEST:
                return []
            opened.append((closing, place))
        elif closing := _CLOSING.get(character[0]):
            depth = next((n for n in range(len(opened) - 1, -1, -1) if opened[n][0] == closing), None)
            if depth is not None:
                found.append((opened[depth][1], place))
                del opened[depth:]
    return sorted(found)


def _side(kind: str) -> str:
    """The side on which a kind counts: digits stand with what runs to the left."""
    return "L" if kind == "L" else "R" if kind in ("R", "EN", "AN") else ""


def _neutral(kinds: list[str], base: str, begin: str, end: str) -> None:
    """What has no direction takes that of both its neighbours, or of the paragraph (N1, N2)."""
    for first, last in _runs(kinds, _NEUTRAL):
        left = _side(kinds[first - 1]) if first else begin
        right = _side(kinds[last]) if last < len(kinds) else end
        kinds[first:last] = [left if left == right else base] * (last - first)


def _runs(kinds: Sequence[str], wanted: frozenset[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for place, kind in enumerate((*kinds, "")):
        if kind in wanted:
            start = place if start is None else start
        elif start is not None:
            found.append((start, place))
            start = None
    return found
