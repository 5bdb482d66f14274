"""Fences in fences: a text in Markdown that is shown as code, with blocks of code in it.

CommonMark ends the outer one at the first end of an inner one, unless it was opened with more marks, which
models forget. Where the names of the inner ones tell which mark ends what, that is followed.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence

from tui.markdown import GROWING, holds_fences

_MARK = re.compile(r"(`{3,}|~{3,})[ \t]*([^`\n]*)$")


def install(parser: MarkdownIt) -> None:
    """Take the place of markdown-it's rule."""
    alternatives = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.at("fence", _fence, {"alt": alternatives})


def _fence(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if not fence(state, first, end, silent):
        return False
    if silent or not holds_fences(state.tokens[-1].info):
        return True
    token = state.tokens[-1]
    nested, last = _end(state, first, end, token.markup)
    if nested and (last < end or state.env.get(GROWING)):
        token.content = state.getLines(first + 1, last, state.sCount[first], True)
        state.line = min(last + 1, end)
        token.map = [first, state.line]
    return True


def _end(state: StateBlock, first: int, end: int, markup: str) -> tuple[bool, int]:
    """Whether there are named fences inside, and the line of the mark that ends the outer one, or ``end``."""
    inside = Inside(markup)
    for line in range(first + 1, end):
        start = state.bMarks[line] + state.tShift[line]
        if start < state.eMarks[line] and state.sCount[line] < state.blkIndent:
            break  # the list around it is over
        if inside.ends(state.src[start : state.eMarks[line]]):
            return inside.named, line
    return inside.named, end


class Inside:
    """What stands in a text of Markdown that is shown as code, line by line.

    Args:
        markup: The mark that began it.
    """

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._open = 0
        self.named = False
        """There are named fences."""

    def ends(self, line: str) -> bool:
        """Whether the next line, without its indent, ends the text."""
        mark = _MARK.match(line)
        if mark is None or mark[1][0] != self._markup[0] or len(mark[1]) < len(self._markup):
            return False
        if mark[2].strip():
            self._open, self.named = self._open + 1, True
            return False
        self._open -= 1
        return self._open < 0
