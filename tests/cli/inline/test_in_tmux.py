"""Inline mode in tmux, which wraps its lines anew: whatever becomes of the window, each row is there once."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Tmux:
    """A tmux of our own, and the program in it."""

    def __init__(self, folder: Path, env: dict[str, str], columns: int, rows: int) -> None:
        self._server = ["tmux", "-S", str(folder / "socket"), "-f", "/dev/null"]
        self._env = {name: value for name, value in env.items() if name not in ("TMUX", "COLORTERM")}
        program = f"echo from the shell; {shlex.quote(sys.executable)} -m tui --inline; echo back; cat"
        self.run("new-session", "-d", "-x", str(columns), "-y", str(rows), program)
        self.sees("you: ")

    def run(self, *command: str) -> str:
        done = subprocess.run([*self._server, *command], capture_output=True, text=True, env=self._env)
        return done.stdout

    @property
    def screen(self) -> str:
        return self.run("capture-pane", "-p", "-J")

    @property
    def all(self) -> str:
        """What stands on the screen and above it, rows that were wrapped joined."""
        return self.run("capture-pane", "-p", "-J", "-S", "-")

    def until(self, seen: Callable[[str], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not seen(self.all):
            assert time.monotonic() < deadline, self.all

    def sees(self, words: str) -> None:
        self.until(lambda shown: words in shown)

    def say(self, text: str) -> None:
        self.run("send-keys", text, "Enter")

    def ends(self) -> None:
        """Until the reply has ended and the person is asked."""
        self.until(lambda shown: "The end." in shown and shown.rstrip().endswith("you:"))

    def resize(self, columns: int, rows: int) -> None:
        self.run("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self) -> None:
        self.run("kill-server")


@pytest.fixture
def tmux(lab, tmp_path) -> Iterator[Callable[[int, int], Tmux]]:
    opened: list[Tmux] = []

    def open_tmux(columns: int, rows: int) -> Tmux:
        opened.append(Tmux(tmp_path, lab.env, columns, rows))
        return opened[-1]

    yield open_tmux
    for one in opened:
        one.close()


def check(shown: str, marks: list[str]) -> None:
    """Each mark stands there once, in order; so does what was there before."""
    assert re.findall(r"M\d{3}", shown) == marks, {
        mark: count for mark, count in Counter(re.findall(r"M\d{3}", shown)).items() if count > 1
    }
    assert shown.count("from the shell") == shown.count("you: Go") == shown.count("\nbig\n") == 1


WIDTHS = (100, 60, 120, 45, 70, 30, 140, 55, 90, 40, 75, 80)
HEIGHTS = (30, 12, 20, 9, 24)


def test_in_twelve_widths_and_five_heights_in_mid_reply_nothing_is_lost_or_doubled(tmux, steps):
    pane = tmux(80, 24)
    sizes = [*((width, 24) for width in WIDTHS), *((80, height) for height in HEIGHTS)]
    stops = steps.marks[5::9]
    steps.to(stops[0])
    pane.say("Go")
    for stop, following, (columns, rows) in zip(stops, [*stops[1:], ""], sizes, strict=False):
        pane.sees(stop)
        pane.resize(columns, rows)
        if following:
            steps.to(following)
    steps.rest()
    pane.ends()
    check(pane.all, steps.marks)


def test_a_storm_of_sizes_while_the_reply_comes_does_no_harm(tmux, steps):
    pane = tmux(80, 24)
    steps.to(steps.marks[40])
    pane.say("Go")
    pane.sees(steps.marks[40])
    for width in WIDTHS:
        pane.resize(width, 24)
    steps.to(steps.marks[80])
    for width in WIDTHS:
        pane.resize(width, 24)
    steps.rest()
    pane.ends()
    check(pane.all, steps.marks)


def test_what_was_said_stays_after_the_end_and_below_it_the_shell_goes_on(tmux, steps):
    pane = tmux(100, 30)
    steps.rest()
    pane.say("Go")
    pane.ends()
    pane.run("send-keys", "C-d")
    pane.until(lambda shown: shown.rstrip().endswith("back"))
    check(pane.all, steps.marks)


def test_what_is_typed_while_a_reply_comes_is_the_beginning_of_the_next_prompt(tmux, steps):
    pane = tmux(80, 24)
    steps.to(steps.marks[12])
    pane.say("Go")
    pane.sees(steps.marks[12])
    pane.run("send-keys", "And then")
    steps.to(steps.marks[20])
    pane.sees(steps.marks[20])
    pane.resize(
        60, 24
    )  # now the name of the terminal is asked for, and what was typed comes before the answer
    steps.rest()
    pane.until(lambda shown: shown.rstrip().endswith("you: And then"))
    check(pane.all, steps.marks)
