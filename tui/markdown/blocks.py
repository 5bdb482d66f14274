"""Paragraphs and headings: lines keep their indent, and dashes under a sentence are a rule."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, heading, lheading, paragraph

_BLANK = re.compile(r"\n[ \t>]*\n")
_UNDERLINE = re.compile(r"[-=][ \t]*$", re.MULTILINE)
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
    start = state.bMarks[first]
    blank = _BLANK.search(state.src, start)
    if not _UNDERLINE.search(state.src, start, blank.end() if blank else len(state.src)):
        return False  # known before each line is looked at by every rule
    if not lheading(state, first, end, silent):
        return False
    text = state.tokens[count + 1].content
    if state.tokens[count].tag == "h2" and ("\n" in text or text[-1:] in _ENDS_SENTENCE):
        del state.tokens[count:]
        state.line = line
        return False
    return True
