"""The lines of a call of a tool: one line while it is folded; open, what it was called with and gave back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tui.app.messages.look import Look
from tui.app.messages.plain_text import PlainText
from tui.app.theme.ink import cut, width_of
from tui.chat.export import CALL_ENDS, about
from tui.chat.parts import CallState, ToolCall, ToolResult, arguments_line, tool_name
from tui.rendering.spans import FOLDED, UNFOLDED, Span
from tui.text import clean, occurrences, one_line

MOST = 12
"""Rows that an open call shows of its arguments, and of its result, before all are asked for."""
_NAME, _ARGUMENT, _STATE = 60, 40, 80
"""Characters of the line."""
_FAILED = "× "
_INDENT = 2
"""Cells that set what is open under the name."""


def state_words(
    call: ToolCall, result: ToolResult | None, *, live: bool, progress: Sequence[str] = ()
) -> str:
    """What has become of a call, in a word or two: ``running 4 s   step 3 of 10``, ``0.1 s``.

    Args:
        call: The call.
        result: What it gave back, once it did.
        live: Whether its reply still comes.
        progress: How long it runs, and how far it is, while it does.
    """
    if call.state is CallState.RUNNING:
        return "   ".join(one_line(words, _STATE) for words in progress) or "running"
    if call.state is CallState.ASKED and live:
        return "waiting"
    if call.state is CallState.DONE and result is not None:
        return "failed" if result.is_error else took(result.seconds)
    return CALL_ENDS[call.state]


def took(seconds: float | None) -> str:
    """``0.1 s``, ``12 s``; nothing where it is not known."""
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def telling_argument(call: ToolCall) -> str:
    """What tells most of a call: its first text, else all that it was called with."""
    texts = (value for value in call.arguments.values() if isinstance(value, str) and value.strip())
    text = call.raw or next(texts, "") or (arguments_line(call) if call.arguments else "")
    return one_line(one_line(text).removeprefix("https://"), _ARGUMENT)


def argument_lines(call: ToolCall) -> str:
    """What a tool was called with: a line for each argument, texts of several lines below their name."""
    if call.raw:
        return clean(call.raw)
    lines = []
    for name, value in call.arguments.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        lines.append(f"{one_line(str(name), _NAME)}:{chr(10) if chr(10) in text else ' '}{clean(text)}")
    return "\n".join(lines)


def result_lines(result: ToolResult) -> str:
    """What a tool gave back: its text, then the names of its files."""
    files = (f"{one_line(file.name)} ({about(file)})" for file in result.files)
    return "\n".join(filter(None, (clean(result.text).rstrip(), *files)))


class _Piece(NamedTuple):
    """A text of the open call, of which so many rows are shown."""

    text: PlainText
    top: int
    rows: int
    start: int
    """Where it begins in the source of the whole call."""


class CallLines:
    """A call with its result, or a result whose call is not there. Rows count from its head."""

    def __init__(self, look: Look, call: ToolCall | None, result: ToolResult | None, *, live: bool) -> None:
        self.call = call
        self.result = result
        self.open = False
        self._all = False
        self._look = look
        self._live = live
        self._progress: Sequence[str] = ()
        self._lay_out()

    def same(self, call: ToolCall | None, result: ToolResult | None) -> bool:
        """Whether this is the same call, at another moment."""
        mine = self.call.id if self.call else None
        return mine == (call.id if call else None) and (call is not None or self.result == result)

    def show(self, call: ToolCall | None, result: ToolResult | None, *, live: bool) -> None:
        """Show what has become of it; what is open stays open."""
        if (self.call, self.result, self._live) != (call, result, live):
            self.call, self.result, self._live = call, result, live
            self._lay_out()

    def say(self, progress: Sequence[str]) -> None:
        """Say how far it is, while it runs."""
        self._progress = progress
        self._head = self._head_spans()

    @property
    def running(self) -> bool:
        """Whether it is being carried out."""
        return self._live and self.call is not None and self.call.state is CallState.RUNNING

    def resize(self, look: Look) -> None:
        """Draw for another width or palette."""
        self._look = look
        self._lay_out()

    def toggle(self, row: int) -> bool:
        """Open or close it at its head; show all of it at its last row."""
        if row == 0:
            self.open, self._all = not self.open, False
        elif self._more and row == self.height - 1:
            self._all = True
        else:
            return False
        self._lay_out()
        return True

    @property
    def folds(self) -> list[int]:
        """The rows at which something opens or closes."""
        return [0, self.height - 1] if self._more else [0]

    # -- laying out
    def _lay_out(self) -> None:
        self._head = self._head_spans()
        self._pieces: list[_Piece] = []
        self._more = ""
        self._height = 1
        if not self.open:
            return
        start, hidden = len(self._said) + 1, 0
        for text in filter(None, self._texts):
            piece, cut_off = self._piece(text, start)
            self._pieces.append(piece)
            self._height += piece.rows
            start += len(text) + 1
            hidden = max(hidden, text.count("\n") + 1 if cut_off else 0)
        if hidden:
            self._more = "all of it" if hidden == 1 else f"all {hidden:,} lines"
            self._height += 1

    def _piece(self, text: str, start: int) -> tuple[_Piece, bool]:
        """A text as it is shown, and whether some of it is not. Only what is shown is wrapped."""
        width = max(1, self._look.width - _INDENT)
        head = text if self._all else "\n".join(text[: MOST * width * 2].split("\n", MOST)[:MOST])
        shown = PlainText(head, width, self._look.ink.dim)
        rows = shown.height if self._all else min(shown.height, MOST)
        return _Piece(shown, self._height, rows, start), rows < shown.height or len(head) < len(text.rstrip())

    @property
    def _texts(self) -> Sequence[str]:
        """What it was called with, and what came back."""
        return (
            argument_lines(self.call) if self.call else "",
            result_lines(self.result) if self.result else "",
        )

    def _head_spans(self) -> Sequence[Span[Style]]:
        """``▸ fs read_file  notes/todo.md   0.1 s``; what tells least is cut first."""
        ink, width = self._look.ink, self._look.width
        name, argument, state = self._words()
        bad = self.call is not None and self.call.state in (CallState.FAILED, CallState.DENIED)
        bad = bad or (self.result is not None and self.result.is_error)
        declined = self.call is not None and self.call.state is CallState.DENIED
        mark = _FAILED if bad else UNFOLDED if self.open else FOLDED
        left = [Span(mark, ink.error if bad and not declined else ink.dim), Span(name, ink.ink)]
        right = [Span(f"   {state}", ink.dim)] if state else []
        room = width - width_of(right)
        if argument and room - width_of(left) - 2 >= min(len(argument), 8):
            left.append(Span(f"  {argument}", ink.soft))
        return [*cut(left, max(8, room)), *cut(right, max(0, width - 8))]

    def _words(self) -> tuple[str, str, str]:
        if self.call is None:
            return ("error" if self.result and self.result.is_error else "result"), "", ""
        state = state_words(self.call, self.result, live=self._live, progress=self._progress)
        name = one_line(tool_name(self.call), _NAME) or "tool"
        return name, telling_argument(self.call), state

    # -- what is read
    @property
    def _said(self) -> str:
        """The line without what is drawn beside it, so that places in the source stay where they are."""
        name, argument, _ = self._words()
        return f"{name}  {argument}".rstrip()

    @property
    def source(self) -> str:
        """All of it as text, also what is folded away."""
        return "\n".join((self._said, *filter(None, self._texts)))

    @property
    def height(self) -> int:
        """How many rows are shown."""
        return self._height

    def line(self, row: int) -> Strip:
        """One row: rail cell, gap cell, text, pad cell."""
        return self._look.line(*self._spans(row))

    def _spans(self, row: int) -> Sequence[Span[Style]]:
        if row == 0:
            return self._head
        indent = Span(" " * _INDENT, self._look.ink.dim)
        for piece in self._pieces:
            if row < piece.top + piece.rows:
                called = piece is self._pieces[0] and self.call is not None and len(self._pieces) > 1
                style = self._look.ink.dim if called else self._look.ink.soft
                return [indent, Span(piece.text.text(row - piece.top), style)]
        return [indent, Span(self._more, self._look.ink.dim + Style(underline=True))]

    def locate(self, offset: int) -> tuple[int, int]:
        """Row and cell of a place in the source; the head for what is folded away."""
        for piece in reversed(self._pieces):
            if offset >= piece.start:
                row, cell = piece.text.locate(min(offset - piece.start, len(piece.text.source)))
                return piece.top + max(0, min(row, piece.rows - 1)), cell + _INDENT
        name = self._words()[0]
        return 0, min(cell_len(FOLDED) + cell_len(self._said[:offset]), self._look.width) if name else 0

    def find(self, needle: str) -> Iterator[tuple[int, int, int]]:
        """Row, first cell and end cell of every hit that is shown."""
        head = "".join(span.text for span in self._head)
        for first, stop in occurrences(needle, head):
            yield 0, cell_len(head[:first]), cell_len(head[:stop])
        for piece in self._pieces:
            for row, start, end in piece.text.find(needle):
                if row < piece.rows:
                    yield piece.top + row, start + _INDENT, end + _INDENT

    def copy(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text between two places: exact where it is of arguments or results."""
        said = ["".join(span.text for span in self._head)] if start[0] == 0 else []
        for piece in self._pieces:
            bottom = piece.top + piece.rows
            if start < (bottom, 0) and end > (piece.top, 0):
                first = (
                    (start[0] - piece.top, max(0, start[1] - _INDENT)) if start[0] >= piece.top else (0, 0)
                )
                last = (piece.rows - 1, 1 << 24)
                if end[0] < bottom:
                    last = (end[0] - piece.top, max(0, end[1] - _INDENT))
                said.append(piece.text.copy(first, last))
        return "\n".join(filter(None, said))
