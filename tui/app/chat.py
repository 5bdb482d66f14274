"""One conversation at work: send, answer again, edit, switch model, branch, delete. Draws nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from tui.app.hues import hue_of
from tui.app.live import LiveReplies, LiveReply, key_of
from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role
from tui.engine.choice import LAST_MODEL
from tui.engine.engine import Engine
from tui.engine.reply import Reply
from tui.history.store import ConversationChanges, HistoryStore

if TYPE_CHECKING:
    from tui.providers.catalogue import Catalogue

RECENT_MODELS = "recent_models"
"""Key of the history's state with the models used lately, newest first, one a line."""
_RECENTS = 12
_COUNTED = 400
"""Messages at most whose tokens are estimated; longer conversations know their size from the server."""
_PAGE = 16
"""Messages that are looked at together for that."""

Undo = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is kept: the history on disk, or one in memory."""

    store: HistoryStore
    engine: Engine
    temporary: bool = False


class Chat:
    """A conversation and its place. Every method stores before it returns."""

    def __init__(
        self, place: Place, catalogue: Catalogue, live: LiveReplies, conversation: Conversation
    ) -> None:
        self.place = place
        self.conversation = conversation
        self.preparing = False
        """A reply is being prepared: its prompt is on the way to the disk."""
        self.queue: list[str] = []
        """Prompts that wait for the end of the reply."""
        self._catalogue = catalogue
        self._live = live

    # -- what it is
    @property
    def key(self) -> int:
        """Tells conversations of both places apart; 0 until it is stored."""
        return key_of(self.conversation)

    @property
    def live(self) -> LiveReply | None:
        """The reply that is coming here now."""
        return self._live.get(self.key) if self.conversation.id else None

    @property
    def busy(self) -> bool:
        """Whether a reply comes, or is about to."""
        return self.preparing or self.live is not None

    @property
    def last(self) -> int | None:
        """The last message."""
        path = self.conversation.path()
        return path[-1] if path else None

    @property
    def last_reply(self) -> int | None:
        """The last reply."""
        nodes = self.conversation.nodes
        return next((i for i in reversed(self.conversation.path()) if nodes[i].role is Role.ASSISTANT), None)

    def hue(self, model_id: str) -> str:
        """The hue that a model has here, or would get with its first reply."""
        return hue_of(model_id, dict(self.conversation.hues))

    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """Messages with their texts; a reply that is coming has all that came so far."""
        found = await self.place.store.messages(ids)
        live = self.live
        if live is None:
            return found
        return [live.snapshot() if m.id == live.reply.message.id else m for m in found]

    async def tokens(self) -> int:
        """About how many tokens the next request has, from the server's own count where there is one."""
        total = estimate_tokens(self.conversation.system)
        async for message in self._newest_first():
            usage = message.usage
            if usage is not None and usage.input_tokens is not None and not message.summary:
                return total + usage.input_tokens + (usage.output_tokens or 0)
            total += estimate_tokens(message.text)
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

    @property
    def window(self) -> int | None:
        """Tokens that the model can take, where that is known."""
        info = self._catalogue.info(self.conversation.model) if self.conversation.model else None
        return info.context if info else None

    # -- answers
    async def send(self, text: str) -> LiveReply:
        """Store ``text`` as the next prompt and let its reply come."""
        await self._exist()
        await self.place.store.remember_prompt(text)
        return await self._start(await self.place.engine.send(self.conversation, text))

    async def edit(self, prompt_id: int, text: str) -> LiveReply:
        """Store ``text`` as a new version of a prompt and let its reply come."""
        return await self._start(await self.place.engine.edit(self.conversation, prompt_id, text))

    async def retry(self, message_id: int, model: str | None = None) -> LiveReply:
        """Let one more version of a reply come, by ``model`` if one is given."""
        return await self._start(await self.place.engine.retry(self.conversation, message_id, model))

    async def resume(self, reply_id: int) -> LiveReply:
        """Let a cut reply go on where it ended."""
        return await self._start(await self.place.engine.resume(self.conversation, reply_id))

    async def compact(self, before: int | None = None) -> LiveReply:
        """Let a summary come, of everything or of what stands before a message."""
        return await self._start(await self.place.engine.compact(self.conversation, before))

    async def _start(self, reply: Reply) -> LiveReply:
        model = reply.message.model or ""
        if model not in self.conversation.hues:
            hue_of(model, self.conversation.hues)
            await self.change(hues=self.conversation.hues)
        return self._live.start(self.conversation, reply)

    async def _exist(self) -> None:
        """Give the conversation its row; an empty one is not worth one."""
        if self.conversation.id:
            return
        kept = self.conversation
        made = await self.place.store.create_conversation(
            model=kept.model, system=kept.system, title=kept.title
        )
        self.conversation = made
        made.temporary = kept.temporary
        made.parameters, made.hues, made.titled = kept.parameters, kept.hues, kept.titled
        await self.change(parameters=made.parameters, hues=made.hues, titled=made.titled, tags=kept.tags)

    # -- settings of the conversation
    async def change(self, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields here and, once it is stored, in the history."""
        for name, value in changes.items():
            setattr(self.conversation, name, value)
        if self.conversation.id:
            await self.place.store.update_conversation(self.conversation.id, **changes)

    async def pin(self, message_id: int) -> None:
        """Keep a message in every request, or let it go."""
        pins = self.conversation.pins
        kept = tuple(pin for pin in pins if pin != message_id)
        await self.change(pins=kept if message_id in pins else (*pins, message_id))

    # -- the tree
    async def flip(self, message_id: int, step: int) -> int | None:
        """Show another version of a message. Returns its id, or None at the end of the row."""
        version = self.conversation.flip(message_id, step)
        if version is not None:
            await self.change(leaf=self.conversation.select(version))
        return version

    async def show(self, message_id: int) -> None:
        """Make a message part of the shown path."""
        if message_id in self.conversation.nodes and message_id not in self.conversation.path():
            await self.change(leaf=self.conversation.select(message_id))

    async def delete(self, message_id: int) -> Undo:
        """Hide a message. Returns what takes that back."""
        before = self.conversation.leaf
        await self._hide(message_id, hidden=True)
        after = self.conversation.leaf

        async def undo() -> None:
            await self._hide(message_id, hidden=False)
            if self.conversation.leaf == after:
                await self.change(leaf=before)

        return undo

    async def _hide(self, message_id: int, *, hidden: bool) -> None:
        await self.place.store.hide_messages([message_id], hidden=hidden)
        await self.change(leaf=self.conversation.hide([message_id], hidden=hidden))

    async def branch(self, message_id: int) -> Conversation:
        """A new conversation with everything up to ``message_id``."""
        return await self.place.store.copy_conversation(self.conversation.id, leaf=message_id)


async def note_model(store: HistoryStore, model_id: str) -> None:
    """Remember a model as the one used last."""
    known = await recent_models(store)
    if known[:1] != [model_id]:
        recents = [model_id, *(name for name in known if name != model_id)]
        await store.set_state(RECENT_MODELS, "\n".join(recents[:_RECENTS]))
        await store.set_state(LAST_MODEL, model_id)


async def recent_models(store: HistoryStore) -> list[str]:
    """The models used lately, newest first."""
    return (await store.get_state(RECENT_MODELS)).split()
