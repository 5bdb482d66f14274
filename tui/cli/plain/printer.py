"""A reply on the page, as it comes, and messages that are read again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import assert_never

from tui.chat.chunks import Progress
from tui.chat.message import Message, Role, Status
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
from tui.cli.plain.page import Page, name_of
from tui.cli.plain.voice import Manner, Voice
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

LONG = 10.0
"""Seconds after which the end of a reply rings the terminal's bell."""
_ENDS = {
    Status.STOPPED: "stopped",
    Status.LENGTH: "cut short at the model's limit. /continue goes on",
    Status.FILTER: "stopped by the provider's rules",
    Status.TOOL: "the model asked for a tool that it was not given",
    Status.EMPTY: "the reply is empty. /retry asks again",
}


def speaker(message: Message) -> str:
    """Who speaks."""
    if message.role is Role.USER:
        return "you"
    return name_of(message.model) if message.role is Role.ASSISTANT else "summary"


def read_out(page: Page, manner: Manner, message: Message, number: int, hue: str = "") -> None:
    """Say a stored message with its number in the conversation."""
    head = f"{number}. {speaker(message)}: "
    for part in in_order(message):
        if isinstance(part, Text):
            said = manner.read(page, head, hue, part.text)
        elif said := bool(line := line_of(part)):
            page.line(f"{head}{line}".rstrip())
        if said:
            head = ""
    if head:
        page.line(head.rstrip())
    _say_below(page, below(message.parts))
    _say_end(page, message)


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
    """Says one reply: what goes on in words, each change once; its text as the voice does."""

    def __init__(self, page: Page, message: Message, voice: Voice) -> None:
        self.voice = voice
        self._page = page
        self._message = message
        self._attempt = 0
        self._begun = time.monotonic()

    def take(self, event: Event) -> None:
        """Say one event."""
        voice = self.voice
        match event:
            case TextAdded(text=text):
                voice.turn("answering")
                voice.add(text)
            case ReasoningAdded():
                voice.pause()
                voice.turn("thinking")
            case TextWasReasoning():
                voice.take_back()
            case PartAdded(part=part):
                if line := line_of(part, live=True):
                    voice.pause()
                    voice.turn("waiting")
                    voice.remark(line)
            case CallChanged(call=call):
                if line := change_of(call):
                    voice.turn(line)
                    voice.remark(line)
            case Waiting():
                self._say_attempt(event)
            case Working(progress=progress):
                voice.busy(_quarters(progress))
            case Noticed(text=text):
                voice.remark(one_line(text))
            case Started() | Unsaved() | Saved() | Finished():
                pass
            case _:
                assert_never(event)

    def end(self) -> None:
        """The reply is stored: say the rest of it, and how it ended."""
        self.voice.end()
        _say_below(self._page, of_kind(below(self._message.parts), Sources))
        _say_end(self._page, self._message)
        if time.monotonic() - self._begun >= LONG:
            self._page.ring()

    def _say_attempt(self, waiting: Waiting) -> None:
        if waiting.attempt != self._attempt:
            self._attempt = waiting.attempt
            again = f"try {waiting.attempt} of {waiting.attempts} in {waiting.seconds} s"
            self.voice.remark(f"{one_line(waiting.reason)}; {again}")


def _quarters(progress: Progress) -> str:
    """The words of a work, new at each quarter of it."""
    quarter = 4 * progress.done // progress.total if progress.total else 0
    share = f", {25 * quarter} percent" if 0 < quarter < 4 else ""
    return one_line(progress.text) + share
