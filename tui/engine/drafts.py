"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, joined
from tui.engine.live import key_of
from tui.engine.preferences import Preferences
from tui.errors import HistoryError
from tui.history.store import HistoryStore

DELAY = 0.6
"""Seconds without a key after which the draft is written."""


class Drafts:
    """The drafts of one history. On the disk, prompts that wait for a reply stand before what is written."""

    def __init__(
        self,
        store: HistoryStore,
        spawn: Callable[[Callable[[], Awaitable[None]]], object],
        tell: Callable[[HistoryError], None],
        waiting: Callable[[Conversation], Sequence[Draft]],
    ) -> None:
        """Begin with none.

        Args:
            store: Where they are kept.
            spawn: Lets something be done in a task.
            tell: Told why one could not be written.
            waiting: The prompts that wait in a conversation.
        """
        self._spawn = spawn
        self._store = store
        self._preferences = Preferences(store)
        self._tell = tell
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None
        self._unsaved: dict[int, tuple[Conversation, Draft]] = {}
        self._on_disk: dict[int, Draft] = {}
        """What the history has, where that is not what is written."""

    async def load(self, conversation: Conversation) -> Draft:
        """The draft of a conversation; of the one that is not stored yet if it has no id.

        Its files come with their contents: they stay at hand, whatever becomes of the stored draft.
        """
        if conversation.id:
            draft = Draft(conversation.draft, conversation.attachments)
        else:
            draft = await self._store.new_draft()
        if not draft.attachments:
            return draft
        return Draft(draft.text, tuple(await self._store.with_contents(draft.attachments)))

    async def left_in(self) -> int | None:
        """The conversation in which a draft was left."""
        return await self._preferences.draft_left_in()

    def note(self, conversation: Conversation, draft: Draft) -> None:
        """The draft changed; it is written soon."""
        self._unsaved[key_of(conversation)] = (conversation, draft)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY, self._spawn, self.flush)

    def note_waiting(self, conversation: Conversation) -> None:
        """The prompts that wait there changed."""
        self.note(conversation, self.written(conversation))

    def written(self, conversation: Conversation) -> Draft:
        """What is written there, as far as it was noted."""
        stored = conversation, Draft(conversation.draft, conversation.attachments)
        return self._unsaved.get(key_of(conversation), stored)[1]

    async def flush(self) -> None:
        """Write now what is not written yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        unsaved, self._unsaved = self._unsaved, {}
        for conversation, draft in unsaved.values():
            if not conversation.temporary:
                await self._save(conversation, draft)

    async def _save(self, conversation: Conversation, draft: Draft) -> None:
        key, waiting = key_of(conversation), self._waiting(conversation)
        before = self._on_disk.pop(key, Draft(conversation.draft, conversation.attachments))
        conversation.draft, conversation.attachments = draft.text, draft.attachments
        kept = joined([*waiting, draft]) if waiting else draft
        try:
            if conversation.id and kept == before:
                return
            # Where it is comes first: a kill between the two must not leave a draft that nobody is led to.
            await self._preferences.note_draft_in(conversation.id if kept else None)
            if conversation.id:
                await self._store.update_conversation(
                    conversation.id, draft=kept.text, attachments=kept.attachments
                )
            else:
                await self._store.set_new_draft(kept)
        except HistoryError as error:
            kept = before
            self._unsaved.setdefault(key, (conversation, draft))  # it is written with the next one
            self._tell(error)
        finally:
            if kept != draft:
                self._on_disk[key] = kept
