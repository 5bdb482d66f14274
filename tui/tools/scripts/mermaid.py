"""A diagram in Mermaid on standard input to its drawings in text, each narrower, as JSON on standard output.

Arguments: bytes of memory.
"""

from __future__ import annotations

import html
import json
import re
import sys
from contextlib import suppress
from typing import Any

LONGEST = 60_000
"""Characters of the drawings together."""
SECONDS = 2
"""Of the processor; what is tangled takes hours."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_NUMBERED = re.compile(r"#(\d{1,7});")
_NAMED = re.compile(r"#([a-z]{2,8});")
_ACROSS = re.compile(r"^(\s*(?:graph|flowchart)\s+)(?:LR|RL)\b", re.MULTILINE)
_GRAPH = re.compile(r"\s*(?:---.*?\n---\s*\n)?\s*(?:%%[^\n]*\s+)*(?:graph|flowchart)\b", re.DOTALL)
TIGHT: dict[str, Any] = {"padding_x": 1, "padding_y": 0}
NARROW: dict[str, Any] = {**TIGHT, "max_label_width": 12}


def limit(memory: int) -> None:
    """Let this process take no more, where the system can say so."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):  # macOS knows the limit of memory, and takes none
            resource.setrlimit(kind, (most, most))


def plain(source: str) -> str:
    """The source without what stands for other characters."""
    source = _BREAK.sub(" ", source)
    source = _NAMED.sub(r"&\1;", _NUMBERED.sub(r"&#\1;", source))  # as Mermaid writes them
    return html.unescape(source)


def is_drawn(source: str) -> bool:
    """Whether there is anything to draw: a graph has two boxes, and something that joins them."""
    if not _GRAPH.match(source):
        return True
    import termaid

    graph = termaid.parse(source)
    return len(graph.nodes) > 1 and bool(graph.edges)


def drawings(source: str) -> list[str]:
    """The drawings, from the widest on."""
    import termaid

    found: list[str] = []
    for text in dict.fromkeys((source, _ACROSS.sub(r"\1TD", source))):
        for options in ({}, TIGHT, NARROW):
            drawn = termaid.render(text, **options)
            if drawn.strip() and drawn not in found:
                found.append(drawn)
    return found


def main() -> None:
    """Run as a script."""
    limit(int(sys.argv[1]))
    source = plain(sys.stdin.buffer.read().decode("utf-8", "replace"))
    found = drawings(source) if is_drawn(source) else []
    while sum(map(len, found)) > LONGEST:
        found.pop()
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main()
