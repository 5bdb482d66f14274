"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, joined
from tui.engine.preferences import Preferences
from tui.errors import HistoryError
from tui.history.store import HistoryStore

DELAY = 0.6
"""Seconds without a key after which the draft is written."""


class Drafts:
    """The drafts of all conversations, each in the history that keeps its conversation.

    There, prompts that wait for a reply stand before what is written.
    """

    def __init__(
        self,
        store_of: Callable[[Conversation], HistoryStore],
        spawn: Callable[[Callable[[], Awaitable[None]]], object],
        tell: Callable[[HistoryError], None],
        waiting: Callable[[Conversation], Sequence[Draft]],
    ) -> None:
        """Begin with none.

        Args:
            store_of: The history that keeps a conversation.
            spawn: Lets something be done in a task.
            tell: Told why one could not be written.
            waiting: The prompts that wait in a conversation.
        """
        self._spawn = spawn
        self._store_of = store_of
        self._tell = tell
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None
        self._writing = asyncio.Lock()
        """One write at a time: who waits for a later one has waited for this one too."""
        self._unsaved: dict[_Key, tuple[Conversation, Draft]] = {}
        self._on_disk: dict[_Key, Draft] = {}
        """What the history has, where that is not what is written."""

    async def load(self, conversation: Conversation) -> Draft:
        """The draft of a conversation; of the one that is not stored yet if it has no id.

        Its files come with their contents: they stay at hand, whatever becomes of the stored draft.
        """
        store = self._store_of(conversation)
        if conversation.id or _key(conversation) in self._unsaved:
            draft = self.written(conversation)
        else:
            draft = await store.new_draft()
        if not draft.attachments:
            return draft
        return Draft(draft.text, tuple(await store.with_contents(draft.attachments)))

    def note(self, conversation: Conversation, draft: Draft) -> None:
        """The draft changed; it is written soon."""
        self._unsaved[_key(conversation)] = (conversation, draft)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY, self._spawn, self.flush)

    def note_waiting(self, conversation: Conversation) -> None:
        """The prompts that wait there changed."""
        self.note(conversation, self.written(conversation))

    def written(self, conversation: Conversation) -> Draft:
        """What is written there, as far as it was noted."""
        stored = conversation, Draft(conversation.draft, conversation.attachments)
        return self._unsaved.get(_key(conversation), stored)[1]

    async def move(self, before: Conversation, after: Conversation) -> None:
        """What is written goes from one conversation to another; the first keeps nothing of it."""
        draft = await self.load(before)
        if draft:
            self.note(after, joined([draft, await self.load(after)]))
            self.note(before, Draft())
            await self.flush()  # at once: it may be a secret that must not stay where it was

    async def flush(self) -> None:
        """Write what is not written yet, and wait for what is being written."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        async with self._writing:
            for key, unsaved in tuple(self._unsaved.items()):
                if await self._save(*unsaved) and self._unsaved.get(key) is unsaved:
                    del self._unsaved[key]

    async def _save(self, conversation: Conversation, draft: Draft) -> bool:
        """Write a draft. Returns whether the history has it; one that it does not take is offered again."""
        key, waiting = _key(conversation), self._waiting(conversation)
        kept = joined([*waiting, draft]) if waiting else draft
        try:
            if not conversation.id or kept != self._kept(conversation):
                await self._write(conversation, kept)
        except HistoryError as error:
            self._tell(error)
            return False
        conversation.draft, conversation.attachments = draft.text, draft.attachments
        self._on_disk.pop(key, None)
        if kept != draft:
            self._on_disk[key] = kept
        return True

    def _kept(self, conversation: Conversation) -> Draft:
        """What the history has."""
        return self._on_disk.get(_key(conversation), Draft(conversation.draft, conversation.attachments))

    async def _write(self, conversation: Conversation, draft: Draft) -> None:
        store = self._store_of(conversation)
        # Where it is comes first: a kill between the two must not leave a draft that nobody is led to.
        await Preferences(store).note_draft_in(conversation.id if draft else None)
        if conversation.id:
            await store.update_conversation(conversation.id, draft=draft.text, attachments=draft.attachments)
        else:
            await store.set_new_draft(draft)


_Key = tuple[bool, int]


def _key(conversation: Conversation) -> _Key:
    """Tells conversations of both histories apart, also those that are not stored yet."""
    return conversation.temporary, conversation.id
