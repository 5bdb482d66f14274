"""How much a streamed reply costs: Segue's transcript against the least Textual chat with Markdown.

CPU seconds, medians; both run in turn in a pseudo-terminal of 120 × 40 and get the same reply::

    python tests/benchmarks/rendering.py [--rounds 3] [--only growth]
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import suppress
from pathlib import Path

from replies import KINDS, TOKEN, reply

from tui.rendering.document import Document
from tui.rendering.palette import DARK

HERE = Path(__file__).parent
FLOOR, OURS = "floor_markdown.py", "subject_transcript.py"


def cost(program: str, kind: str, tokens: int, rate: int) -> float:
    """CPU seconds of a program that takes a reply."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (40, 120))
        command = [sys.executable, str(HERE / program), kind, str(tokens), str(rate)]
        environment = {**os.environ, "TERM": "xterm-256color", "RESULT": str(result)}
        child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        while child.poll() is None:
            if select.select([master], [], [], 0.2)[0]:
                with suppress(OSError):  # it went away between the two
                    os.read(master, 1 << 16)
        os.close(master)
        return float(json.loads(result.read_text())["cpu"])


def compare(what: str, kind: str, tokens: int, rate: int, budget: float, rounds: int) -> None:
    """Print the medians of both programs and their ratio."""
    floor: list[float] = []
    ours: list[float] = []
    for _ in range(rounds):
        floor.append(cost(FLOOR, kind, tokens, rate))
        ours.append(cost(OURS, kind, tokens, rate))
    ratio = statistics.median(ours) / statistics.median(floor)
    row(f"{what}: {kind}", statistics.median(floor), statistics.median(ours), ratio, budget)


def row(what: str, first: float, second: float, ratio: float, budget: float) -> None:
    """Print one line of a table."""
    verdict = "met" if ratio <= budget else "MISSED"
    print(f"{what:<38} {first:>8.3f} {second:>8.3f} {ratio:>7.3f} {budget:>7} {verdict}", flush=True)


def drawn(kind: str, tokens: int) -> tuple[float, float]:
    """CPU seconds of the lines alone, 30 times a second at 100 tokens a second; and the longest step."""
    text = reply(kind, tokens)
    step = round(100 / 30 * TOKEN)
    longest = 0.0
    begun = time.process_time()
    document = Document("", 88, DARK, live=True)
    for start in range(0, len(text), step):
        before = time.perf_counter()
        changed = document.feed(text[start : start + step])
        for line in range(max(changed, document.height - 30), document.height):
            document.line(line)
        longest = max(longest, time.perf_counter() - before)
    document.close()
    for line in range(max(document.height - 30, 0), document.height):
        document.line(line)
    return time.process_time() - begun, longest


def growth(rounds: int) -> None:
    """Print what four times the length costs, for each kind."""
    print(f"\n{'lines alone, CPU s':<38} {'2000':>8} {'8000':>8} {'ratio':>7} {'budget':>7}")
    for kind in KINDS:
        drawn(kind, 500)  # lexers and rules are loaded once
        short = statistics.median(drawn(kind, 2000)[0] for _ in range(rounds))
        long = statistics.median(drawn(kind, 8000)[0] for _ in range(rounds))
        row(f"growth: {kind}", short, long, long / short, 4.5)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("streamed", "at-once", "growth"))
    args = parser.parse_args()
    if args.only in (None, "streamed", "at-once"):
        print(f"{'CPU s':<38} {'floor':>8} {'segue':>8} {'ratio':>7} {'budget':>7}")
    if args.only in (None, "streamed"):
        for kind in ("paragraphs", "code", "tables"):
            compare("1000 tokens at 100/s", kind, 1000, 100, 0.25, args.rounds)
    if args.only in (None, "at-once"):
        for kind in ("paragraphs", "code", "tables", "mixed"):
            compare("2000 tokens at once", kind, 2000, 0, 0.3, args.rounds)
    if args.only in (None, "growth"):
        growth(args.rounds)


if __name__ == "__main__":
    main()
