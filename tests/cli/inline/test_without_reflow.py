"""Inline mode in a terminal that cuts its lines instead of wrapping them anew, as xterm does."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import pyte

MOST = 6
WIDTHS = (100, 90, 120, 89, 95, 110, 88, 130)
"""Never narrower than the text, which such a terminal would cut for good."""
NAMED = b"\x1b[>q\x1b[c"


class Screen:
    """What a console shows, as a terminal that wraps nothing anew: what scrolls off is kept as it was."""

    def __init__(self, console, answer: bytes | None) -> None:
        self.console = console
        self._answer = answer
        self._screen = pyte.HistoryScreen(80, 24, history=10_000)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0

    @property
    def all(self) -> str:
        gone = ["".join(line[x].data for x in range(200)).rstrip() for line in self._screen.history.top]
        return "\n".join([*gone, *(line.rstrip() for line in self._screen.display)])

    def sees(self, words: str) -> None:
        while True:
            new = self.console.output[self._fed :]
            self._fed += len(new)
            self._stream.feed(re.sub(rb"\x1b\[>q", b"", new))
            if NAMED in new and self._answer is not None:
                os.write(self.console._master, self._answer)
            if words in self.all:
                return
            assert self.console._read(), self.all

    def resize(self, columns: int, rows: int) -> None:
        import termios

        self._screen.resize(rows, columns)
        termios.tcsetwinsize(self.console._master, (rows, columns))


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("xterm-256color", b"\x1bP>|XTerm(390)\x1b\\\x1b[?64;1c"),
        ("xterm-256color", None),  # it never answers
        ("mlterm", None),
        ("screen-256color", None),
    ],
)
def test_nothing_is_lost_and_six_rows_at_most_are_doubled(console, steps, monkeypatch, term, answer):
    for name in ("TMUX", "TERM_PROGRAM", "VTE_VERSION", "XTERM_VERSION", "LC_TERMINAL"):
        monkeypatch.delenv(name, raising=False)
    screen = Screen(console("--inline", term=term), answer)
    screen.sees("you:")
    first, *others = range(18, len(steps.marks), 14)
    steps.to(steps.marks[first])
    screen.console.type("Go\r")
    screen.sees(steps.marks[first])
    for stop, columns in zip(others, WIDTHS, strict=False):
        screen.resize(columns, 24)
        steps.to(steps.marks[stop])
        screen.sees(steps.marks[stop - 12])  # of what is over; what is not is drawn no more
    steps.rest()
    screen.sees("The end.")
    found = Counter(re.findall(r"M\d{3}", screen.all))
    assert [mark for mark in steps.marks if not found[mark]] == []
    assert sum(count - 1 for count in found.values()) <= MOST
