"""What a reader takes for one character, and for one word, after Unicode's rules of text segmentation.

A flag, a face with its skin, a family, a letter with its accents: each is several code points, and a caret
never stands between them. Scripts that put no spaces between words have a word in each character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

_PREPENDED = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3"
_ALSO_MARKS = "\u0e33\u0eb3\u200c\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_STANDING = "\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\uaa7b\uaa7d"
"""Marks of Myanmar that stand beside their letter."""
_LINKERS = (
    "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6\U00010a3f\U00011133"
    "\U0001193e\U00011a47\U00011a99"
)
"""Signs that make one of two consonants."""
_CONSONANTS = (
    "\u0915-\u0939\u0958-\u095f\u0978-\u097f\u0995-\u09b9\u09dc-\u09df\u09f0\u09f1\u0a95-\u0ab9\u0af9"
    "\u0b15-\u0b39\u0b5c-\u0b5f\u0b71\u0c15-\u0c39\u0c58-\u0c5a\u0d15-\u0d3a\u1000-\u102a\u103f\u1050-\u1055"
    "\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e\u1780-\u17b3\u1a20-\u1a54\u1b0b\u1b0c"
    "\u1b13-\u1b33\u1b45-\u1b4c\u1b83-\u1ba0\u1bae\u1baf\u1bbb-\u1bbd\ua989-\ua98b\ua98f-\ua9b2\ua9e0-\ua9e4"
    "\ua9e7-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa6f\uaa71-\uaa73\uaa7a\uaa7e\uaa7f\uaae0-\uaaea\uabc0-\uabda"
)
_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b"
    "\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f170\U0001f171\U0001f17e\U0001f17f"
    "\U0001f18e\U0001f191-\U0001f19a\U0001f201-\U0001f3fa\U0001f400-\U0001faff\U0001fc00-\U0001fffd"
)
"""What a joiner makes one picture of."""
_FLAGS = "\U0001f1e6-\U0001f1ff"
_KATAKANA = "\u3031-\u3035\u309b\u309c\u30a0-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aad\u2e80-\u303f\u3041-\u309a\u309d-\u309f"
    "\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9fe\uaa60-\uaadf\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Scripts without spaces: each of their characters is a word."""


@cache
def _marks() -> str:
    """The characters that belong to the one before them, as a class of a regular expression."""
    found: list[str] = []
    first = last = -1
    for point in (*range(0x300, 0x1F000), 0x110000):
        if point < 0x110000 and unicodedata.category(chr(point))[0] != "M":
            continue
        if point != last + 1:
            if first >= 0:
                found.append(f"{chr(first)}-{chr(last)}")
            first = point
        last = point
    return "".join(found) + _ALSO_MARKS


@cache
def _cluster() -> re.Pattern[str]:
    marks = f"(?:(?![{_STANDING}])[{_marks()}]|\u200d)*+"
    linked = f"(?:(?![{_LINKERS}])[{_marks()}]|\u200d)*+[{_LINKERS}][{_marks()}\u200d]*+"
    return re.compile(
        r"\r\n|[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
        f"|[{_PREPENDED}]*+(?:"
        f"[{_FLAGS}]{{1,2}}"
        r"|[\u1100-\u115f\ua960-\ua97c]*+[\uac00-\ud7a3\u1160-\u11a7\ud7b0-\ud7c6][\u1160-\u11ff\ud7b0-\ud7fb]*+"
        r"|[\u1100-\u115f\ua960-\ua97c]++"
        f"|[{_PICTURES}](?:[{_marks()}]*+\u200d[{_PICTURES}])*+"
        f"|[{_CONSONANTS}](?:{linked}[{_CONSONANTS}])*+"
        f"|[^\\x00-\\x1f]){marks}"
        f"|[{_PREPENDED}]",
        re.DOTALL,
    )


@cache
def letters() -> str:
    """A regular expression of letters and digits in a row, with the marks that belong to them."""
    return f"(?:\\w[{_marks()}\u200d]*+)++"


@cache
def _word() -> re.Pattern[str]:
    marks = f"[{_marks()}\u200d]"
    letter = f"(?![{_UNSPACED}{_KATAKANA}])\\w{marks}*+"
    return re.compile(
        f"(?:{letter})++(?:['’](?:{letter})++)*+|(?:[{_KATAKANA}]{marks}*+)++|[!-/:-@\\[-^`{{-~]++|\\s++"
    )


def spans(text: str) -> Iterator[tuple[int, int]]:
    """The begin and end of each character."""
    if text.isascii() and "\r" not in text:
        yield from ((at, at + 1) for at in range(len(text)))
    else:
        yield from (match.span() for match in _cluster().finditer(text))


def before(text: str, at: int) -> int:
    """Where the character begins that ends at ``at``, or is cut there; 0 at the begin."""
    return _span(text, at - 1)[0] if at > 0 else 0


def after(text: str, at: int) -> int:
    """Where the character ends that begins at ``at``, or is cut there; the end of the text at its end."""
    return _span(text, at)[1] if at < len(text) else len(text)


def begin(text: str, at: int) -> int:
    """Where the character of a place begins."""
    return _span(text, at)[0] if 0 < at < len(text) else at


def end(text: str, at: int) -> int:
    """``at``, or the end of the character that it would cut."""
    return after(text, at) if begin(text, at) != at else at


def _span(text: str, at: int) -> tuple[int, int]:
    """The character of a place; the line of the place is looked at, and no other."""
    char, following = text[at], text[at + 1 : at + 2]
    if char.isascii() and following.isascii() and "\r" not in (char, following):
        return at, at + 1
    start = text.rfind("\n", 0, at) + 1
    for match in _cluster().finditer(text, start):
        if match.end() > at:
            return match.span()
    return at, at + 1


def words(text: str) -> Iterator[tuple[int, int]]:
    """The begin and end of each word, sign and run of blanks: nothing is left out."""
    at = 0
    while at < len(text):
        match = _word().match(text, at)
        stop = match.end() if match else after(text, at)
        yield at, stop
        at = stop


def word_before(text: str, at: int) -> int:
    """Where the word begins that is left of ``at``, whatever blanks are between."""
    start = 0
    for first, stop in words(text[:at]):
        if not text[first:stop].isspace():
            start = first
    return start


def word_after(text: str, at: int) -> int:
    """Where the word ends that is right of ``at``, whatever blanks are between."""
    rest = text[at:]
    return next((at + stop for first, stop in words(rest) if not rest[first:stop].isspace()), len(text))
