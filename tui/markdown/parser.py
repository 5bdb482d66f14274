"""markdown-it with our rules: no character is taken for a mark that was not meant as one."""

from __future__ import annotations

import re
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers

from tui.markdown import DEEPEST, addresses, blocks, fences, formulas, links, marks, tables

# Where a rule may begin. Between these all is text.
_BEGINNINGS = re.compile(r"[\\`*_~\[\]<&$@\n]|!(?=\[)|:(?=//)|(?<=mailto):|(?<![a-z0-9])www\.", re.IGNORECASE)


def build(**options: bool) -> MarkdownIt:
    """A parser of CommonMark, tables, struck words, formulas and bare addresses."""
    settings = {"maxNesting": DEEPEST, "inline_definitions": True, "store_labels": True, **options}
    parser = MarkdownIt("commonmark", settings).enable(["table", "strikethrough"])
    parser.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=links.label_end,
        parseLinkDestination=links.destination,
        parseLinkTitle=helpers.parseLinkTitle,
    )
    parser.inline.terminator_re = _BEGINNINGS
    for room in (marks, formulas, links, addresses, blocks, fences, tables):
        room.install(parser)
    return parser
