"""Drafts on their way to the disk: one after the other, and kept when they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.engine.conftest import PATIENCE
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.engine.drafts import Drafts
from tui.errors import HistoryError
from tui.history.sqlite.history import open_history


class SlowStore:
    """A history in memory whose writes of a conversation wait, or fail."""

    def __init__(self, store) -> None:
        self._store = store
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False
        self.refused = 0
        self.tried = asyncio.Event()

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    async def update_conversation(self, conversation_id: int, **changes: object) -> None:
        await self.gate.wait()
        if self.fails:
            self.refused += 1
            self.tried.set()
            raise HistoryError("The disk is full")
        await self._store.update_conversation(conversation_id, **changes)


async def begun() -> tuple[SlowStore, Drafts, Conversation, list[str], asyncio.Event]:
    store = SlowStore(await open_history(None))
    conversation = await store.create_conversation(title="Kyoto")
    told: list[str] = []
    saved = asyncio.Event()

    def waiting(conversation: Conversation) -> Sequence[Draft]:
        return ()

    drafts = Drafts(
        lambda conversation: store,
        lambda act: asyncio.ensure_future(act()),
        lambda error: told.append(str(error)),
        saved.set,
        waiting,
    )
    return store, drafts, conversation, told, saved


async def on_disk(store: SlowStore, conversation: Conversation) -> str:
    return (await store.load_conversation(conversation.id)).draft


async def test_a_draft_counts_as_kept_only_after_the_write():
    store, drafts, conversation, *_ = await begun()
    store.gate.clear()
    drafts.note(conversation, Draft("and in five"))
    writing = asyncio.create_task(drafts.flush())
    await asyncio.sleep(0.05)
    assert conversation.draft == ""
    assert drafts.written(conversation).text == "and in five", "it is at hand all the same"
    assert (await drafts.load(conversation)).text == "and in five"
    store.gate.set()
    await writing
    assert conversation.draft == await on_disk(store, conversation) == "and in five"
    await store.close()


async def test_what_is_sent_while_it_is_written_is_no_draft_any_more():
    store, drafts, conversation, *_ = await begun()
    store.gate.clear()
    drafts.note(conversation, Draft("and in five"))
    first = asyncio.create_task(drafts.flush())
    await asyncio.sleep(0.05)
    drafts.note(conversation, Draft())
    second = asyncio.create_task(drafts.flush())
    await asyncio.sleep(0.05)
    store.gate.set()
    await asyncio.gather(first, second)
    assert await on_disk(store, conversation) == ""
    await store.close()


async def test_a_draft_that_could_not_be_written_is_written_with_the_next_one():
    store, drafts, conversation, *_ = await begun()
    store.fails = True
    drafts.note(conversation, Draft("and in five"))
    await drafts.flush()
    assert conversation.draft == ""
    assert drafts.written(conversation).text == "and in five"
    store.fails = False
    await drafts.flush()
    assert conversation.draft == await on_disk(store, conversation) == "and in five"
    await store.close()


async def test_a_draft_that_could_not_be_written_is_offered_again_by_itself_and_told_once(monkeypatch):
    monkeypatch.setattr("tui.engine.drafts.DELAY", 0.01)
    store, drafts, conversation, told, saved = await begun()
    store.fails = True
    drafts.note(conversation, Draft("and in five"))
    while store.refused < 3:
        await store.tried.wait()
        store.tried.clear()
    assert told == ["The disk is full"] and drafts.any_refused and not drafts.all_saved
    store.fails = False
    await saved.wait()
    assert told == ["The disk is full"] and drafts.all_saved and not drafts.any_refused
    assert await on_disk(store, conversation) == "and in five"
    await store.close()


async def test_a_draft_that_was_refused_is_offered_again_while_one_goes_on_writing(monkeypatch):
    monkeypatch.setattr("tui.engine.drafts.DELAY", 0.01)
    store, drafts, conversation, *_ = await begun()
    store.fails = True
    async with asyncio.timeout(PATIENCE):
        while store.refused < 4:
            drafts.note(conversation, Draft("and in five"))
            await asyncio.sleep(0)
    await store.close()


async def test_a_draft_whose_write_hangs_and_is_not_waited_for_is_not_saved():
    store, drafts, conversation, told, _ = await begun()
    store.gate.clear()
    drafts.note(conversation, Draft("and in five"))
    assert not drafts.all_saved, "not yet"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await drafts.flush()
    assert not drafts.all_saved
    assert not drafts.any_refused and not told, "nobody refused it"
    store.gate.set()
    await drafts.flush()
    assert drafts.all_saved
    await store.close()
