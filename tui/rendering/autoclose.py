"""What is still open at the end of a text that grows, closed: words are bold before their last stars come.

Otherwise stars would appear, and disappear with a jump of all that follows.
"""

from __future__ import annotations

import re
from collections import Counter

LONGEST = 400
"""Characters after which an emphasis that was never closed is taken for stars."""

_TOKEN = re.compile(r"\\.|`+|\*{1,3}|_{1,3}|~~", re.DOTALL)
_LINK = re.compile(r"\[[^\[\]\n]*\]\(([^()\s]*)$")
_ADDRESS = re.compile(r"[./#?]|^(?:https?|mailto):")
_SCHEMES = ("https:", "mailto:")
_HEAD = re.compile(r"\|.*[^|\s]")
_DASHES = re.compile(r"[ \t|:-]*")
_HALF = "*_`~"


def autoclosed(text: str) -> str:
    """``text`` with what is open at its end closed; half a mark at its very end is left out."""
    kept = text.rstrip(_HALF)
    if kept.endswith("\\"):
        return text
    kept = kept.rstrip()
    link = _LINK.search(kept)
    return kept + (_rest_of_address(link[1]) + ")" if link else "") + "".join(reversed(_open_marks(kept)))


def _rest_of_address(begun: str) -> str:
    """What makes an address of what may become one."""
    if _ADDRESS.search(begun):
        return ""
    return next((whole[len(begun) :] for whole in _SCHEMES if whole.startswith(begun)), "/")


def table_head(text: str) -> str | None:
    """A paragraph that begins as a table does, with the row of dashes that makes it one."""
    head, _, rest = text.partition("\n")
    if not _HEAD.match(head) or not _DASHES.fullmatch(rest):
        return None
    row = head.strip().strip("|")
    return f"|{row}|\n|{'-|' * (row.count('|') + 1)}"


def _open_marks(text: str) -> list[str]:
    """The marks that are open at the end, from the outermost."""
    marks: list[tuple[int, str]] = []
    counts: Counter[str] = Counter()
    position = 0
    while match := _TOKEN.search(text, position):
        position, mark = match.end(), match[0]
        if mark[0] == "\\":
            continue
        if mark[0] == "`":
            end = re.compile(rf"(?<!`){mark}(?!`)").search(text, position)
            if end is None:
                marks.append((match.start(), mark))
                break
            position = end.end()
            continue
        before, after = text[max(match.start() - 1, 0) : match.start()], text[position : position + 1]
        if before.strip() and counts[mark]:
            while (popped := marks.pop()[1]) != mark:
                counts[popped] -= 1
            counts[mark] -= 1
        elif after.strip() and (mark[0] != "_" or not before.isalnum()):
            marks.append((match.start(), mark))
            counts[mark] += 1
    return [mark for start, mark in marks if start >= len(text) - LONGEST]
