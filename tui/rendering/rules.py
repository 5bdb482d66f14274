"""Rules that markdown-it lacks: formulas between dollars or TeX brackets, and ``<details>``."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline

# Pandoc's rule, which leaves prices alone: "$5 and $6" is not a formula.
_DOLLARS = re.compile(r"\$(?![\s$])((?:\\.|[^\\$]){0,2000}?)(?<![\s\\])\$(?![\d$])", re.DOTALL)
_DOUBLE = re.compile(r"\$\$(?!\$)((?:\\.|[^\\$]|\$(?!\$)){1,4000}?)\$\$(?!\$)", re.DOTALL)
_ROUND = re.compile(r"\\\((.{1,2000}?)\\\)", re.DOTALL)
_SQUARE = re.compile(r"\\\[(.{1,4000}?)\\\]", re.DOTALL)
_OPEN = re.compile(r"<details(?:\s[^<>]*)?>\s*(?:<summary(?:\s[^<>]*)?>(.*?)</summary>\s*)?$", re.I | re.S)
_CLOSE = re.compile(r"</details\s*>\s*$", re.I)
_SUMMARY_LINES = 4


def maths(parser: MarkdownIt) -> None:
    """Add ``math_inline`` and ``math_block``."""
    parser.inline.ruler.before("escape", "math_inline", _math_inline)
    parser.block.ruler.before(
        "fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def details(parser: MarkdownIt) -> None:
    """Add ``details_open`` and ``details_close``, so that what is between them is Markdown."""
    parser.block.ruler.before(
        "html_block", "details", _details, {"alt": ["paragraph", "reference", "blockquote"]}
    )


def tables(parser: MarkdownIt) -> None:
    """Keep a table's rows as they are in the source, without what stands around them."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    count = len(state.tokens)
    if not table(state, first, end, silent):
        return False
    if not silent:
        lines = range(first, state.line)
        rows = (state.src[state.bMarks[i] + state.tShift[i] : state.eMarks[i]] for i in lines)
        state.tokens[count].content = "\n".join(rows)
    return True


def _math_inline(state: StateInline, silent: bool) -> bool:
    char = state.src[state.pos]
    if char == "$":
        if state.pos and state.src[state.pos - 1].isalnum():
            return False
        match = _DOUBLE.match(state.src, state.pos, state.posMax) or _DOLLARS.match(
            state.src, state.pos, state.posMax
        )
    elif char == "\\":
        match = _ROUND.match(state.src, state.pos, state.posMax) or _SQUARE.match(
            state.src, state.pos, state.posMax
        )
    else:
        return False
    if not match or not match[1].strip():
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = match[1]
        token.markup = match[0]
    state.pos = match.end()
    return True


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    opening = state.src[start : start + 2]
    if opening not in ("$$", "\\["):
        return False
    closing = "$$" if opening == "$$" else "\\]"
    rest = state.src[start + 2 : state.eMarks[first]]
    _, found, after = rest.partition(closing)
    over = bool(found)
    if over and after.strip():
        return False  # a formula in the middle of a sentence
    if silent:
        return True
    line = first
    while not over and line + 1 < end:
        line += 1
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            line -= 1
            break
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if not text.strip():
            line -= 1
            break
        over = text.rstrip().endswith(closing)
    token = state.push("math_block", "math", 0)
    token.content = state.getLines(first, line + 1, state.blkIndent, True)
    token.markup = opening
    token.map = [first, line + 1]
    token.block = True
    state.line = line + 1
    return True


def _details(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    start = state.bMarks[first] + state.tShift[first]
    if state.src[start : start + 1] != "<" or state.is_code_block(first):
        return False
    text = state.src[start : state.eMarks[first]]
    if _CLOSE.match(text):
        if not silent:
            state.push("details_close", "details", 0).map = [first, first + 1]
            state.line = first + 1
        return True
    if text[:8].lower() != "<details":
        return False
    match, last = _OPEN.match(text), first + 1
    if match and match[1] is None:
        match, last = _with_summary(state, first, end) or (match, last)
    if not match:
        return False
    if not silent:
        token = state.push("details_open", "details", 0)
        token.content = " ".join((match[1] or "").split())
        token.map = [first, last]
        state.line = last
    return True


def _with_summary(state: StateBlock, first: int, end: int) -> tuple[re.Match[str], int] | None:
    """A summary on the lines after the opening tag."""
    for last in range(first + 2, min(first + _SUMMARY_LINES, end) + 1):
        text = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[last - 1]]
        match = _OPEN.match(text)
        if match and match[1] is not None:
            return match, last
    return None
