"""What extreme replies cost at once: to open them at their end, to wrap them anew, to take what comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from tests.benchmarks import table
from tests.benchmarks.replies import reply
from tui.rendering.document import Document
from tui.rendering.palette import DARK

_WORDS = "Some *words* of `a` reply. "
_SCREEN = 40
_PIECE = 200
"""Characters that come with one frame at 1000 tokens a second."""


def _columns(count: int, rows: int) -> str:
    row = "| " + " | ".join(f"v{number}" for number in range(count)) + " |\n"
    return row + "|---" * count + "|\n" + row * rows


EXTREMES: dict[str, str] = {
    "2 MB of everything": reply("mixed", 500_000),
    "2 MB of paragraphs": (_WORDS * 8 + "\n\n") * 9_000,
    "a line of 1 MB": "word " * 200_000,
    "a marked line of 1 MB": "word **w** " * 90_000,
    "a word of 1 MB": "x" * 1_000_000,
    "a table of 5,000 rows": "| a | b |\n|---|--:|\n" + "| words and *more* | 12.5 |\n" * 5_000,
    "a table of 500 columns": _columns(500, 20),
    "a fence of 100 kB": "```python\n" + "def f(x):\n    return 'text', x + 1  # c\n" * 2_400 + "```",
    "lists 300 deep": "\n".join("  " * depth + "- x" for depth in range(300)),
    "quotes 3,000 deep": ">" * 3_000 + " x",
    "100 kB of brackets": "[" * 100_000,
}


def run(rounds: int) -> None:
    """Print the milliseconds of the processor for each."""
    _opened(reply("mixed", 1000))  # lexers and rules are loaded once
    for title, act in (("opened", _opened), ("at another width", _resized), ("one more frame of it", _fed)):
        table.heading(f"extremes, {title}: CPU ms", "", title.split()[0], "ms")
        for kind, text in EXTREMES.items():
            cost = median(act(text) for _ in range(rounds)) * 1000
            table.limit(kind, 0, cost, 300, "ms")


def _opened(text: str) -> float:
    return _cost(lambda: _drawn(Document(text, 88, DARK)))


def _resized(text: str) -> float:
    document = Document(text, 88, DARK)
    _drawn(document)

    def resize() -> None:
        document.resize(60, DARK)
        _drawn(document)

    return _cost(resize)


def _fed(text: str) -> float:
    document = Document("", 88, DARK, live=True)
    document.feed(text[:-_PIECE])
    _drawn(document)

    def feed() -> None:
        document.feed(text[-_PIECE:])
        _drawn(document)

    return _cost(feed)


def _drawn(document: Document) -> None:
    for row in range(max(0, document.height - _SCREEN), document.height):
        document.line(row)


def _cost(act: Callable[[], None]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun
