"""What search shows of what it found: snippets, and messages among titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from tui.chat.conversation import SearchHit
from tui.history.rows import to_stamp
from tui.text import clean, fold

_BEFORE, _LENGTH = 40, 160  # characters of a snippet, and how many of them stand before the hit
_SPACE = re.compile(r"\s")


def oldest_title(messages: Sequence[SearchHit], wanted: int) -> int | None:
    """The time before which no title is wanted any more, beside these messages; None if all may be."""
    return -_ages(messages)[-1] if len(messages) == wanted else None


def merged(messages: Sequence[SearchHit], titles: Sequence[SearchHit]) -> list[SearchHit]:
    """Messages and titles, newest first. Where a message matches, its title is not a hit of its own."""
    seen = {hit.conversation_id for hit in messages}
    others = [hit for hit in titles if hit.conversation_id not in seen]
    ages = [*_ages(messages), *(-to_stamp(hit.updated_at) for hit in others)]
    found = sorted(zip(ages, [*messages, *others], strict=True), key=lambda pair: pair[0])
    return [hit for _, hit in found]


def _ages(messages: Sequence[SearchHit]) -> list[int]:
    """Where messages stand among titles: by their times, but not before one that search has before it.

    So what stands on one page does not move when the next is asked for.
    """
    return list(accumulate((-to_stamp(hit.updated_at) for hit in messages), max))


def excerpt(text: str, marker: re.Pattern[str] | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """One line of ``text`` round its first hit, safe to show, and where the hits stand in it."""
    folded = fold(text)
    first = marker.search(folded) if marker else None
    start = _word_start(text, max(0, first.start() - _BEFORE)) if first else 0
    end = min(len(text), start + _LENGTH)
    pieces, marks, length = ["…"] if start else [], [], 1 if start else 0
    at = start
    for hit in marker.finditer(folded, start, end) if first and marker else ():
        before, inside = _shown(text[at : hit.start()]), _shown(text[hit.start() : hit.end()])
        marks.append((length + len(before), length + len(before) + len(inside)))
        pieces += [before, inside]
        length += len(before) + len(inside)
        at = hit.end()
    pieces += [_shown(text[at:end]), "…" if end < len(text) else ""]
    return "".join(pieces), tuple(marks)


def _word_start(text: str, place: int) -> int:
    space = _SPACE.search(text, place, place + 20) if place else None
    return space.end() if space else place


def _shown(text: str) -> str:
    return _SPACE.sub(" ", clean(text))
