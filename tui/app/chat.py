"""One conversation in the app: what is written there, what comes there, how long it is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from tui.app.live import LiveReplies, LiveReply, key_of
from tui.chat.attachment import Attachment
from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens, shorten
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.chat.hues import hue_of
from tui.chat.message import Message
from tui.chat.model import split_id
from tui.engine.conversation_service import Place, Talk
from tui.engine.reply import Reply
from tui.errors import HistoryError

if TYPE_CHECKING:
    from tui.providers.catalogue import Catalogue

_COUNTED = 400
"""Messages at most whose tokens are estimated; longer conversations know their size from the server."""
_PAGE = 16
"""Messages that are looked at together for that."""


class Chat(Talk):
    """A conversation whose replies live in the app."""

    def __init__(
        self, place: Place, catalogue: Catalogue, live: LiveReplies, conversation: Conversation
    ) -> None:
        super().__init__(place, conversation)
        self.preparing = False
        """A reply is being prepared: its prompt is on the way to the disk."""
        self.queue: list[Draft] = []
        """Prompts that wait for the end of the reply."""
        self._catalogue = catalogue
        self._live = live

    @property
    def key(self) -> int:
        """Tells conversations of both places apart; 0 until it is stored."""
        return key_of(self.conversation)

    @property
    def live(self) -> LiveReply | None:
        """The reply that is coming at the end of the path. Others may come beside it: see ``coming``."""
        return self._live.get(self.conversation, self.conversation.leaf)

    def coming(self, message_id: int) -> LiveReply | None:
        """The live reply that a message is, on the path or beside it."""
        return self._live.get(self.conversation, message_id)

    @property
    def busy(self) -> bool:
        """Whether a reply comes at the end of the path, or is about to."""
        return self.preparing or self.live is not None

    def hue(self, model_id: str) -> str:
        """The hue that a model has here, or would get with its first reply."""
        return hue_of(model_id, dict(self.conversation.hues))

    async def start(self, reply: Reply) -> LiveReply:
        """Let a reply come; its model keeps its hue here."""
        model = reply.message.model or ""
        if model not in self.conversation.hues:
            hue_of(model, self.conversation.hues)
            with contextlib.suppress(HistoryError):  # only a colour; that it is full, the reply will tell
                await self.change(hues=self.conversation.hues)
        return self._live.start(self.conversation, reply)

    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """Messages with their texts; a reply that is coming, or not saved yet, has all that came so far."""
        while True:
            ours = self._newer_here(ids)
            stored = await super().messages(ids)
            if ours <= self._newer_here(ids):  # else one has ended meanwhile: what was read of it is old
                return [self.newest(message) for message in stored]

    def _newer_here(self, ids: Sequence[int]) -> set[int]:
        """Those of which the history does not have all that came."""
        unsaved = self._live.unsaved
        return {i for i in ids if self.coming(i) or unsaved(self.conversation, i)}

    def newest(self, message: Message) -> Message:
        """A stored message as it is now."""
        live = self.coming(message.id)
        return live.snapshot() if live else self._live.unsaved(self.conversation, message.id) or message

    async def tokens(self) -> int:
        """About how many tokens the next request has, from the server's own count where there is one."""
        total = estimate_tokens(self.conversation.system)
        async for message in self._newest_first():
            usage = message.usage
            if usage is not None and usage.input_tokens is not None and not message.summary:
                return total + usage.input_tokens + (usage.output_tokens or 0)
            total += estimate_tokens(message.text) + sum(file.tokens for file in message.attachments)
            if message.summary:
                break
            total += TOKENS_PER_MESSAGE
        model = self.conversation.model
        return self.place.engine.estimate(model, total) if model else total

    async def _newest_first(self) -> AsyncIterator[Message]:
        path = self.conversation.path()[-_COUNTED:]
        while path:
            path, newest = path[:-_PAGE], path[-_PAGE:]
            for message in reversed(await self.messages(newest)):
                yield message

    def trouble(self, files: Sequence[Attachment]) -> str:
        """Why the model can't answer a prompt with these files, if that is known; otherwise nothing."""
        model = self.conversation.model
        if not model or not files:
            return ""
        tokens = self.place.engine.estimate(model, sum(file.tokens for file in files))
        if self.window and tokens > self.window:
            name = split_id(model)[1]
            return f"about {shorten(tokens)} tokens; {name} takes {shorten(self.window)}"
        return self.place.engine.refusal(model, files)

    @property
    def window(self) -> int | None:
        """Tokens that the model can take, where that is known."""
        info = self._catalogue.info(self.conversation.model) if self.conversation.model else None
        return info.context if info else None

    def cost(self, message: Message) -> float | None:
        """US dollars that a reply took, by its usage and the known prices; None where that is not known."""
        info = self._catalogue.info(message.model) if message.model else None
        return info.cost(message.usage) if info and message.usage else None
