"""What is read as Markdown, and what is only wrapped because reading it would freeze the screen.

The costs are in characters of marked-up prose, of which about 300,000 take a second.
"""

from __future__ import annotations

import re

from tui.rendering.flat_blocks import Block

WHOLE = 400_000
"""Characters of the longest reply in which blocks are looked for when it is opened."""
BLOCKS = 4_000
"""Blocks that are looked for at once; what comes after them is shown unread."""
MOST_REREAD = 2_000
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
"""Characters by which a block may grow until it is looked at again."""

_MARK = re.compile(r"[\\`*_~\[\]<&$]")


def cost(block: Block) -> int:
    """What it takes to read a block."""
    length = len(block.content)
    match block.kind:
        case "paragraph" | "heading" | "math" | "definition":
            return length if _MARK.search(block.content) else length // 20
        case "table":
            return length // 2
        case _:
            return length // 100


def too_long(block: Block) -> bool:
    """Whether a block must not be read even alone."""
    if block.kind == "table":
        return cost(block) > BUDGET or block.info.count(",") >= COLUMNS
    if len(block.content) < MARKS or block.kind not in ("paragraph", "heading", "math"):
        return False
    return len(block.content) > LONGEST or sum(map(block.content.count, "\\`*_~[<&$")) > MARKS
