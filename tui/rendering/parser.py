"""The Markdown parser, configured once: CommonMark, GitHub's extensions, footnotes and formulas.

Its own rules are for what is drawn in another way than by markdown-it: tables, footnotes, ``<details>``.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from tui.markdown.links import brackets
from tui.markdown.tables import alignments, healed

_OPEN = re.compile(r"<details(?:\s[^<>]*)?>\s*(?:<summary(?:\s[^<>]*)?>(.*?)</summary>\s*)?$", re.I | re.S)
_BEGUN = re.compile(r"<details(?:\s[^<>]*)?>\s*<summary(?:\s[^<>]*)?>(.*)$", re.I | re.S)
_CLOSE = re.compile(r"</details\s*>\s*$", re.I)
_SUMMARY_LINES = 4


@cache
def markdown() -> MarkdownIt:
    """The one parser."""
    from tui.markdown.parser import build

    parser = build(html=True, tasklists=True, alerts=True)
    # Adjacent texts stay apart, each with its place in the source; a newline is text like any other.
    parser.inline.ruler2.disable("fragments_join")
    parser.inline.ruler.disable("newline")
    parser.use(footnotes)
    parser.use(tables)
    parser.use(details)
    return parser


def details(parser: MarkdownIt) -> None:
    """Add ``details_open`` and ``details_close``, so that what is between them is Markdown."""
    parser.block.ruler.before(
        "html_block", "details", _details, {"alt": ["paragraph", "reference", "blockquote"]}
    )


def footnotes(parser: MarkdownIt) -> None:
    """Add footnotes, which stay where they are defined."""
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.inline.ruler.at("footnote_ref", _footnote_ref)


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """A label is looked for only where its bracket is closed."""
    closed = state.src.startswith("[^", state.pos) and brackets(state).label_end(state.pos) >= 0
    return closed and footnote_ref(state, silent)


def tables(parser: MarkdownIt) -> None:
    """Tables as one token, with the rows as they are in the source."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """markdown-it's rule for the head; but no token for each cell, of which there may be many thousands."""
    if not table(state, first, end, True) and not healed(state, first, end):
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
    token.info = ",".join(_alignment(mark) for mark in alignments(rows[0], rows[1]))
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
