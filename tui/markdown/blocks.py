"""Paragraphs and headings: lines keep their indent, and dashes under a sentence are a rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, heading, lheading, paragraph

_BLANK = re.compile(r"\n(?=[ \t>]*+\n)")
_UNDERLINE = re.compile(r"[-=][ \t]*+$", re.MULTILINE)
_ENDS_SENTENCE = ".!?:;,…。！？：；，、"


def install(parser: MarkdownIt) -> None:
    """Take the place of markdown-it's rules."""
    ruler = parser.block.ruler
    ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    ruler.at("lheading", _lheading)
    ruler.at("paragraph", _paragraph)


def _paragraph(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Lines that are further in than the first one stay so."""
    indent = max(state.sCount[first], state.blkIndent)
    paragraph(state, first, end, silent)
    state.tokens[-2].content = state.getLines(first, state.line, indent, False).strip()
    return True


def _heading(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A heading has words."""
    text = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    return bool(text.strip("# \t")) and heading(state, first, end, silent)


def _lheading(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    count, line = len(state.tokens), state.line
    if not _may_be_underlined(state.src, state.bMarks[first]):
        return False  # known before each line is looked at by every rule
    if not lheading(state, first, end, silent):
        return False
    text = state.tokens[count + 1].content
    if state.tokens[count].tag == "h2" and ("\n" in text or text[-1:] in _ENDS_SENTENCE):
        del state.tokens[count:]
        state.line = line
        return False
    return True


def _may_be_underlined(source: str, start: int) -> bool:
    """Whether a line ends with a dash or an equals sign before the next blank one."""
    underlines, blanks = _ends(source)
    underline, blank = bisect_left(underlines, start), bisect_left(blanks, start)
    if underline == len(underlines):
        return False
    return blank == len(blanks) or underlines[underline] < blanks[blank]


@lru_cache(maxsize=1)
def _ends(source: str) -> tuple[list[int], list[int]]:
    """Where lines end with a dash or an equals sign, and where blank ones follow.

    Found once for a source: each of thousands of items would look through all that comes after it.
    """
    underlines = [found.start() for found in _UNDERLINE.finditer(source)]
    return underlines, [found.start() for found in _BLANK.finditer(source)]
