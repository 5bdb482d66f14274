"""How much a streamed reply costs: Segue's transcript against the least Textual chat with Markdown."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.benchmarks import table
from tests.benchmarks.replies import KINDS, TOKEN, reply
from tests.benchmarks.terminal import figures
from tui.rendering.document import Document
from tui.rendering.palette import DARK

FLOOR, OURS = "tests.benchmarks.floor_markdown", "tests.benchmarks.subject_transcript"


def streamed(rounds: int) -> None:
    """Print what a reply costs that comes as people see it come."""
    table.heading("1000 tokens at 100 a second: CPU s", "Markdown", "segue", "ratio")
    for kind in ("paragraphs", "code", "tables"):
        _compare(kind, 1000, 100, 0.25, rounds)


def at_once(rounds: int) -> None:
    """Print what a reply costs that comes in one go."""
    table.heading("2000 tokens at once: CPU s", "Markdown", "segue", "ratio")
    for kind in ("paragraphs", "code", "tables", "mixed"):
        _compare(kind, 2000, 0, 0.3, rounds)


def growth(rounds: int) -> None:
    """Print what four times the length costs, for each kind: the least of all rounds, so short are they."""
    table.heading("growth, lines alone: CPU s", "2000", "8000", "ratio")
    for kind in KINDS:
        _drawn(kind, 500)  # lexers and rules are loaded once
        costs = [(_drawn(kind, 2000), _drawn(kind, 8000)) for _ in range(rounds)]
        table.ratio(kind, *map(min, zip(*costs, strict=True)), 4.5)


def _compare(kind: str, tokens: int, rate: int, budget: float, rounds: int) -> None:
    """Print the medians of both programs and their ratio."""
    costs: dict[str, list[float]] = {FLOOR: [], OURS: []}
    for _ in range(rounds):
        for program, found in costs.items():
            with tempfile.TemporaryDirectory() as home:
                found.append(figures(program, kind, tokens, rate, home=Path(home))["cpu"])
    table.ratio(kind, median(costs[FLOOR]), median(costs[OURS]), budget)


def _drawn(kind: str, tokens: int) -> float:
    """CPU seconds of the lines alone, 30 times a second at 100 tokens a second."""
    text = reply(kind, tokens)
    step = round(100 / 30 * TOKEN)
    begun = time.process_time()
    document = Document("", 88, DARK, live=True)
    for start in range(0, len(text), step):
        changed = document.feed(text[start : start + step])
        for line in range(max(changed, document.height - 30), document.height):
            document.line(line)
    document.close()
    for line in range(max(document.height - 30, 0), document.height):
        document.line(line)
    return time.process_time() - begun
