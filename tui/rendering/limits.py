"""What is read as Markdown, and what is only wrapped because reading it would freeze the screen.

The costs are in characters of marked-up prose, of which about 300,000 take a second.
"""

from __future__ import annotations

import re

from tui.rendering.flat_blocks import Leaf

WHOLE = 400_000
"""Characters of the longest reply in which blocks are looked for when it is opened."""
BLOCKS = 4_000
"""Blocks that are looked for at once; what comes after them is shown unread."""
LEAVES = 2_000
"""Blocks of the longest reply that is parsed whole at the end of its stream."""
BUDGET = 100_000
"""What a document that is opened may cost; later blocks are shown unread."""
LONGEST = 50_000
"""Characters of the longest paragraph that is read."""
MARKS = 4_000
"""Characters that may mean something, in one paragraph: what each one means depends on the others."""
COLUMNS = 500
"""Columns of the widest table that is laid out."""

CHECKED = 2_000
"""Characters by which a leaf may grow until it is looked at again."""

_MARK = re.compile(r"[\\`*_~\[\]<&$]")


def cost(leaf: Leaf) -> int:
    """What it takes to read a leaf."""
    length = len(leaf.content)
    match leaf.kind:
        case "paragraph" | "heading" | "math" | "definition":
            return length if _MARK.search(leaf.content) else length // 20
        case "table":
            return length // 2
        case _:
            return length // 100


def too_long(leaf: Leaf) -> bool:
    """Whether a leaf must not be read even alone."""
    if leaf.kind == "table":
        return cost(leaf) > BUDGET or leaf.info.count(",") >= COLUMNS
    if len(leaf.content) < MARKS or leaf.kind not in ("paragraph", "heading", "math"):
        return False
    return len(leaf.content) > LONGEST or sum(map(leaf.content.count, "\\`*_~[<&$")) > MARKS
