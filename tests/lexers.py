"""Every lexer of Pygments with what expressions drown in: ``python -m tests.lexers [LANGUAGE …]``.

Prints the ten longest stops. All of them take an hour; the suite tries some.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator

from pygments.lexers import get_all_lexers

from tui.rendering import highlight
from tui.rendering.document import Document
from tui.rendering.palette import DARK

PIECES = (
    *(" ", "\t", "\n", " \n", "x \n", "a", "a ", "A1", "0", "1.", "_", "é"),
    *("(", ")", "[", "{", "<", "<a ", "</", "{{", "{%", "${", "#{", "$("),
    *("/*", "//", "(*", "{-", "<!--", "--", "#", "%", ";", ":", "=begin\n"),
    *('"', "'", "`", '"""', '"\\', "\\", "\\\\", "a.", "a(", "a,", "-", "=", "*", "|", "&", "@"),
)
SIZES = (2_000, 20_000, 100_000)
LONGEST = 0.3
"""Seconds that keys may be dead."""


def languages() -> list[str]:
    """One name of each lexer."""
    return sorted(aliases[0] for _, aliases, *_ in get_all_lexers(plugins=False) if aliases)


def fence(language: str, piece: str, size: int) -> str:
    """A closed block of code with a piece over and over."""
    return f"```{language}\nx {piece * (size // len(piece))}\n```\n"


def stop(source: str) -> float:
    """CPU seconds that it takes to open a reply at its end, and to go to its top."""
    highlight.Delay.forget()
    begun = time.process_time()
    document = Document(source, 88, DARK)
    for row in (*range(max(document.height - 40, 0), document.height), *range(min(40, document.height))):
        document.line(row)
    return time.process_time() - begun


def stops(names: Iterable[str], pieces: Iterable[str], sizes: Iterable[int]) -> Iterator[tuple[float, str]]:
    """The stop of each, with what it was."""
    for name in names:
        highlight.lexer_for(name)  # is loaded once
        for piece in pieces:
            for size in sizes:
                yield stop(fence(name, piece, size)), f"{name}, {size} characters of {piece!r}"


def main() -> int:
    """Try all, or the languages that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.lexers", description=__doc__)
    parser.add_argument("languages", nargs="*")
    parser.add_argument("--pieces", type=int, default=len(PIECES), help="how many are tried of each lexer")
    args = parser.parse_args()
    found: list[tuple[float, str]] = []
    for number, name in enumerate(args.languages or languages()):
        at = number * args.pieces % len(PIECES)
        found += stops([name], (PIECES[at:] + PIECES)[: args.pieces], SIZES)
        found = sorted(found, reverse=True)[:10]
    for seconds, what in found:
        print(f"{seconds * 1000:6.0f} ms  {what}")
    return int(any(seconds > LONGEST for seconds, _ in found))


if __name__ == "__main__":
    raise SystemExit(main())
