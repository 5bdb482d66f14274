"""What a person types into search: words, phrases, filters. Any text has a meaning, none is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tui.history.sqlite.folding import SOLID, key, spaced
from tui.text import fold, folded_pattern, normalise

_PART = re.compile(
    r'(?P<name>model|tag|before|after|in):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))'
    r'|"(?P<phrase>[^"]*)(?P<closed>"?)'
    r'|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST = 1000  # characters that are read of a query
INDEXED = 3  # letters: so much of each word's beginning has an index of its own


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase, as it was typed."""

    text: str
    prefix: bool = False
    """Whether words that begin so are meant, too: it is still being typed."""

    @property
    def tokens(self) -> list[str]:
        """The words that it is made of, folded."""
        folded = fold(self.text)
        return _TOKEN.findall(spaced(folded) or folded)

    @property
    def match(self) -> str:
        """It in FTS5's language. Quoted, so that nothing in it is an operator; the index folds it itself."""
        return f'"{spaced(self.text) or self.text}"' + ("*" if self.prefix else "")

    @property
    def wider(self) -> Term | None:
        """A term that finds all that this one finds, and is quick; None if this one is quick itself."""
        text = spaced(self.text) or self.text
        last = list(_TOKEN.finditer(fold(text)))[-1]
        if not self.prefix or len(last[0]) <= INDEXED:
            return None
        return Term(text[: last.start() + INDEXED], prefix=True)

    def pattern(self) -> str:
        """A regular expression that finds it in folded text."""
        tokens = self.tokens
        body = r"[\W_]*".join(map(folded_pattern, tokens))
        start = "" if SOLID.match(tokens[0]) else r"(?<![^\W_])"
        end = "" if self.prefix or SOLID.match(tokens[-1]) else r"(?![^\W_])"
        return start + body + end


@dataclass(slots=True)
class Query:
    """What is looked for: every term, through every filter."""

    terms: list[Term] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    before: datetime | None = None
    after: datetime | None = None
    titles_only: bool = False

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.terms or self.models or self.tags or self.before or self.after)

    @property
    def words(self) -> list[Term]:
        """The terms that the index of messages can find."""
        return [term for term in self.terms if term.tokens]

    @property
    def match(self) -> str:
        """The words in FTS5's language."""
        return " AND ".join(term.match for term in self.words)

    @property
    def wider(self) -> Query | None:
        """A query that finds all that this one finds, and is quick; None if this one is quick itself."""
        words = self.words
        wider = words[-1].wider if words else None
        return replace(self, terms=[*words[:-1], wider]) if wider else None

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
            query.tags.append(key(value))
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
