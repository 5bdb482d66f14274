"""How a prompt is drawn in the list of prompts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.style import Style
from textual.strip import Strip

from tui.app.conversations.conversation_rows import when
from tui.app.lists.row_list import Row
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One line of a prompt, how many files went along, and when it was sent."""

    message_id: int
    line: str
    marks: Sequence[tuple[int, int]]
    """Start and end of what was typed, in the line."""
    files: int
    sent: datetime
    today: date
    height: int = 1

    @property
    def key(self) -> Hashable:
        """The message."""
        return self.message_id

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """The line with its marks, the time at the right edge."""
        mine = chosen is self
        files = f"▸ {self.files}   " if self.files else ""
        right = [Span(files + when(self.sent, self.today), pen.ink.dim)]
        return [pen.line(self._marked(pen, mine), right, tinted=mine, railed=mine)]

    def _marked(self, pen: Pen, mine: bool) -> list[Span[Style]]:
        style, spans, at = pen.ink.strong if mine else pen.ink.soft, [], 0
        for start, end in self.marks:
            spans += [Span(self.line[at:start], style), Span(self.line[start:end], pen.ink.accent)]
            at = end
        return [*spans, Span(self.line[at:], style)]
