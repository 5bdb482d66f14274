"""What stands in the list of prompts: those of one conversation, newest first, by day."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import date, datetime

from msgspec import Struct
from rich.style import Style
from textual.strip import Strip

from tui.app.conversations.conversation_rows import when
from tui.app.lists.listing import Loaded
from tui.app.lists.row_list import Heading, Row, Sentence
from tui.app.theme.ink import Pen
from tui.chat.message import Message
from tui.dates import day_group
from tui.rendering.spans import Span
from tui.text import fold, one_line

Load = Callable[[Sequence[int]], Awaitable[list[Message]]]
PAGE = 100
_READ = 500
"""Prompts that are read together for a filter."""
_LONGEST = 300


class PromptRow(Struct, frozen=True):
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


class Prompts:
    """The prompts of a path, a page at a time; for a filter all of them are read, once."""

    def __init__(self, ids: Sequence[int], load: Load, today: Callable[[], date]) -> None:
        """Prepare the list.

        Args:
            ids: The prompts, oldest first.
            load: Gives the messages with these ids, in this order.
            today: The reader's date.
        """
        self._ids = ids[::-1]
        self._load = load
        self._today = today
        self._known: list[Message] = []

    async def load(self, text: str, at_least: int) -> Loaded:
        """The newest prompts that have every word."""
        words = fold(text).split()
        if not words:
            return await self._page(max(at_least, PAGE), 0)
        await self._read(len(self._ids))
        found = [message for message in self._known if _has(message, words)]
        rows = self._rows(found, words) or [Sentence("No prompt has these words.")]
        return Loaded(rows, len(found), False, f"{len(found):,} of {len(self._ids):,}")

    async def extend(self, text: str, shown: int, last: Row) -> Loaded:
        """The prompts before those that are shown."""
        return await self._page(PAGE, shown)

    async def _page(self, limit: int, offset: int) -> Loaded:
        await self._read(min(offset + limit, len(self._ids)))
        page = self._known[offset : offset + limit]
        rows = self._rows(page, (), self._known[offset - 1] if offset else None)
        note = f"{len(self._ids):,}"
        return Loaded(rows or [Sentence("Nothing was asked yet.")], len(page), len(page) == limit, note)

    async def _read(self, count: int) -> None:
        while len(self._known) < count:
            first = len(self._known)
            self._known += await self._load(self._ids[first : min(first + _READ, count)])

    def _rows(
        self, messages: Sequence[Message], words: Sequence[str], above: Message | None = None
    ) -> list[Row]:
        rows: list[Row] = []
        today = self._today()
        group = day_group(above.created_at, today) if above else ""
        for message in messages:
            day = day_group(message.created_at, today)
            if day != group:
                rows.append(Heading(day, first=not group))
                group = day
            line = _line(message.draft.words, words)
            files = len(message.attachments)
            rows.append(PromptRow(message.id, line, _marks(line, words), files, message.created_at, today))
        return rows


def _has(message: Message, words: Sequence[str]) -> bool:
    text = fold(" ".join([message.text, *(file.name for file in message.attachments)]))
    return all(word in text for word in words)


def _line(text: str, words: Sequence[str]) -> str:
    """The first line; if the words are elsewhere, the first line that has one of them."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    found = (line for line in lines if any(word in fold(line) for word in words))
    return one_line(lines[0] if _marks(lines[0], words) else next(found, lines[0]), _LONGEST)


def _marks(line: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in a line."""
    if not words:
        return []
    longest = sorted(words, key=len, reverse=True)
    return [match.span() for match in re.finditer("|".join(map(re.escape, longest)), fold(line))]
