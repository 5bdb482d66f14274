"""The Markdown parser, configured once: CommonMark, GitHub's extensions, footnotes and formulas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@cache
def markdown() -> MarkdownIt:
    """The one parser; building it imports markdown-it."""
    from tui.markdown.parser import build
    from tui.rendering import rules

    parser = build(html=True, tasklists=True, alerts=True)
    # Adjacent texts stay apart, each with its place in the source; a newline is text like any other.
    parser.inline.ruler2.disable("fragments_join")
    parser.inline.ruler.disable("newline")
    parser.use(rules.footnotes)
    parser.use(rules.tables)
    parser.use(rules.details)
    return parser
