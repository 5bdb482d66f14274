"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, joined
from tui.engine.preferences import Preferences
from tui.errors import HistoryError
from tui.history.store import HistoryStore

DELAY = 0.6
"""Seconds after a change until the draft is written, at most."""
_LONGEST_PAUSE = 30.0
"""Seconds after which one that the history did not take is offered again, at most."""


class Drafts:
    """The drafts of all conversations, each in the history that keeps its conversation.

    There, prompts that wait for a reply stand before what is written. A draft is that of the program that
    writes it, as long as it runs; what another one writes is kept beside it.
    """

    def __init__(
        self,
        store_of: Callable[[Conversation], HistoryStore],
        spawn: Callable[[Callable[[], Awaitable[None]]], object],
        refused: Callable[[HistoryError], None],
        saved: Callable[[], None],
        waiting: Callable[[Conversation], Sequence[Draft]],
    ) -> None:
        """Begin with none.

        Args:
            store_of: The history that keeps a conversation.
            spawn: Lets something be done in a task.
            refused: Told why one could not be written; it is offered again, less and less often.
            saved: Told when the history has every draft after all.
            waiting: The prompts that wait in a conversation.
        """
        self._spawn = spawn
        self._store_of = store_of
        self._refused = refused
        self._saved = saved
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None
        self._why = ""
        """Why the history did not take one; nothing once it has them all."""
        self._pause = DELAY
        self._writing = asyncio.Lock()
        """One write at a time: who waits for a later one has waited for this one too."""
        self._unsaved: dict[_Key, tuple[Conversation, Draft]] = {}
        self._on_disk: dict[_Key, Draft] = {}
        """What the history has, where that is not what is written."""
        self._owned: dict[_Key, Conversation] = {}
        """The conversations whose drafts are this program's."""
        self._beside: set[_Key] = set()
        """Those where another program has the draft, and something is written here too."""

    async def load(self, conversation: Conversation) -> Draft:
        """The draft of a conversation; of the one that is not stored yet if it has no id.

        Its files come with their contents: they stay at hand, whatever becomes of the stored draft. One that
        another program writes just now is that program's: none is loaded.
        """
        key = _key(conversation)
        for other in [owned for at, owned in self._owned.items() if at != key]:
            await self._release(other)
        found = await self._claim(conversation, found=True)
        if found is None:
            conversation.draft, conversation.attachments = "", ()
            return Draft()
        draft = await self._stored(conversation)
        if not draft and not found:
            await self._release(conversation)  # nothing is written: who writes first has it
        if found:
            draft = joined([draft, Draft(found)])
            self.note(conversation, draft)
            await self.flush()  # it is nowhere else any more
        return draft

    async def _stored(self, conversation: Conversation) -> Draft:
        store = self._store_of(conversation)
        if conversation.id or _key(conversation) in self._unsaved:
            draft = self.written(conversation)
        else:
            draft = await store.new_draft()
        if not draft.attachments:
            return draft
        return Draft(draft.text, tuple(await store.with_contents(draft.attachments)))

    async def left_in(self) -> int | None:
        """The conversation in which a draft was left, unless another program is at work there."""
        left = await Preferences(self._store_of(Conversation(0))).draft_left_in()
        if left is None:
            return None
        return None if await self._claim(Conversation(left)) is None else left

    # -- whose they are
    async def _claim(self, conversation: Conversation, *, found: bool = False) -> str | None:
        """Have a draft; None where another program that runs has it."""
        key = _key(conversation)
        if key in self._owned and not found:
            return ""
        try:
            left = await self._store_of(conversation).claim_draft(conversation.id, found=found)
        except HistoryError:  # it can't be written: then nobody takes it away either
            return ""
        if left is not None:
            self._owned[key] = conversation
        return left

    async def _release(self, conversation: Conversation) -> None:
        self._owned.pop(_key(conversation), None)
        with contextlib.suppress(HistoryError):
            await self._store_of(conversation).release_draft(conversation.id)

    async def _is_anothers(self, conversation: Conversation, kept: Draft) -> bool:
        """Whether another program has the draft; then what is written here is kept beside it."""
        key = _key(conversation)
        anothers = await self._claim(conversation) is None
        if anothers or key in self._beside:
            store = self._store_of(conversation)
            await store.set_draft_beside(conversation.id, kept.text if anothers else "")
            (self._beside.add if anothers else self._beside.discard)(key)
        return anothers

    # -- what is written
    @property
    def all_saved(self) -> bool:
        """Whether the history has every draft as it is."""
        return not self._unsaved

    @property
    def any_refused(self) -> bool:
        """Whether the history did not take one when it was offered last."""
        return bool(self._why)

    def note(self, conversation: Conversation, draft: Draft) -> None:
        """The draft changed; it is written soon, and with it what was refused."""
        self._unsaved[_key(conversation)] = (conversation, draft)
        self._flush_within(DELAY)

    def note_waiting(self, conversation: Conversation) -> None:
        """The prompts that wait there changed."""
        self.note(conversation, self.written(conversation))

    def written(self, conversation: Conversation) -> Draft:
        """What is written there, as far as it was noted."""
        stored = conversation, Draft(conversation.draft, conversation.attachments)
        return self._unsaved.get(_key(conversation), stored)[1]

    async def move(self, before: Conversation, after: Conversation) -> None:
        """What is written goes from one conversation to another; the first keeps nothing of it."""
        draft = self.written(before) or await self.load(before)
        if draft:
            self.note(after, joined([draft, await self.load(after)]))
            self.note(before, Draft())
            await self.flush()  # at once: it may be a secret that must not stay where it was

    def _flush_within(self, seconds: float) -> None:
        """Write then, unless that is done earlier anyway."""
        loop = asyncio.get_running_loop()
        when = loop.time() + seconds
        if self._timer is None or self._timer.when() > when:
            self._wait_no_more()
            self._timer = loop.call_at(when, self._spawn, self.flush)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def flush(self) -> None:
        """Write what is not written yet, and wait for what is being written."""
        self._wait_no_more()
        async with self._writing:
            refusals: list[HistoryError] = []
            for key, unsaved in tuple(self._unsaved.items()):
                try:
                    await self._save(*unsaved)
                except HistoryError as error:
                    refusals.append(error)
                else:
                    if self._unsaved.get(key) is unsaved:
                        del self._unsaved[key]
            self._has_tried(refusals)

    def _has_tried(self, refusals: Sequence[HistoryError]) -> None:
        """Say how it stands, where that is new; what was refused is offered again in a while."""
        told, self._why = self._why, str(refusals[-1]) if refusals else ""
        if refusals:
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._flush_within(self._pause)
        else:
            self._pause = DELAY
        if refusals and self._why != told:
            self._refused(refusals[-1])
        elif told and not refusals:
            self._saved()

    async def _save(self, conversation: Conversation, draft: Draft) -> None:
        """Write a draft.

        Raises:
            HistoryError: The history has not taken it.
        """
        key, waiting = _key(conversation), self._waiting(conversation)
        kept = joined([*waiting, draft]) if waiting else draft
        changed = not conversation.id or kept != self._kept(conversation)
        if changed and not await self._is_anothers(conversation, kept):
            await self._write(conversation, kept)
        conversation.draft, conversation.attachments = draft.text, draft.attachments
        self._on_disk.pop(key, None)
        if kept != draft:
            self._on_disk[key] = kept

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
        if not draft:
            await self._release(conversation)


_Key = tuple[bool, int]


def _key(conversation: Conversation) -> _Key:
    """Tells conversations of both histories apart, also those that are not stored yet."""
    return conversation.temporary, conversation.id
