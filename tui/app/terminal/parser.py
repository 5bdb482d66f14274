"""What the terminal sends, as keys and pastes: a paste presses no key, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

from tui.text import clean

HANDFUL = 64
"""Characters that come at once and are no hand's: a paste in a terminal that does not mark pastes."""

_TEXT = re.compile(rf"([^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]{{{HANDFUL},}}(?<![\r\n]))")
"""A run of text; the line breaks at its end stay keys, so that Enter after it is Enter."""


class PasteParser(XTermParser):
    """Carries what is pasted past Textual's parser, which would read escape sequences in it as keys."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: str | None = None
        self._recent = ""

    @property
    def waits(self) -> bool:
        """Whether something has begun that may be over when nothing more comes: Esc, or a sequence."""
        return self._timeout_time is not None

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read.

        Args:
            data: Characters as they came; none at the end of all input.

        Yields:
            Keys, pastes, and what else a terminal tells.
        """
        if not data:
            yield from super().feed(data)
        while data:
            feed = self._feed_keys if self._pasted is None else self._feed_paste
            data = yield from feed(data)

    def _feed_keys(self, data: str) -> Generator[Message, None, str]:
        known = self._recent + data
        start = known.find(BRACKETED_PASTE_START)
        if start < 0:
            self._recent = known[1 - len(BRACKETED_PASTE_START) :]
            yield from self._feed_typed(data)
            return ""
        length = start + len(BRACKETED_PASTE_START) - len(self._recent)
        self._pasted, self._recent = "", ""
        yield from super().feed(data[:length])  # its own state follows
        return data[length:]

    def _feed_paste(self, data: str) -> Generator[Message, None, str]:
        assert self._pasted is not None
        searched = max(0, len(self._pasted) - len(BRACKETED_PASTE_END))
        self._pasted += data
        end = self._pasted.find(BRACKETED_PASTE_END, searched)
        if end < 0:
            return ""
        text, rest = self._pasted[:end], self._pasted[end + len(BRACKETED_PASTE_END) :]
        self._pasted = None
        for event in super().feed(BRACKETED_PASTE_END):
            yield _paste(text) if isinstance(event, events.Paste) else event
        return rest

    def _feed_typed(self, data: str) -> Iterable[Message]:
        if len(data) < HANDFUL or "\x1b" in data or self._awaiting.timeout is not None:
            yield from super().feed(data)
            return
        for place, piece in enumerate(_TEXT.split(data)):
            if place % 2:
                yield _paste(piece)
            elif piece:
                yield from super().feed(piece)


def _paste(text: str) -> events.Paste:
    return events.Paste(clean(text.replace("\r\n", "\n").replace("\r", "\n")))
