"""What a person types into search: words, phrases, filters. Any text has a meaning, none is an error."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache

from msgspec import Struct, field

from tui.text import comparable, fold, folded_pattern, normalise

_PART = re.compile(
    r'(?P<name>model|tag|from|before|after|in):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)'
    r'|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)
TOKEN = re.compile(r"[^\W_]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
ASK = "ask"
BEGINNERS = frozenset({ASK})
"""What begins conversations besides a person who writes."""
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST = 1000  # characters that are read of a query

# Scripts that write words without spaces between them: each sign is a word of its own to the index.
_SOLID = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b"  # CJK radicals and marks
    "\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"  # kana, bopomofo, CJK
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"  # Hangul, compatibility, half width
)


@cache
def _solid_sign() -> re.Pattern[str]:
    """It takes 5 ms to compile: longer than all else of this module."""
    return re.compile(f"[{_SOLID}]")


class Term(Struct, frozen=True):
    """One word or phrase, as it was typed."""

    text: str
    prefix: bool = False
    """Whether words that begin so are meant, too: it is still being typed."""

    @property
    def tokens(self) -> list[str]:
        """The words that it is made of, folded."""
        folded = fold(self.text)
        return TOKEN.findall(spaced(folded) or folded)

    def pattern(self) -> str:
        """A regular expression that finds it in folded text."""
        tokens = self.tokens
        body = r"[\W_]*".join(map(folded_pattern, tokens))
        start = "" if _solid_sign().match(tokens[0]) else r"(?<![^\W_])"
        end = "" if self.prefix or _solid_sign().match(tokens[-1]) else r"(?![^\W_])"
        return start + body + end


class Query(Struct):
    """What is looked for: every term, through every filter."""

    terms: list[Term] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    begun_by: list[str] = field(default_factory=list)
    before: datetime | None = None
    after: datetime | None = None
    titles_only: bool = False

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.terms or self.models or self.tags or self.begun_by or self.before or self.after)

    @property
    def words(self) -> list[Term]:
        """The terms that the index of messages can find."""
        return [term for term in self.terms if term.tokens]

    def marker(self) -> re.Pattern[str] | None:
        """A regular expression that finds any of the words in folded text."""
        patterns = [term.pattern() for term in self.words]
        return re.compile("|".join(patterns)) if patterns else None


def parse(text: str) -> Query:
    """Read what was typed. The last word is a prefix, unless a space or a quote has ended it."""
    query = Query()
    text = normalise(text[:_LONGEST])
    for part in _PART.finditer(text):
        if part["name"] and _filter(query, part["name"].lower(), part["quoted"] or part["value"] or ""):
            continue
        phrase = part["phrase"]
        typed = (phrase or part[0]).replace('"', " ")
        if typed.strip():
            query.terms.append(Term(typed, prefix=part.end() == len(text) and not part["closed"]))
    return query


def _filter(query: Query, name: str, value: str) -> bool:
    """Take a filter into ``query``; False where its value makes no sense, so it is a word."""
    match name:
        case "model":
            query.models.append(value.lower())
        case "tag":
            query.tags.append(comparable(value))
        case "from":
            if value.lower() not in BEGINNERS:
                return False
            query.begun_by.append(value.lower())
        case "before":
            query.before = _moment(value) or query.before
            return _moment(value) is not None
        case "after":
            query.after = _moment(value) or query.after
            return _moment(value) is not None
        case _:
            if value.lower() != "title":
                return False
            query.titles_only = True
    return True


def _moment(text: str) -> datetime | None:
    """The start of a day, month or year here (2026-11-22), or so long ago (7d, 2w, 3m, 1y)."""
    now = datetime.now().astimezone()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 0, "yesterday": 1}
    if text.lower() in days:
        return today - timedelta(days[text.lower()])
    if ago := _AGO.fullmatch(text.lower()):
        return now - timedelta(int(ago[1]) * _DAYS[ago[2]])
    date = _DATE.fullmatch(text)
    if date is None:
        return None
    try:
        return datetime(int(date[1]), int(date[2] or 1), int(date[3] or 1)).astimezone()
    except (ValueError, OverflowError):
        return None


def spaced(text: str) -> str | None:
    """``text`` with a space round each sign of a script without spaces; None where there is none."""
    return _solid_sign().sub(r" \g<0> ", text) if _solid_sign().search(text) else None


def is_solid(word: str) -> bool:
    """Whether a word is a sign of a script without spaces: it has no longer form."""
    return _solid_sign().fullmatch(word) is not None
