"""What is written and not sent: kept where its conversation is kept, until it is sent."""

from __future__ import annotations

import asyncio
from typing import Any

from tui.chat.draft import Draft
from tui.engine.session_events import NotSaved, ReplyEnded
from tui.errors import HistoryBusyError


async def test_what_is_written_on_a_new_page_goes_to_the_temporary_one_and_leaves_the_disk(run):
    session, store = run.session, run.world.store
    session.drafts.note(session.current.conversation, Draft("a secret"))
    await session.drafts.flush()
    assert await store.new_draft() == Draft("a secret")
    page = await session.new_temporary()
    session.turn_to(page)
    await session.drafts.flush()
    assert await session.drafts.load(page.conversation) == Draft("a secret")
    assert not await store.new_draft() and await run.session.workspace.preferences.draft_left_in() is None
    await run.say("a secret")
    await session.drafts.flush()
    assert not await store.new_draft() and not await page.storage.store.new_draft()


async def test_the_draft_of_a_temporary_page_never_comes_to_the_disk_nor_is_that_of_a_new_one_lost(run):
    session, store = run.session, run.world.store
    await run.say("Hi")
    session.drafts.note((await session.new()).conversation, Draft("for a new page"))
    page = await session.new_temporary()
    session.turn_to(page)
    assert not await session.drafts.load(page.conversation)
    session.drafts.note(page.conversation, Draft("a secret"))
    await session.drafts.flush()
    assert await store.new_draft() == Draft("for a new page")
    session.turn_to(await session.new())
    assert await session.drafts.load(session.current.conversation) == Draft("for a new page")
    await run.say("Hi again")
    session.turn_to(await session.new_temporary())
    assert await session.drafts.load(session.current.conversation) == Draft("a secret")


async def test_the_draft_of_a_temporary_conversation_that_is_left_stays_with_it(run):
    session = run.session
    session.turn_to(await session.new_temporary())
    await run.say("Hi")
    left = session.current.conversation
    session.drafts.note(left, Draft("and then"))
    session.turn_to(await session.new())
    await session.drafts.flush()
    assert await session.drafts.load(left) == Draft("and then")
    assert not await run.world.store.new_draft()


async def test_a_draft_that_is_written_slowly_is_waited_for_at_the_end(run, monkeypatch):
    session, store = run.session, run.world.store
    await run.say("Hi")
    begun, go_on = asyncio.Event(), asyncio.Event()
    keep = store.update_conversation

    async def slow(conversation_id: int, **changes: Any) -> None:
        begun.set()
        await go_on.wait()
        await keep(conversation_id, **changes)

    await session.drafts.flush()
    monkeypatch.setattr(store, "update_conversation", slow)
    session.drafts.note(session.current.conversation, Draft("half a thought"))
    first = asyncio.create_task(session.drafts.flush())
    await begun.wait()
    assert session.drafts.written(session.current.conversation) == Draft("half a thought")
    end = asyncio.create_task(session.finish(lambda: Draft("half a thought")))
    await asyncio.wait([end], timeout=0.05)
    assert not end.done()
    go_on.set()
    await end
    await session.close()
    assert first.done()
    assert (await store.load_conversation(session.current.conversation.id)).draft == "half a thought"


async def test_a_draft_whose_writing_is_cut_short_or_refused_is_written_by_the_next(run, monkeypatch):
    session, store = run.session, run.world.store
    await run.say("Hi")
    await session.drafts.flush()
    begun = asyncio.Event()

    async def never(conversation_id: int, **changes: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def busy(conversation_id: int, **changes: Any) -> None:
        raise HistoryBusyError("The history is busy")

    monkeypatch.setattr(store, "update_conversation", never)
    session.drafts.note(session.current.conversation, Draft("half a thought"))
    cut = asyncio.create_task(session.drafts.flush())
    await begun.wait()
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    monkeypatch.setattr(store, "update_conversation", busy)
    await session.drafts.flush()
    assert [event.reason for event in run.of(NotSaved)] == ["The history is busy"]
    monkeypatch.undo()
    await session.drafts.flush()
    assert (await store.load_conversation(session.current.conversation.id)).draft == "half a thought"


async def test_a_prompt_that_begins_late_takes_no_draft_of_the_page_that_was_opened_meanwhile(
    run, monkeypatch
):
    session, store = run.session, run.world.store
    go_on, create = asyncio.Event(), store.create_conversation

    async def slow(**options: Any) -> Any:
        await go_on.wait()
        return await create(**options)

    monkeypatch.setattr(store, "create_conversation", slow)
    session.submit(Draft("Hi"))
    session.turn_to(await session.new())
    session.drafts.note(session.current.conversation, Draft("the next thought"))
    go_on.set()
    await run.until(lambda: run.of(ReplyEnded))
    await session.drafts.flush()
    assert await store.new_draft() == Draft("the next thought")


async def test_two_temporary_pages_that_are_asked_for_at_once_have_one_history(run):
    one, other = await asyncio.gather(run.session.new_temporary(), run.session.new_temporary())
    assert one.storage is other.storage
