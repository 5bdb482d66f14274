"""What is shown of the program outside its page: title, progress, what it does, notices. All is put back.

Outside text ends in these sequences: each passes one gate, so that no title steers a terminal.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, runtime_checkable

from tui.app.terminal.kinds import Notice, TerminalKind
from tui.app.terminal.line_filters import GLYPHS
from tui.cells import cells, index_at
from tui.text import one_line

WIDEST = 80
"""Cells of a title or notice."""
BELL = "\a"
_END = "\x1b\\"
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_KEEP_TITLE, _TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
_GOES_ON, _GOES_ON_NO_MORE = f"\x1b]9;4;3{_END}", f"\x1b]9;4;0{_END}"
_TABLE = str.maketrans(GLYPHS)


class Does(StrEnum):
    """What the program does, for terminals that show it."""

    WORKING = "working"
    DONE = "done"
    ERROR = "error"
    IDLE = "idle"


class Outside:
    """Writes it while the terminal is the program's, takes it back when it leaves, shows it again after."""

    def __init__(self, write: Callable[[str], None], kind: TerminalKind, *, only_ascii: bool = False) -> None:
        """Begin with nothing.

        Args:
            write: Writes to the terminal.
            kind: What it takes.
            only_ascii: It has no other letters.
        """
        self._ascii = only_ascii
        self._kind = kind
        self.known: Callable[[], object] = lambda: None
        """Called when the terminal turns out to be another."""
        self.shows_status = False
        """Whether the terminal has said that it shows what programs do."""
        self._write = write
        self._here = False
        self._title: str | None = None
        self._goes_on = False
        self._does: Does | None = None
        self._titled = self._progressed = self._told = False
        """What the terminal shows of these now."""

    @property
    def kind(self) -> TerminalKind:
        """Which terminal it is."""
        return self._kind

    @kind.setter
    def kind(self, kind: TerminalKind) -> None:
        before, self._kind = self._kind, kind
        if kind != before:
            self.known()

    def come(self) -> None:
        """The terminal is the program's."""
        self._here = True
        self.show()

    def leave(self) -> None:
        """The terminal is another's: show nothing there."""
        self._forget_title()
        self._forget_progress()
        self._forget_status()
        self._here = False

    def show(self) -> None:
        """Write all that there is to show; also when the terminal has become another."""
        title, self._title = self._title, None
        self.title(title)
        self.goes_on(self._goes_on)
        self.does(self._does)

    def title(self, words: str | None) -> None:
        """The window is called so; None gives it its own title back."""
        words = None if words is None else self.fitting(words)
        if words == self._title:
            return
        self._title = words
        if words is None:
            self._forget_title()
        elif self._here and self.kind.titled:
            self._write(f"{'' if self._titled else _KEEP_TITLE}\x1b]2;{words}{_END}")
            self._titled = True

    def goes_on(self, goes_on: bool) -> None:
        """Something goes on, and nobody knows for how long."""
        self._goes_on = goes_on
        if not goes_on:
            self._forget_progress()
        elif self._here and self.kind.progress and not self._progressed:
            self._write(self.kind.sent(_GOES_ON))
            self._progressed = True

    def does(self, what: Does | None) -> None:
        """The program does this; None tells nothing any longer."""
        before, self._does = self._does if self._told else None, what
        if what is None:
            self._forget_status()
        elif self._here and self.shows_status and what is not before:
            self._write(f"\x1b]7501;state={what}:app=segue{_END}")
            self._told = True

    def notify(self, words: str, number: int = 1, *, always: bool = False, bell: bool = False) -> None:
        """Tell the person something.

        Args:
            words: What it is.
            number: By which it is taken back.
            always: Also while the window has the focus.
            bell: By the bell alone.
        """
        if self._here:
            notice = Notice.BELL if bell else self.kind.notice
            self._write(self.kind.sent(_notice(notice, self.fitting(words), number, always=always)))

    def take_back(self, number: int) -> None:
        """What was told is known by now."""
        if self._here and self.kind.notice is Notice.KITTY:
            self._write(self.kind.sent(f"\x1b]99;i=segue{number}:p=close;{_END}"))

    def fitting(self, words: str) -> str:
        """``words`` as they may go out."""
        line = in_a_sequence(words)
        return line.translate(_TABLE).encode("ascii", "replace").decode() if self._ascii else line

    def _forget_title(self) -> None:
        if self._titled:
            self._write(_TITLE_BACK)
            self._titled = False

    def _forget_progress(self) -> None:
        if self._progressed:
            self._write(self.kind.sent(_GOES_ON_NO_MORE))
            self._progressed = False

    def _forget_status(self) -> None:
        if self._told:
            self._write(f"\x1b]7501;state=clear{_END}")
            self._told = False


@runtime_checkable
class HasOutside(Protocol):
    """A program that shows something outside its page."""

    outside: Outside


def in_a_sequence(words: str) -> str:
    """``words`` as they may stand in a sequence: a short line with nothing in it that ends it or hides."""
    line = _NO_TEXT.sub("", one_line(words))
    return line if cells(line) <= WIDEST else line[: index_at(line, WIDEST - 1)] + "…"


def _notice(notice: Notice, words: str, number: int, *, always: bool) -> str:
    match notice:
        case Notice.BELL:
            return BELL
        case Notice.KITTY:
            when = "always" if always else "unfocused"
            text = b64encode(in_a_sequence(f"Segue: {words}").encode()).decode()
            return f"\x1b]99;i=segue{number}:e=1:o={when};{text}{_END}"
        case Notice.GROWL:  # the name before it, as a number there would be a command
            return f"\x1b]9;{in_a_sequence(f'Segue: {words}')}{_END}"
        case Notice.NOTIFY:
            return f"\x1b]777;notify;Segue;{words.replace(';', ',')}{_END}"
