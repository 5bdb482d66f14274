"""Rules that markdown-it lacks: formulas between dollars or TeX brackets, and ``<details>``."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline

# Pandoc's rule, which leaves prices alone: "$5 and $6" is not a formula.
_SINGLE = re.compile(r"\$(?![\s$])((?:\\.|[^\\$]){1,1000}?)(?<![\s\\])\$(?![\d$])", re.DOTALL)
_DOUBLE = re.compile(r"\$\$(?!\$)((?:\\.|[^\\$]|\$(?!\$)){1,4000}?)\$\$(?!\$)", re.DOTALL)
_CLOSING = {"\\(": "\\)", "\\[": "\\]"}
_LONGEST = 2000
_OPEN = re.compile(r"<details(?:\s[^<>]*)?>\s*(?:<summary(?:\s[^<>]*)?>(.*?)</summary>\s*)?$", re.I | re.S)
_BEGUN = re.compile(r"<details(?:\s[^<>]*)?>\s*<summary(?:\s[^<>]*)?>(.*)$", re.I | re.S)
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
    """Tables as one token, with the rows as they are in the source."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """markdown-it's rule for the head; but no token for each cell, of which there may be many thousands."""
    if not table(state, first, end, True):
        return False
    if silent:
        return True
    parent, state.parentType = state.parentType, "table"
    line = first + 2
    while line < end and _is_row(state, line, end):
        line += 1
    state.parentType = parent
    rows = [state.src[state.bMarks[i] + state.tShift[i] : state.eMarks[i]] for i in range(first, line)]
    token = state.push("table", "table", 0)
    token.content = "\n".join(rows)
    token.info = ",".join(_alignment(cell.strip()) for cell in rows[1].strip().strip("|").split("|"))
    token.map = [first, line]
    state.line = line
    return True


def _is_row(state: StateBlock, line: int, end: int) -> bool:
    if state.isEmpty(line) or state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return False
    return not any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("blockquote"))


def _alignment(mark: str) -> str:
    if mark.endswith(":"):
        return "center" if mark.startswith(":") else "right"
    return "left" if mark.startswith(":") else ""


def _math_inline(state: StateInline, silent: bool) -> bool:
    start, limit = state.pos, state.posMax
    match state.src[start : start + 2]:
        case "\\(" | "\\[" as opening:
            end = state.src.find(_CLOSING[opening], start + 2, min(limit, start + _LONGEST))
            inside = (start + 2, end)
        case text if text[:1] == "$" and not (start and state.src[start - 1].isalnum()):
            found = (_DOUBLE if text == "$$" else _SINGLE).match(state.src, start, limit)
            inside = found.span(1) if found else (0, -1)
            end = found.end(1) if found else -1
        case _:
            return False
    content = state.src[inside[0] : inside[1]]
    if end < 0 or not content.strip():
        return False
    length = end + inside[0] - 2 * start
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = content
        token.markup = state.src[start : start + length]
    state.pos = start + length
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
        if last == state.lineMax and (match := _BEGUN.match(text)):
            return match, last  # the rest of it is still to come
    return None
