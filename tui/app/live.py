"""The replies that are coming now. They go on while the reader looks at another conversation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.engine.events import Event, Finished, ReasoningAdded, TextAdded, Waiting, Working
from tui.engine.reply import Reply

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

# Characters for one token while it streams: exact enough for a rate; the server's count replaces it.
_CHARACTERS_PER_TOKEN = 4


class Phase(StrEnum):
    """What a live reply is doing, in the word that the status line shows."""

    WAITING = "waiting"
    LOADING = "loading"
    RETRYING = "retrying"
    THINKING = "thinking"
    ANSWERING = "answering"


@dataclass(slots=True)
class LiveReply:
    """One reply on its way, and how it does."""

    reply: Reply
    conversation: Conversation
    begun: float = field(default_factory=time.monotonic)
    phase: Phase = Phase.WAITING
    detail: str = ""
    """Words for the phase: what is loaded, how long until the next try."""
    worker: Worker[Message] | None = None
    _characters: int = 0
    _first: float | None = None

    @property
    def message(self) -> Message:
        """The reply as it is now."""
        return self.reply.message

    @property
    def seconds(self) -> float:
        """Since the request."""
        return time.monotonic() - self.begun

    @property
    def tokens(self) -> int:
        """About how many came."""
        return self._characters // _CHARACTERS_PER_TOKEN

    @property
    def rate(self) -> float | None:
        """Tokens a second since the first one; None before it can be said."""
        if self._first is None or (elapsed := time.monotonic() - self._first) < 0.5:
            return None
        return self.tokens / elapsed

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
                self.detail = f"{event.reason}; try {event.attempt} of {event.attempts} in {event.seconds} s"
            case Working(progress=progress):
                self.phase = Phase.LOADING
                share = f" {progress.done * 100 // progress.total} %" if progress.total else ""
                self.detail = f"{progress.text}{share}"
            case _:
                pass
        return (self.phase, self.detail) != before

    def _count(self, text: str) -> None:
        self._characters += len(text)
        if self._first is None:
            self._first = time.monotonic()


Listener = Callable[[LiveReply, Event], None]


class LiveReplies:
    """The live replies, one for a conversation at most, and the prompts that wait behind them."""

    def __init__(self, app: App[None], listener: Listener) -> None:
        self._app = app
        self._listener = listener
        self._live: dict[int, LiveReply] = {}

    def __getitem__(self, conversation_id: int) -> LiveReply:
        return self._live[conversation_id]

    def __contains__(self, conversation_id: object) -> bool:
        return conversation_id in self._live

    def __len__(self) -> int:
        return len(self._live)

    def get(self, conversation_id: int) -> LiveReply | None:
        """The live reply of a conversation, if there is one."""
        return self._live.get(conversation_id)

    @property
    def ids(self) -> frozenset[int]:
        """The conversations that are being answered."""
        return frozenset(self._live)

    def start(self, conversation: Conversation, reply: Reply) -> LiveReply:
        """Let ``reply`` come, in a worker of its own."""
        live = LiveReply(reply, conversation)
        self._live[conversation.id] = live

        def emit(event: Event) -> None:
            live.take(event)
            if isinstance(event, Finished):
                self._live.pop(conversation.id, None)
            self._listener(live, event)

        live.worker = self._app.run_worker(
            reply.run(emit),
            name=f"reply {reply.message.id}",
            group=f"reply-{conversation.id}",
            exit_on_error=False,
        )
        return live

    def stop(self, conversation_id: int) -> bool:
        """Stop a reply and keep its text. Returns whether there was one."""
        live = self._live.get(conversation_id)
        if live is None or live.worker is None:
            return False
        live.worker.cancel()
        return True

    async def stop_all(self) -> None:
        """Stop every reply and wait until each is stored."""
        from textual.worker import WorkerCancelled, WorkerFailed

        workers = [live.worker for live in self._live.values() if live.worker is not None]
        for worker in workers:
            worker.cancel()
        for worker in workers:
            try:
                await worker.wait()
            except (WorkerCancelled, WorkerFailed):
                continue
