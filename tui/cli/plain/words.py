"""Markdown as words, while it comes: what a screen reader should say, and nothing that it should not.

A reader says what is added at once, so half a word is said as half a word: out go whole sentences, and whole
lines of code. The marks of emphasis, headings and code are not said, as their users wish; where code begins
and ends is, and a table's cells are named by their column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from tui.faults import note
from tui.markdown import holds_fences
from tui.text import clean

if TYPE_CHECKING:
    from tui.markdown.fences import Inside

SHORTEST = 20
"""Characters that a sentence has at least: "1. " is none."""
LONGEST = 600
"""Characters after which a sentence that does not end is said in parts."""
LONGEST_READ = 10_000
"""Characters of a line whose marks are looked for."""

_SENTENCE = re.compile(r"""[.!?…]["'”’)\]*_`]*\s+|[。！？]["”’）」]*""")
_WHOLE = re.compile(r"\s*(?:[`~#|$\\]|[-*_=+>]+\s*$|\d+[.)]?\s*$)|\s*$")
"""The beginning of a line that is understood only as a whole."""
_FENCE = re.compile(r"(\s*)(`{3,}|~{3,})\s*([^\s`]*+)[^`]*$")
_RULE = re.compile(r"\s{0,3}(?:([-*_])(?:\s*\1){2,}|=+)\s*$")
_COLUMNS = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+$")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_CLOSING = re.compile(r"\s#+$")
_BEGIN = re.compile(r"(\s*)((?:>\s?)*)([-*+]\s+|\d+[.)]\s+)?")
_TASK = re.compile(r"\[([ xX])\]\s+")
_NOTE = re.compile(r"\[\^(\w{1,40})\]:\s*")
_REFERENCE = re.compile(r"(?<=\S)\[\^(\d{1,4})\]")
"""A footnote, right behind a word; letters, or one that stands alone, would more likely be an expression."""
_EDGES = re.compile(r"(?<!\w)_|_(?!\w)")
_FORMULA = re.compile(r"\s*(?:\$\$|\\\[|\\\])\s*$")


class Words:
    """Takes Markdown in pieces and gives back what can be said."""

    def __init__(self) -> None:
        self._held = ""
        self._ended = False
        self._begun = False
        """A part of the line is said already."""
        self._blank = True
        """Nothing is said yet, or a blank line was the last."""
        self._fence = ""
        self._inside: Inside | None = None
        """What stands in that fence, if it may have fences in it."""
        self._indent = 0
        self._formula = False
        self._quoted = False
        self._head: list[str] | None = None
        """The names of the columns, inside a table."""

    def add(self, text: str) -> str:
        """Take a piece. Returns what can be said now; may be empty."""
        return "".join(self._flow(line) for line in clean(text).splitlines(keepends=True))

    def so_far(self) -> str:
        """What is held, up to a whole word, where no more comes for a while."""
        return self._or_as_it_stands(self._whole_words)

    def _whole_words(self) -> str:
        end = self._held.rfind(" ") + 1
        return self._take(end) if end and self._may_be_parted() else ""

    def end(self) -> str:
        """All that is held: no more comes."""
        self._ended = True
        said = self._flow("")
        if not self._fence:
            return said
        return (f"{said}\n" if self._begun else said) + "end of code\n"

    # -- what can be said
    def _flow(self, text: str) -> str:
        self._held += text
        said = ""
        held = ""
        while held != self._held:
            held = self._held
            said += self._or_as_it_stands(self._next_part)
        return said

    def _next_part(self) -> str:
        end = self._end_of_part()
        return self._take(end) if end else ""

    def _or_as_it_stands(self, act: Callable[[], str]) -> str:
        """What ``act`` makes of what is held, or that itself if no words can be made of it."""
        held = self._held
        try:
            return act()
        except Exception as error:
            note(error)
            self._held, self._begun = "", not held.endswith("\n")
            return held

    def _end_of_part(self) -> int:
        """How much can be said now."""
        newline = self._held.find("\n")
        if newline >= 0:
            return self._end_of_head(newline + 1)
        if self._may_be_parted():
            for match in reversed([*_SENTENCE.finditer(self._held, SHORTEST, LONGEST)]):
                if _balanced(self._held[: match.end()]):
                    return match.end()
        if self._ended or len(self._held) > LONGEST:
            return (0 if self._ended else self._held.rfind(" ") + 1) or len(self._held)
        return 0

    def _end_of_head(self, end: int) -> int:
        """The end of a line; of a table's head that of both its lines, 0 if the second is not whole yet."""
        if self._fence or self._head is not None or "|" not in self._held[:end]:
            return end
        newline = self._held.find("\n", end)
        if newline < 0 and not self._ended:
            return 0
        end_of_both = newline + 1 or len(self._held)
        dashes = self._held[end:end_of_both]
        return end_of_both if _COLUMNS.match(dashes) and _begins_table(self._held[:end], dashes) else end

    def _may_be_parted(self) -> bool:
        """Whether a part of this line may be said before its end is known."""
        if self._fence or self._formula:
            return False
        return self._begun or not (_WHOLE.match(self._held) or "|" in self._held or self._head is not None)

    def _take(self, end: int) -> str:
        part, self._held = self._held[:end], self._held[end:]
        begun, self._begun = self._begun, not part.endswith("\n")
        text = part.rstrip("\n")
        if begun:
            said = text if self._fence else inline(text)
        else:
            said = self._line(text)
            blank, self._blank = self._blank, not said
            if blank and self._blank and not self._fence:
                return ""
        return said if self._begun else f"{said.rstrip()}\n"

    # -- lines
    def _line(self, line: str) -> str:
        """A line from its beginning; a mere mark is a blank line, of which only one is said."""
        if self._fence:
            return self._code(line)
        if "\n" in line:
            self._head = _cells(line.partition("\n")[0], 0)
            return f"table: {'; '.join(filter(None, self._head))}"
        if self._head is not None and "|" in line:
            return self._row(line, self._head)
        self._head = None
        return self._text(line)

    def _code(self, line: str) -> str:
        mark = line.strip()
        if self._inside.ends(mark) if self._inside else self._is_end(mark):
            self._fence, self._inside = "", None
            return "end of code"
        return line[self._indent :] if not line[: self._indent].strip() else line

    def _is_end(self, mark: str) -> bool:
        return len(mark) >= len(self._fence) and set(mark) == {self._fence[0]}

    def _text(self, line: str) -> str:
        if fence := _FENCE.match(line):
            self._indent, self._fence = len(fence[1]), fence[2]
            self._inside = _inside(fence[2]) if holds_fences(fence[3]) else None
            return f"code, {fence[3]}:" if fence[3] else "code:"
        if _FORMULA.match(line):
            self._formula = not self._formula
            return ""
        if _RULE.match(line) and not (self._blank and "=" in line):
            return ""
        if self._formula:
            return formula(line.strip())
        heading = _HEADING.match(line)
        return inline(_CLOSING.sub("", line[heading.end() :].rstrip())) if heading else self._prose(line)

    def _prose(self, line: str) -> str:
        begin = _BEGIN.match(line)
        assert begin
        space, quote, mark = begin[1], begin[2], begin[3] or ""
        quoted, self._quoted = self._quoted, bool(quote)
        says = "quote: " if quote and not quoted else ""
        mark = "- " if mark[:1] in ("-", "*") and mark else mark
        rest = line[begin.end() :]
        if mark and (task := _TASK.match(rest)):
            mark += "not done: " if task[1] == " " else "done: "
            rest = rest[task.end() :]
        elif note := _NOTE.match(rest):
            mark, rest = f"{mark}note {note[1]}: ", rest[note.end() :]
        return space + says + mark + inline(rest)

    @staticmethod
    def _row(line: str, head: list[str]) -> str:
        """The cells, each with the name of its column."""
        named = [
            f"{name}: {cell}" if name else cell
            for name, cell in zip_longest(head, _cells(line, len(head)), fillvalue="")
            if cell
        ]
        return "; ".join(named)


def _inside(fence: str) -> Inside:
    from tui.markdown.fences import Inside  # brings the Markdown parser

    return Inside(fence)


def _begins_table(head: str, dashes: str) -> bool:
    from tui.markdown.tables import is_one_off, split_row

    columns = len(split_row(dashes, 0))
    return ("|" in dashes and columns == len(split_row(head, 0))) or is_one_off(head, dashes)


def _cells(line: str, columns: int) -> list[str]:
    from tui.markdown.tables import split_row

    return [inline(cell.strip().replace("\\|", "|")) for cell in split_row(line, columns)]


def _balanced(text: str) -> bool:
    """Whether no mark is open at the end of ``text``, as far as that can be told quickly."""
    twice = text.count("**")
    marks = (text.count("`"), twice, text.count("*") - 2 * twice, len(_EDGES.findall(text)))
    return (
        not any(count % 2 for count in marks)
        and text.count("[") == text.count("]")
        and text.count("](") <= text.count(")")
    )


def inline(text: str) -> str:
    """A piece of a line without its marks; where a link goes is said behind it."""
    from tui.rendering.inline import parse_inline  # brings the Markdown parser

    if len(text) > LONGEST_READ:
        return text
    said = ""
    whole = f"{text}\n" if text.endswith("\\") else text  # which may stand for the break
    notes = {"footnotes": {"refs": {f":{label}": -1 for label in _REFERENCE.findall(text)}}}
    for target, spans in groupby(parse_inline(whole, notes), lambda span: span.target):
        words = "".join(span.text for span in spans if span.start >= 0)
        link = target.value if target else ""
        said += f"{words} ({link})" if link and not _names(words, link) else words
    return said.removesuffix("\n")


def formula(text: str) -> str:
    """A line of a formula, with signs for TeX's names."""
    from tui.rendering.maths import to_unicode

    return clean(to_unicode(text))


def _names(words: str, link: str) -> bool:
    """Whether a link's words are its address already."""
    return words in (link, link.partition("://")[2], link.removeprefix("mailto:"))
