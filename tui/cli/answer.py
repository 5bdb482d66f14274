"""One reply of ``segue ask`` on its way to standard output; what is not the reply goes to standard error."""

from __future__ import annotations

import asyncio
from typing import assert_never

from tui.chat.message import Message
from tui.chat.parts import BETWEEN, parts_texts
from tui.cli.output import complain, say, write
from tui.cli.part_lines import line_of
from tui.engine.events import (
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
from tui.engine.reply import Reply
from tui.errors import SegueError


class Answer:
    """Begins to come at once, and is held until it is written: several come at the same time."""

    def __init__(self, reply: Reply, *, raw: bool, name: str = "") -> None:
        """Let the reply come.

        Args:
            reply: What comes.
            raw: Write it exactly, control characters too.
            name: Whose it is, where that has to be said.
        """
        self._reply = reply
        self._raw = raw
        self._name = name
        self._about = f"{name}: " if name else ""
        self._held: list[str] = []
        self._begun = self._parted = False
        """Whether a text came, and something since that parts it from the next."""
        self._streams = False
        self._unwritten: BrokenPipeError | SegueError | None = None
        self._last = "\n"
        self._said = ""
        self._attempt = 1
        self._task = asyncio.create_task(reply.run(self._take))

    @property
    def failed(self) -> bool:
        """Whether it has not come to its end, or not to the disk."""
        return bool(self._reply.message.failure or self._reply.unsaved)

    async def whole(self) -> Message:
        """Wait for its end, and write nothing."""
        return await self._task

    async def write(self) -> None:
        """Write it as it comes, below its name if that has to be said.

        Raises:
            BrokenPipeError: The reader of standard output has gone; the reply is stopped, and kept so far.
            SegueError: Standard output takes no more, likewise.
        """
        if self._name:
            write(f"# {self._name}\n\n")
        self._streams = True
        self._write("".join(self._held))
        try:
            message = await self._task
        except asyncio.CancelledError:
            if self._unwritten:
                raise self._unwritten from None
            raise
        self._end(message)

    async def stop(self) -> None:
        """Stop it if it still comes, and keep its text."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _take(self, event: Event) -> None:
        match event:
            case TextAdded(text=text):
                self._take_text(text)
            case ReasoningAdded():
                self._parted = True
            case TextWasReasoning():
                self._take_back()
            case PartAdded(part=part):
                self._parted = self._parted or parts_texts(part)
                if line := line_of(part):
                    self._say(line)
            case Waiting():
                self._say_attempt(event)
            case Working(progress=progress):
                self._say(progress.text)
            case Noticed(text=text):
                self._say(text)
            case Unsaved(reason=reason):
                self._say(f"The reply is not saved: {reason}")
            case Started() | Saved() | Finished():
                pass
            case _:
                assert_never(event)

    def _take_text(self, text: str) -> None:
        """Write a text, or hold it; one that something parts from the text before begins a paragraph."""
        if self._parted and self._begun:
            text = BETWEEN + text
        self._parted, self._begun = False, True
        if self._streams:
            self._write(text)
        else:
            self._held.append(text)

    def _say_attempt(self, waiting: Waiting) -> None:
        if waiting.attempt != self._attempt:
            self._attempt = waiting.attempt
            when = f" in {waiting.seconds} s" if waiting.seconds > 1 else ""
            self._say(f"{waiting.reason}; trying {waiting.attempt}/{waiting.attempts}{when}")

    def _write(self, text: str) -> None:
        if self._unwritten or not text:
            return
        try:
            write(text, raw=self._raw)
        except (BrokenPipeError, SegueError) as error:
            self._unwritten = error
            self._task.cancel()
        self._last = text[-1]

    def _take_back(self) -> None:
        """What came was thinking. What stands on standard output stays there, parted from the answer."""
        self._held.clear()
        self._parted = self._begun = False
        if self._streams:
            self._write("\n" if self._last == "\n" else "\n\n")
            self._say("What came so far is the model's thinking; its answer follows")

    def _end(self, message: Message) -> None:
        """Finish the last line, and say how it ended if it did not end well."""
        if self._last != "\n":
            write("\n")
        if message.failure:
            complain(SegueError(self._about + message.failure.message, message.failure.hint))
        elif message.status.value in ("length", "filter", "tool", "empty"):
            say(f"segue: {self._about}the reply ended with status “{message.status.value}”")

    def _say(self, text: str) -> None:
        if text != self._said:
            say(self._about + text)
        self._said = text
