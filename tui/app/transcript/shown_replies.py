"""Replies as they come into the conversation that is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, assert_never

from tui.chat.message import Message
from tui.engine.conversation_service import ConversationService
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
from tui.engine.live import LiveReply

if TYPE_CHECKING:
    from tui.app.context import Context, WithLists, WithReading, WithStatus, WithTranscript

    class _Context(Context, WithTranscript, WithReading, WithStatus, WithLists, Protocol): ...


class ShownReplies:
    """Shows what the session tells of them in the transcript."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    async def began(self, service: ConversationService, live: LiveReply, before: Sequence[int]) -> None:
        """Show the prompt and the reply that begins; another path is drawn anew."""
        context = self._context
        if service is not context.session.current:
            return
        path = service.conversation.path()
        if before and path[: len(before)] == list(before):
            for message in await service.messages(path[len(before) :]):
                context.transcript.add(message)
        else:
            following = context.transcript.following
            await context.reading.reload()
            if following:
                context.transcript.follow()
        if live.detail:  # said before there was a line to say it on
            context.transcript.note(live.reply.message.id, live.detail)
        context.refresh()
        context.status.count_soon()
        context.lists.list_soon()

    def went_on(self, live: LiveReply, event: Event, *, turned: bool) -> None:
        """Show a piece of a reply, if it is the one that is read."""
        transcript = self._context.transcript
        if live.conversation is not self._context.session.current.conversation:
            return
        match event:
            case TextAdded(message_id, text):
                transcript.feed(message_id, text=text)
            case ReasoningAdded(message_id, text):
                transcript.feed(message_id, reasoning=text)
            case TextWasReasoning() | PartAdded() | CallChanged():
                transcript.replace(live.snapshot())
            case Waiting(message_id) | Working(message_id):
                if turned:
                    transcript.note(message_id, live.detail)
            case Started() | Noticed() | Unsaved() | Saved() | Finished():
                pass
            case _:
                assert_never(event)
        if turned:
            self._context.status.refresh_status()

    def ended(self, live: LiveReply, message: Message) -> None:
        """Show how a reply ended."""
        context = self._context
        if context.session.current.conversation is live.conversation:
            context.transcript.replace(message)
            if message.id == live.conversation.leaf:
                context.status.ended(message, live.tokens)
                context.status.count_soon()
        context.refresh()
        context.lists.list_soon()
