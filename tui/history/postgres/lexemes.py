"""What the index knows a message by, and what a query asks of it.

The client says which words a text has, with the folding that every history has: ``said``. The index's own
function (in the migration) makes lexemes of them:

    word            of at most 64 signs
    <t <th <the     what words begin with, for one that is still being typed
    =学习           two signs that stand one after the other, of a script without spaces
    ~hhhh           a word and the beginning of the next: 16 bits of their hash
    #12             the conversation
    @833            about a month of ids
    !               a text of so many words that it has none of these: it may have any

They only leave out most of what has no hit; ``said`` itself decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui.history.query import TOKEN, Term, is_solid, spaced
from tui.text import normalise, without_accents

_LONGEST = 64
_INDEXED = 3  # letters: so much of each word's beginning has a lexeme of its own


def words_of(text: str) -> list[str]:
    """The words of a text as search sees them."""
    return TOKEN.findall(without_accents(spaced(text) or text))


def said(text: str) -> str:
    """The words of a text as search keeps them: a space round each."""
    return f" {' '.join(words_of(normalise(text)))} "


def pattern(term: Term) -> str:
    """What ``said`` has where the term stands in the text, for LIKE: no word has a sign of its language."""
    return f"% {' '.join(words_of(term.text))}{'%' if term.prefix else ' %'}"


def asked(terms: Sequence[Term]) -> str:
    """What the index is asked for the terms, as a query of texts."""
    wanted = dict.fromkeys(lexeme for term in terms for lexeme in _lexemes(term))
    return f"({' & '.join(wanted)} | '!')"


def bucket(message_id: int) -> int:
    """Which month a message is of."""
    return message_id >> 31


def _lexemes(term: Term) -> Iterator[str]:
    words = words_of(term.text)
    for place, word in enumerate(words):
        open_end = term.prefix and place == len(words) - 1
        if not open_end or is_solid(word):
            yield _quoted(word[:_LONGEST])
        elif len(word) <= _INDEXED:
            yield _quoted(f"<{word}")
        else:
            yield f"{_quoted(word[:_LONGEST])}:*"
    for place, (word, following) in enumerate(pairwise(words)):
        open_end = term.prefix and place == len(words) - 2 and not is_solid(following)
        if len(word) == len(following) == 1 and not open_end:
            yield _quoted(f"={word}{following}")
        elif not open_end or len(following) >= _INDEXED:
            yield _quoted(f"~{_hash(f'{word} {following[:_INDEXED]}')}")


def _hash(words: str) -> str:
    return hashlib.sha224(words.encode()).hexdigest()[:4]


def _quoted(lexeme: str) -> str:
    return f"'{lexeme}'"
