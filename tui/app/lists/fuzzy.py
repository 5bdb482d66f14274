"""How well a typed filter fits a name: letters in order, the best way to lay them over the name.

Textual's own ``FuzzySearch`` tries every way and takes exponential time on names like ``aaaa``; this finds
the best one in time proportional to filter × name, so that thousands of names are filtered at each key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TypeVar

from tui.text import fold

T = TypeVar("T")

LETTER = 16
NEXT_TO = 12
"""For a letter that follows the one before it."""
JUMP = 10
"""Against a letter that does not."""
WORD_START = 9
"""For a letter that begins a word: after ``/ - _ . :`` or a space, or a digit after a letter."""
NAME_START = 7
"""More, for the first letter of the last part of a path, and of the whole."""
EXACT = 60
"""For a name, or a last part, that is the filter and nothing else."""
LONGEST = 200
"""Characters of a filter that count: more of them are a paste, and fit no name."""
LENGTH = 0.05
"""Against each letter of the name, so that of two equal fits the shorter name wins."""

_SEPARATORS = frozenset("/-_.: ")


class Candidate:
    """A name that filters are laid over; what can be known before any filter is worked out once."""

    __slots__ = ("_bonus", "lower", "name_start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = fold(text)
        self.name_start = self.lower.rfind("/") + 1
        self._bonus: tuple[int, ...] | None = None

    @property
    def bonus(self) -> tuple[int, ...]:
        """What each letter's place is worth."""
        if self._bonus is None:
            self._bonus = tuple(_bonuses(self.lower, self.name_start))
        return self._bonus


class Filter:
    """What was typed, ready to be laid over names.

    Words parted by spaces may stand in any order, and each must fit.
    """

    __slots__ = ("words",)

    def __init__(self, query: str) -> None:
        self.words = [*dict.fromkeys(fold(query[:LONGEST]).split())]

    def score(self, candidate: Candidate) -> float | None:
        """How well it fits; None if it does not. Nothing typed fits everything alike."""
        total = 0.0
        for word in self.words:
            score = _score(word, candidate)
            if score is None:
                return None
            total += score
        return total - LENGTH * len(candidate.lower)

    def places(self, candidate: Candidate) -> set[int]:
        """The letters of the name that it lights."""
        lit: set[int] = set()
        for word in self.words:
            start = _best_start(word, candidate)
            lit.update(range(start, start + len(word)) if start >= 0 else _strewn(word, candidate)[1])
        return lit


def best_first(items: Iterable[T], wanted: Filter, names: Callable[[T], Iterable[str]]) -> list[T]:
    """The items of which a name fits, the best first; all in their order where nothing is wanted."""
    scored = [(max(_scores(wanted, names(item)), default=None), item) for item in items]
    fits = [(score, item) for score, item in scored if score is not None]
    return [item for _, item in sorted(fits, key=lambda fit: -fit[0] if wanted.words else 0)]


def _scores(wanted: Filter, names: Iterable[str]) -> Iterable[float]:
    scores = (wanted.score(Candidate(name)) for name in names)
    return (score for score in scores if score is not None)


def _score(word: str, candidate: Candidate) -> float | None:
    start = _best_start(word, candidate)
    if start < 0:
        score, places = _strewn(word, candidate)
        return score if places else None
    return _run(word, candidate, start) + _exact(word, candidate)


def _run(word: str, candidate: Candidate, start: int) -> int:
    """The score of ``word`` as one piece at ``start``."""
    length = len(word)
    return LETTER * length + NEXT_TO * (length - 1) + sum(candidate.bonus[start : start + length])


def _best_start(word: str, candidate: Candidate) -> int:
    """Where ``word`` stands best as one piece; -1 if it does not stand there."""
    text = candidate.lower
    best = start = text.find(word)
    score = -1
    while start >= 0:
        if (here := _run(word, candidate, start)) > score:
            best, score = start, here
        start = text.find(word, start + 1)
    return best


def _strewn(word: str, candidate: Candidate) -> tuple[int, list[int]]:
    """The best score of the letters one after the other, and their places; no places if they don't fit."""
    places = _places(word, candidate.lower)
    if places is None:
        return 0, []
    bonus = candidate.bonus
    scores = [[LETTER + bonus[at] for at in places[0]]]
    origins: list[list[int]] = [[-1] * len(places[0])]
    for before, here in pairwise(places):
        row, origin = _advance(before, scores[-1], here, bonus)
        scores.append(row)
        origins.append(origin)
    end = max(range(len(scores[-1])), key=scores[-1].__getitem__)
    total = scores[-1][end]
    chosen = []
    for level in range(len(places) - 1, -1, -1):
        chosen.append(places[level][end])
        end = origins[level][end]
    chosen.reverse()
    return total, chosen


def _advance(
    before: list[int], scores: list[int], here: list[int], bonus: tuple[int, ...]
) -> tuple[list[int], list[int]]:
    """The best score of ending at each place in ``here``, and which place before it leads there."""
    row: list[int] = []
    origin: list[int] = []
    best, best_index, index = -1, -1, 0
    for at in here:
        while index < len(before) and before[index] < at:
            if scores[index] > best:
                best, best_index = scores[index], index
            index += 1
        score, source = best - JUMP, best_index
        if index and before[index - 1] == at - 1 and scores[index - 1] + NEXT_TO > score:
            score, source = scores[index - 1] + NEXT_TO, index - 1
        row.append(score + LETTER + bonus[at])
        origin.append(source)
    return row, origin


def _places(word: str, text: str) -> list[list[int]] | None:
    """Where each letter of ``word`` may stand; None if they do not occur in this order."""
    places: list[list[int]] = []
    start = 0
    for letter in word:
        at = text.find(letter, start)
        if at < 0:
            return None
        start = at + 1
        found: list[int] = []
        while at >= 0:
            found.append(at)
            at = text.find(letter, at + 1)
        places.append(found)
    return places


def _exact(word: str, candidate: Candidate) -> int:
    if word == candidate.lower:
        return 2 * EXACT
    return EXACT if candidate.lower[candidate.name_start :] == word else 0


def _bonuses(lower: str, name_start: int) -> list[int]:
    bonuses = []
    last = "/"
    for at, letter in enumerate(lower):
        bonus = 0
        if last in _SEPARATORS or (letter.isdigit() and last.isalpha()):
            bonus = WORD_START
        if at in (0, name_start):
            bonus += NAME_START
        bonuses.append(bonus)
        last = letter
    return bonuses
