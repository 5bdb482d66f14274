"""Standard output as lines that are only ever added: nothing is drawn over, moved or coloured."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tui.chat.model import split_id
from tui.cli.output import write
from tui.errors import SegueError
from tui.text import one_line


def name_of(model_id: str | None) -> str:
    """A model's name without its provider."""
    return one_line(split_id(model_id)[1] or model_id) if model_id else "model"


class Page:
    """Writes text that is cleaned, and knows whether a line is begun.

    Attributes:
        lost: Nobody reads any more: the pipe is closed, or the terminal gone.
        when_lost: Called once, then.
        before_writing: Called before anything is added, to take away what is drawn below it.
    """

    def __init__(self) -> None:
        self.lost = False
        self.when_lost: Callable[[], None] = lambda: None
        self.before_writing: Callable[[], None] = lambda: None
        self._begun = False

    def write(self, text: str) -> None:
        """Add ``text``."""
        if text:
            self.before_writing()
            self._begun = not text.endswith("\n")
            self._write(text)

    def draw(self, rows: str) -> None:
        """Add whole rows that are cleaned already, with what steers the terminal."""
        self.end_line()
        self._write(rows, raw=True)

    def _write(self, text: str, *, raw: bool = False) -> None:
        if self.lost:
            return
        try:
            write(text, raw=raw)
        except (OSError, SegueError):
            self.lost = True
            self.when_lost()

    def line(self, text: str) -> None:
        """Add a line of its own."""
        self.end_line()
        self.write(f"{text}\n")

    def end_line(self) -> None:
        """End the line that is begun, if one is."""
        if self._begun:
            self.write("\n")

    def cut(self) -> None:
        """The terminal has shown ``^C``: what comes next begins a line."""
        if sys.stdin.isatty():
            self._begun = True
            self.end_line()

    def ring(self) -> None:
        """Ring the terminal's bell: many listeners ask for a sound at the end of a long wait."""
        if sys.stdout.isatty():
            self._write("\a", raw=True)

    def entered(self) -> None:
        """The person pressed Enter: the terminal has ended the line."""
        self._begun = False

    def tell(self, error: SegueError) -> None:
        """Say what went wrong, and what to do."""
        self.line(one_line(str(error)))
