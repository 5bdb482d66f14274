"""The Markdown parser, configured once: CommonMark, GitHub's extensions, footnotes and formulas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

DEEPEST = 100
"""Levels of lists, quotes and emphasis that are read."""


@cache
def markdown() -> MarkdownIt:
    """The one parser; building it imports markdown-it."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

    from tui.rendering import rules

    options = {
        "html": True,
        "tasklists": True,
        "alerts": True,
        "strikethrough_single_tilde": True,
        "maxNesting": DEEPEST,
    }
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    # Adjacent texts stay apart, each with its place in the source.
    parser.inline.ruler2.disable("fragments_join")
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(gfm_autolink_plugin)
    parser.use(rules.tables)
    parser.use(rules.maths)
    parser.use(rules.details)
    return parser
