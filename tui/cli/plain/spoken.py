"""A reply in words: whole sentences, each change once; no clock and no rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tui.chat.message import Message
from tui.cli.plain.page import Page, name_of
from tui.cli.plain.voice import Voice
from tui.cli.plain.words import Words

SOON = 3.0
"""Seconds of silence after which it is said what goes on."""
LATER = 30.0
"""Seconds until that is said again: a screen reader's listener has no picture that moves."""


class Spoken:
    """Says one reply."""

    def __init__(self, page: Page, message: Message) -> None:
        self._page = page
        self._message = message
        self._words = Words()
        self._spoken = False
        """Something of the text is said."""
        self._phase = "waiting"
        self._remarked = ""
        self._heard = time.monotonic()
        self._patience = SOON

    def turn(self, phase: str) -> None:
        """See ``Voice``."""
        if phase != self._phase:
            self._phase = phase
            self._patience = SOON

    def add(self, text: str) -> None:
        """See ``Voice``."""
        self._say(self._words.add(text))

    def pause(self) -> None:
        """See ``Voice``."""
        if said := self._words.end():
            self._say(said)
        if self._spoken:
            self._page.end_line()
        self._words = Words()

    def take_back(self) -> None:
        """See ``Voice``."""
        self._words = Words()
        if self._spoken:
            self._spoken = False
            self._page.end_line()
            self.remark("that was thinking, the answer follows")

    def remark(self, words: str) -> None:
        """See ``Voice``."""
        if words != self._remarked:
            self._page.line(words)
            self._remarked = words
        self._heard, self._patience = time.monotonic(), LATER

    def busy(self, words: str) -> None:
        """See ``Voice``."""
        self.remark(words)

    async def keep_company(self) -> None:
        """While nothing comes, say what there is, and now and then that it goes on; ends when cancelled."""
        while True:
            await asyncio.sleep(1.0)
            self._break_silence()

    def cut(self) -> None:
        """See ``Voice``."""
        self._page.cut()

    def end(self) -> None:
        """See ``Voice``."""
        self.pause()
        self._page.end_line()

    def _say(self, text: str) -> None:
        if not text:
            return
        if not self._spoken:
            self._spoken = True
            if (seconds := round(self._message.reasoning_seconds or 0)) > 0:
                self._page.line(f"thought for {seconds} s")
            self._page.end_line()
            text = f"{name_of(self._message.model)}: {text}"
        self._page.write(text)
        self._heard, self._patience = time.monotonic(), LATER

    def _break_silence(self) -> None:
        silence = time.monotonic() - self._heard
        if silence < SOON:
            return
        if said := self._words.so_far():
            self._say(said)
        elif silence >= self._patience:
            still = f"still {self._phase}"
            self.remark(still if self._remarked in (self._phase, still) else self._phase)
            self._remarked = self._phase


class InWords:
    """The manner of plain mode."""

    title = "plain mode"

    def __init__(self) -> None:
        self.put_back: Callable[[str], None] = lambda text: None

    def voice(self, page: Page, message: Message, hue: str) -> Voice:
        """See ``Manner``."""
        return Spoken(page, message)

    def read(self, page: Page, head: str, hue: str, text: str) -> bool:
        """See ``Manner``."""
        words = Words()
        said = words.add(text) + words.end()
        if said:
            page.line(f"{head}{said}".rstrip())
        return bool(said)
