"""A reply in lines, as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import assert_never

from tui.chat.chunks import Progress
from tui.chat.message import Message, Role, Status
from tui.chat.model import split_id
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    below,
    of_kind,
)
from tui.cli.part_lines import change_of, in_order, line_of
from tui.cli.plain.page import Page
from tui.cli.plain.words import Words
from tui.engine.events import (
    CallChanged,
    Event,
    Finished,
    Noticed,
    PartAdded,
    ReasoningAdded,
    Saved,
    Started,
    TextAdded,
    TextWasReasoning,
    Unsaved,
    Waiting,
    Working,
)
from tui.errors import SegueError
from tui.text import one_line

SOON = 3.0
"""Seconds of silence after which it is said what goes on."""
LATER = 30.0
"""Seconds until that is said again: a screen reader's listener has no picture that moves."""
LONG = 10.0
"""Seconds after which the end of a reply rings the terminal's bell."""
_ENDS = {
    Status.STOPPED: "stopped",
    Status.LENGTH: "cut short at the model's limit. /continue goes on",
    Status.FILTER: "stopped by the provider's rules",
    Status.TOOL: "the model asked for a tool that it was not given",
    Status.EMPTY: "the reply is empty. /retry asks again",
}


def name_of(model_id: str | None) -> str:
    """A model's name without its provider."""
    return one_line(split_id(model_id)[1] or model_id) if model_id else "model"


def speaker(message: Message) -> str:
    """Who speaks."""
    if message.role is Role.USER:
        return "you"
    return name_of(message.model) if message.role is Role.ASSISTANT else "summary"


def read_out(page: Page, message: Message, number: int) -> None:
    """Say a stored message with its number in the conversation."""
    head = f"{number}. {speaker(message)}: "
    for part in in_order(message):
        if line := _words_of(part) if isinstance(part, Text) else line_of(part):
            page.line(f"{head}{line}".rstrip())
            head = ""
    if head:
        page.line(head.rstrip())
    _say_below(page, below(message.parts))
    _say_end(page, message)


def _words_of(text: Text) -> str:
    words = Words()
    return words.add(text.text) + words.end()


def _say_below(page: Page, parts: Iterable[Part]) -> None:
    """Say what stands below what a message says."""
    for part in parts:
        match part:
            case Sources(items):
                for place, source in enumerate(items, 1):
                    page.line(f"source {place}: {one_line(f'{source.title} {source.url}')}")
            case Notice(text):
                page.line(one_line(text))
            case Image() | File() | ToolCall() | ToolResult():
                page.line(line_of(part))
            case Text() | Reasoning():
                pass
            case _:
                assert_never(part)


def _say_end(page: Page, message: Message) -> None:
    """How a message ended, if not well."""
    if message.failure:
        why = one_line(str(SegueError(message.failure.message, message.failure.hint))).removesuffix(".")
        on = "/continue goes on, " if message.text.strip() else ""
        page.line(f"failed: {why}. {on}/retry asks again, /model chooses who answers")
    elif message.status in _ENDS:
        page.line(_ENDS[message.status])


class Printer:
    """Says one reply: what goes on in words, each change once; no clock and no rate."""

    def __init__(self, page: Page, message: Message) -> None:
        self._page = page
        self._message = message
        self._words = Words()
        self._spoken = False
        """Something of the text is said."""
        self._phase = "waiting"
        self._remarked = ""
        self._attempt = 0
        self._begun = self._heard = time.monotonic()
        self._patience = SOON

    def take(self, event: Event) -> None:
        """Say one event."""
        match event:
            case TextAdded(text=text):
                self._turn("answering")
                self._say(self._words.add(text))
            case ReasoningAdded():
                self._end_words()
                self._turn("thinking")
            case TextWasReasoning():
                self._take_back()
            case PartAdded(part=part):
                if line := line_of(part, live=True):
                    self._end_words()
                    self._turn("waiting")
                    self.remark(line)
            case CallChanged(call=call):
                if line := change_of(call):
                    self._turn(line)
                    self.remark(line)
            case Waiting():
                self._say_attempt(event)
            case Working(progress=progress):
                self.remark(_quarters(progress))
            case Noticed(text=text):
                self.remark(one_line(text))
            case Started() | Unsaved() | Saved() | Finished():
                pass
            case _:
                assert_never(event)

    async def keep_company(self) -> None:
        """While nothing comes, say what there is, and now and then that it goes on; ends when cancelled."""
        while True:
            await asyncio.sleep(1.0)
            self._break_silence()

    def end(self) -> None:
        """The reply is stored: say the rest of it, and how it ended."""
        self._end_words()
        self._page.end_line()
        _say_below(self._page, of_kind(below(self._message.parts), Sources))
        _say_end(self._page, self._message)
        if time.monotonic() - self._begun >= LONG:
            self._page.ring()

    def _take_back(self) -> None:
        """What was said of the text was thinking: that can only be said."""
        self._words = Words()
        if self._spoken:
            self._spoken = False
            self._page.end_line()
            self.remark("that was thinking, the answer follows")

    def _end_words(self) -> None:
        """What comes next begins a line of its own."""
        if said := self._words.end():
            self._say(said)
        if self._spoken:
            self._page.end_line()
        self._words = Words()

    def _say_attempt(self, waiting: Waiting) -> None:
        if waiting.attempt != self._attempt:
            self._attempt = waiting.attempt
            again = f"try {waiting.attempt} of {waiting.attempts} in {waiting.seconds} s"
            self.remark(f"{one_line(waiting.reason)}; {again}")

    def _turn(self, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self._patience = SOON

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

    def remark(self, text: str) -> None:
        """Say something beside the reply, once."""
        if text != self._remarked:
            self._page.line(text)
            self._remarked = text
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


def _quarters(progress: Progress) -> str:
    """The words of a work, new at each quarter of it."""
    quarter = 4 * progress.done // progress.total if progress.total else 0
    share = f", {25 * quarter} percent" if 0 < quarter < 4 else ""
    return one_line(progress.text) + share
