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
_ENTITY = re.compile(r"[#&](#?[xX]?[0-9A-Za-z]{1,8};)")
"""Also as Mermaid writes them, where a number and a name follow the same mark."""
_MARKS = "<>\"'[](){}|;&#%:-"
_ASIDE = {ord(mark): chr(0xE000 + ord(mark)) for mark in _MARKS}
_BACK = {0xE000 + ord(mark): mark for mark in _MARKS}
_ACROSS = re.compile(r"^([ \t]*(?:graph|flowchart)[ \t]+)(?:LR|RL)\b", re.MULTILINE)
_GRAPHS = ("graph", "flowchart")
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
    """The source without what stands for other characters; those that would mean something stand aside."""
    return _ENTITY.sub(_character, _BREAK.sub(" ", source))


def _character(match: re.Match[str]) -> str:
    name = match[1]
    written = f"&{'#' if name[0].isdigit() else ''}{name}"
    found = html.unescape(written)
    return match[0] if found == written else found.translate(_ASIDE)


def is_drawn(source: str) -> bool:
    """Whether there is anything to draw: a graph has two boxes, and something that joins them."""
    if _kind(source) not in _GRAPHS:
        return True
    import termaid

    graph = termaid.parse(source)
    return len(graph.nodes) > 1 and bool(graph.edges)


def _kind(source: str) -> str:
    """The word that a diagram begins with, behind front matter and comments."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    if "---" in lines[:1] and "---" in lines[1:]:
        lines = lines[lines.index("---", 1) + 1 :]
    first = next((line for line in lines if not line.startswith("%%")), "")
    return first.partition(" ")[0]


def drawings(source: str) -> list[str]:
    """The drawings, from the widest on."""
    import termaid

    found: list[str] = []
    for text in dict.fromkeys((source, _ACROSS.sub(r"\1TD", source))):
        for options in ({}, TIGHT, NARROW):
            drawn = termaid.render(text, **options).translate(_BACK)
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
