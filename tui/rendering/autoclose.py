"""What is still open at the end of a text that grows, closed: words are bold before their last stars come.

Otherwise stars would appear, and disappear with a jump of all that follows.
"""

from __future__ import annotations

import re

LONGEST = 400
"""Characters after which an emphasis that was never closed is taken for stars."""

_TOKEN = re.compile(r"\\.|`+|\*{1,3}|_{1,3}|~~", re.DOTALL)
_LINK = re.compile(r"\[[^\[\]\n]*\]\([^()\s]*$")
_HEAD = re.compile(r"\|.*[^|\s]")
_DASHES = re.compile(r"[ \t|:-]*")
_HALF = "*_`~"


def hopeful(text: str) -> str:
    """``text`` with what is open at its end closed; half a mark at its very end is left out."""
    kept = text.rstrip(_HALF)
    if kept.endswith("\\"):
        return text
    end = kept.rstrip()
    marks = _open_marks(end)
    closed = end + (")" if _LINK.search(end) else "") + "".join(reversed(marks)) + kept[len(end) :]
    return closed if marks or closed != text else text


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
        before, after = text[: match.start()][-1:], text[position : position + 1]
        closes = bool(before.strip()) and any(mark == other for _, other in marks)
        if closes:
            while marks.pop()[1] != mark:
                pass
        elif after.strip() and (mark[0] != "_" or not before.isalnum()):
            marks.append((match.start(), mark))
    return [mark for start, mark in marks if start >= len(text) - LONGEST]
