"""One conversation at work: send, answer again, edit, branch, delete. Draws nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Unpack

from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role
from tui.engine.engine import Engine
from tui.engine.reply import Reply
from tui.history.store import ConversationChanges, HistoryStore

Undo = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is kept: the history on disk, or one in memory."""

    store: HistoryStore
    engine: Engine
    temporary: bool = False


class Talk:
    """A conversation and its place. Every method stores before it returns; a reply is the caller's to run."""

    def __init__(self, place: Place, conversation: Conversation) -> None:
        self.place = place
        self.conversation = conversation

    # -- what it is
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

    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """Messages with their texts."""
        return await self.place.store.messages(ids)

    # -- answers
    async def send(
        self, text: str, attachments: Sequence[Attachment] = (), model: str | None = None
    ) -> Reply:
        """Store ``text`` and its files as the next prompt and prepare its reply, by ``model`` if given."""
        await self._exist()
        await self.place.store.remember_prompt(text)
        return await self.place.engine.send(self.conversation, text, model, attachments)

    async def edit(
        self, prompt_id: int, text: str, attachments: Sequence[Attachment] = (), model: str | None = None
    ) -> Reply:
        """Store ``text`` and its files as a new version of a prompt and prepare its reply."""
        return await self.place.engine.edit(self.conversation, prompt_id, text, attachments, model)

    async def retry(self, message_id: int, model: str | None = None) -> Reply:
        """Prepare one more version of a reply, by ``model`` if one is given."""
        return await self.place.engine.retry(self.conversation, message_id, model)

    async def resume(self, reply_id: int) -> Reply:
        """Prepare a version of a cut reply that goes on where it ended."""
        return await self.place.engine.resume(self.conversation, reply_id)

    async def compact(self, before: int | None = None) -> Reply:
        """Prepare a summary, of everything or of what stands before a message."""
        return await self.place.engine.compact(self.conversation, before)

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

    async def delete(self, ids: Sequence[int]) -> Undo:
        """Hide messages. Returns what takes that back."""
        before = self.conversation.leaf
        await self._hide(ids, hidden=True)
        after = self.conversation.leaf

        return partial(self.bring_back, ids, before, after)

    async def bring_back(self, ids: Sequence[int], before: int | None, after: int | None) -> None:
        """Show deleted messages again.

        Args:
            ids: The messages.
            before: The end of the path before they were deleted.
            after: Its end after that; if it is another now, it stays.
        """
        undisturbed = self.conversation.leaf == after
        await self._hide(ids, hidden=False)
        if undisturbed:
            await self.change(leaf=before)

    async def undelete(self) -> int:
        """Show every deleted message again whose time is not over. Returns how many."""
        hidden = [node.id for node in self.conversation.nodes.values() if node.deleted]
        await self.place.store.hide_messages(hidden, hidden=False)
        stored = await self.place.store.load_conversation(self.conversation.id)
        back = [i for i in hidden if i in stored.nodes and not stored.nodes[i].deleted]
        await self.change(leaf=self.conversation.hide(back, hidden=False))
        return len(back)

    async def _hide(self, ids: Sequence[int], *, hidden: bool) -> None:
        await self.place.store.hide_messages(ids, hidden=hidden)
        await self.change(leaf=self.conversation.hide(ids, hidden=hidden))

    async def branch(self, message_id: int) -> Conversation:
        """A new conversation with everything up to ``message_id``."""
        return await self.place.store.copy_conversation(self.conversation.id, leaf=message_id)
