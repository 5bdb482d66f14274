"""The replies that are coming now. They go on while the reader looks at another conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from tui.chat.chunks import Progress
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Status
from tui.chat.parts import CallState, tool_name
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

if TYPE_CHECKING:  # it is loaded when one is begun
    from tui.engine.reply import Reply

_BAR = 8
_SETTLED = 2.0
"""Seconds after which the rate says something of the time that is left."""

# Characters for one token while it streams: exact enough for a rate; the server's count replaces it.
_CHARACTERS_PER_TOKEN = 4


class Phase(StrEnum):
    """What a live reply is doing, in the word that the status line shows."""

    WAITING = "waiting"
    LOADING = "loading"
    READING = "reading"
    DRAWING = "drawing"
    WRITING = "writing"
    RETRYING = "retrying"
    THINKING = "thinking"
    ANSWERING = "answering"
    CALLING = "calling"


class ProgressWords(Struct):
    """Follows the steps of one piece of work."""

    _text: str = ""
    _begun: tuple[float, int] = (0.0, 0)
    """When the step that goes on began, and how far it was then."""

    def of(self, progress: Progress, now: float) -> str:
        """``━━━━──── 43 %  0:12 left  Downloading Qwen``; the words alone where no one knows how much it is.

        Args:
            progress: How far it is.
            now: Seconds of any clock.
        """
        if progress.text != self._text:
            self._text, self._begun = progress.text, (now, progress.done)
        if not progress.total:
            return progress.text
        share = min(max(progress.done / progress.total, 0.0), 1.0)
        full = round(share * _BAR)
        bar = "━" * full + "─" * (_BAR - full)
        return "  ".join(
            filter(None, (f"{bar} {int(share * 100)} %", self._left(progress, now), progress.text))
        )

    def _left(self, progress: Progress, now: float) -> str:
        since, done = self._begun
        came = progress.done - done
        if now - since < _SETTLED or came <= 0 or not progress.total:
            return ""
        minutes, seconds = divmod(round((progress.total - progress.done) * (now - since) / came), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left"


class LiveReply(Struct):
    """One reply on its way, and how it does."""

    reply: Reply
    conversation: Conversation
    begun: float = field(default_factory=time.monotonic)
    phase: Phase = Phase.WAITING
    detail: str = ""
    """Words for the phase: what is loaded, how long until the next try."""
    task: asyncio.Task[None] | None = None
    started: bool = False
    stopping: bool = False
    """The person has asked it to stop; asking twice would cut its last write short."""
    _progress: ProgressWords = field(default_factory=ProgressWords)
    _characters: int = 0
    _first: float | None = None
    _last: float | None = None

    def snapshot(self) -> Message:
        """The reply with all that has come so far, for a reader who opens it half way."""
        return self.reply.so_far()

    @property
    def seconds(self) -> float:
        """Since the request."""
        return time.monotonic() - self.begun

    @property
    def tokens(self) -> int:
        """About how many came."""
        return self._characters // _CHARACTERS_PER_TOKEN

    @property
    def silence(self) -> float:
        """Seconds since the last piece; 0 before the first one, for which the clock speaks."""
        return 0.0 if self._last is None else time.monotonic() - self._last

    @property
    def rate(self) -> float | None:
        """Tokens a second since the first one; None before it can be said."""
        if self._first is None or (elapsed := time.monotonic() - self._first) < 0.5:
            return None
        return self.tokens / elapsed

    async def ended(self) -> None:
        """Wait for its end; to wait no longer does not stop it."""
        if self.task is not None:
            await asyncio.wait([self.task])

    def take(self, event: Event) -> bool:
        """Follow ``event``. Returns whether the phase or its words changed."""
        before = (self.phase, self.detail)
        match event:
            case TextAdded(text=text):
                self._count(text)
                self.phase, self.detail = Phase.ANSWERING, ""
            case ReasoningAdded(text=text):
                self._count(text)
                self.phase, self.detail = Phase.THINKING, ""
            case Waiting():
                self.phase = Phase.RETRYING
                self.detail = f"try {event.attempt} of {event.attempts} in {event.seconds} s: {event.reason}"
            case Working(progress=progress):
                self.phase = self.phase if self.phase is Phase.CALLING else Phase(progress.work)
                self.detail = self._progress.of(progress, time.monotonic())
            case CallChanged(call=call) if call.state is CallState.RUNNING:
                self.phase, self.detail = Phase.CALLING, tool_name(call)
            case CallChanged():
                self.phase, self.detail = Phase.WAITING, ""
            case Started() | TextWasReasoning() | PartAdded() | Noticed() | Unsaved() | Saved() | Finished():
                pass
            case _:
                assert_never(event)
        return (self.phase, self.detail) != before

    def _count(self, text: str) -> None:
        self._characters += len(text)
        self._last = time.monotonic()
        self._first = self._first or self._last


Listener = Callable[[LiveReply, Event, bool], None]
Fault = Callable[[Exception], None]


class LiveReplies:
    """The live replies. A conversation may have several, where models are compared; one is on its path."""

    def __init__(self, listener: Listener, fault: Fault) -> None:
        """Begin with none.

        Args:
            listener: Told every event of every reply, and whether it does something else from then on.
            fault: Told of an error in our own code; a provider's errors end in the reply's ``failure``.
        """
        self._listener = listener
        self._fault = fault
        self._live: dict[tuple[int, int], LiveReply] = {}
        self._savers: dict[tuple[int, int], tuple[Reply, asyncio.Task[None]]] = {}

    def __iter__(self) -> Iterator[LiveReply]:
        return iter(tuple(self._live.values()))

    def get(self, conversation: Conversation, message_id: int | None) -> LiveReply | None:
        """The live reply that a message is, if it is one."""
        return self._live.get((key_of(conversation), message_id or 0))

    def of(self, conversation: Conversation) -> list[LiveReply]:
        """All live replies of a conversation."""
        key = key_of(conversation)
        return [live for live in self if key_of(live.conversation) == key]

    @property
    def all_saved(self) -> bool:
        """Whether the history has every reply as it is, and none comes."""
        return all(reply.stored for reply in self._replies())

    @property
    def any_refused(self) -> bool:
        """Whether the history did not take one when it was offered last."""
        return any(reply.unsaved is not None for reply in self._replies())

    def _replies(self) -> list[Reply]:
        """Those that come, and those that wait to be stored."""
        return [live.reply for live in self] + [reply for reply, _ in self._savers.values()]

    def start(self, conversation: Conversation, reply: Reply) -> LiveReply:
        """Let ``reply`` come, in a task of its own."""
        live = LiveReply(reply, conversation)
        key = key_of(conversation), reply.message.id
        self._live[key] = live
        live.task = asyncio.create_task(self._run(key, live), name=f"reply {key}")
        return live

    def stop(self, live: LiveReply) -> None:
        """Stop a reply and keep its text."""
        if not live.stopping:
            live.stopping = True
            # A task that has not begun yet would be dropped without a trace: it is cancelled at its start.
            if live.started and live.task is not None:
                live.task.cancel()

    async def stop_all(self) -> None:
        """Stop every reply and wait until each is stored."""
        for live in self:
            self.stop(live)
        await asyncio.gather(*(live.ended() for live in self))
        savers = [saver for _, saver in self._savers.values()]
        for saver in savers:
            saver.cancel()
        if savers:
            await asyncio.wait(savers)  # whoever waits no longer leaves each at its write

    async def _run(self, key: tuple[int, int], live: LiveReply) -> None:
        def emit(event: Event) -> None:
            turned = live.take(event)
            if isinstance(event, Started):
                live.started = True
                if live.stopping and live.task is not None:
                    live.task.cancel()
            elif isinstance(event, Finished):
                self._has_ended(key, live.reply)
            try:
                self._listener(live, event, turned)
            except Exception as error:  # ours: not the provider's fault, nor the reply's
                self._fault(error)

        try:
            await live.reply.run(emit)
        except Exception as error:
            self._fault(error)
            emit(Finished(replace(live.reply.so_far(), status=Status.INTERRUPTED)))

    def _has_ended(self, key: tuple[int, int], reply: Reply) -> None:
        """A reply is live no more; one that the history could not take is offered to it again."""
        self._live.pop(key, None)
        if reply.unsaved is not None:
            self._savers[key] = (reply, asyncio.create_task(self._save(key, reply), name=f"save {key}"))

    async def _save(self, key: tuple[int, int], reply: Reply) -> None:
        await reply.save_later()
        self._savers.pop(key, None)


def key_of(conversation: Conversation) -> int:
    """Tells conversations of both histories apart: those in memory count backwards."""
    return -conversation.id if conversation.temporary else conversation.id
