"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

import asyncio
import contextlib
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
        """What was noted, until it is on the disk."""
        self._writing = asyncio.Lock()
        """One is written after the other: an earlier draft must not come to the disk last."""
        self._owned: set[int] = set()
        """The conversations, by id, whose drafts are this program's."""
        self._beside: set[int] = set()
        """Those where another program has the draft, and something is written here too."""
        self._on_disk: dict[int, Draft] = {}
        """What the history has, where that is not what is written."""

    async def load(self, conversation: Conversation) -> Draft:
        """The draft of a conversation; of the one that is not stored yet if it has no id.

        Its files come with their contents: they stay at hand, whatever becomes of the stored draft. One that
        another program writes just now is that program's: none is loaded.
        """
        for other in self._owned - {conversation.id}:
            await self._release(other)
        found = await self._claim(conversation.id, found=True)
        if found is None:
            conversation.draft, conversation.attachments = "", ()
            return Draft()
        draft = await self._stored(conversation)
        if not draft and not found:
            await self._release(conversation.id)  # nothing is written: who writes first has it
        if found:
            draft = joined([draft, Draft(found)])
            await self._save(conversation, draft)  # it is nowhere else any more
        return draft

    async def _stored(self, conversation: Conversation) -> Draft:
        noted = self._unsaved.get(key_of(conversation))
        if noted is not None and noted[0].temporary is conversation.temporary:
            return noted[1]
        if conversation.id:
            draft = Draft(conversation.draft, conversation.attachments)
        else:
            draft = await self._store.new_draft()
        if not draft.attachments:
            return draft
        return Draft(draft.text, tuple(await self._store.with_contents(draft.attachments)))

    async def left_in(self) -> int | None:
        """The conversation in which a draft was left, unless another program is at work there."""
        left = await self._preferences.draft_left_in()
        if left is None or await self._store.claim_draft(left) is None:
            return None
        self._owned.add(left)
        return left

    # -- whose they are
    async def _claim(self, conversation_id: int, *, found: bool = False) -> str | None:
        """Have a draft; None where another program that runs has it."""
        if conversation_id in self._owned and not found:
            return ""
        try:
            left = await self._store.claim_draft(conversation_id, found=found)
        except HistoryError:  # it can't be written: then nobody takes it away either
            return ""
        if left is not None:
            self._owned.add(conversation_id)
        return left

    async def _release(self, conversation_id: int) -> None:
        self._owned.discard(conversation_id)
        with contextlib.suppress(HistoryError):
            await self._store.release_draft(conversation_id)

    async def _is_anothers(self, conversation_id: int, kept: Draft) -> bool:
        """Whether another program has the draft; then what is written here is kept beside it."""
        anothers = await self._claim(conversation_id) is None
        if anothers or conversation_id in self._beside:
            await self._store.set_draft_beside(conversation_id, kept.text if anothers else "")
            (self._beside.add if anothers else self._beside.discard)(conversation_id)
        return anothers

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
        for key, noted in tuple(self._unsaved.items()):
            done = noted[0].temporary or await self._save(*noted)
            if done and self._unsaved.get(key) is noted:
                del self._unsaved[key]

    async def _save(self, conversation: Conversation, draft: Draft) -> bool:
        """Write a draft. Returns whether it is on the disk."""
        async with self._writing:
            return await self._write(conversation, draft)

    async def _write(self, conversation: Conversation, draft: Draft) -> bool:
        key, waiting = key_of(conversation), self._waiting(conversation)
        before = self._on_disk.pop(key, Draft(conversation.draft, conversation.attachments))
        kept = joined([*waiting, draft]) if waiting else draft
        try:
            same = bool(conversation.id) and kept == before
            if not same and not await self._is_anothers(conversation.id, kept):
                await self._put(conversation.id, kept)
            conversation.draft, conversation.attachments = draft.text, draft.attachments
        except HistoryError as error:  # it is written with the next one
            kept = before
            self._unsaved.setdefault(key, (conversation, draft))
            self._tell(error)
            return False
        finally:
            if kept != draft:
                self._on_disk[key] = kept
        return True

    async def _put(self, conversation_id: int, kept: Draft) -> None:
        # Where it is comes first: a kill between the two must not leave a draft that nobody is led to.
        await self._preferences.note_draft_in(conversation_id if kept else None)
        if conversation_id:
            await self._store.update_conversation(
                conversation_id, draft=kept.text, attachments=kept.attachments
            )
        else:
            await self._store.set_new_draft(kept)
        if not kept:
            await self._release(conversation_id)
