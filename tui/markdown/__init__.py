"""What is a mark of Markdown in a chat, and what is a character that somebody typed.

A leaf: it knows nothing of ours. ``rendering``, ``chat.page`` and ``cli.plain`` know it. Read ``parser``
first.

The rules::

    parser                  markdown-it with our rules
    blocks                  paragraphs and headings
    fences                  fences in fences
    tables                  rows of tables
    marks                   stars, underscores, tildes, backslashes
    links                   links in brackets
    addresses               addresses without any mark
    formulas                mathematics between dollars
    closing                 a text after which something else can stand
"""

DEEPEST = 100
"""Levels of lists, quotes and emphasis that are read."""
GROWING = "growing"
"""In the parser's environment: more text comes, so what is open may still be ended."""


def holds_fences(info: str) -> bool:
    """Whether a fence with this info is a text in Markdown, which may have fences in it."""
    return info.strip().lower().partition(" ")[0] in ("markdown", "md")
