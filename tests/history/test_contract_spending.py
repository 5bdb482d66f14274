"""What any history keeps of what was spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tui.chat.message import Role, Status
from tui.chat.model import Usage
from tui.chat.parts import Text
from tui.chat.spending import Spent
from tui.history.bundles import bundle_of
from tui.history.copying import copy_all
from tui.history.opening import open_history

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
USAGE = Usage(1000, 50, cached_tokens=400, cost=0.25, written_tokens=7)


async def answered(store, converse, begin_reply, usage=USAGE, status=Status.COMPLETE):
    """A conversation with a reply that took something."""
    conversation = await converse(store, "How long?")
    reply = await begin_reply(store, conversation)
    first = reply.created_at + timedelta(seconds=2)
    done = replace(reply, status=status, parts=(Text("Four."),), usage=usage, first_at=first)
    await store.finish_message(done)
    return conversation, done


async def test_what_a_reply_took_is_known_apart_from_it(store, converse, begin_reply):
    conversation, reply = await answered(store, converse, begin_reply)
    assert await store.spending() == [
        Spent(reply.created_at, "lab/big", USAGE, conversation.id, reply.id),
    ]
    [kept] = await store.messages([reply.id])
    assert kept.first_at == reply.first_at
    assert kept.usage == USAGE


async def test_it_is_read_by_time_and_oldest_first(store):
    for day in (3, 1, 2):
        await store.note_spending(Spent(NOON + timedelta(days=day), f"lab/{day}", Usage(day, 1)))
    assert [spent.model for spent in await store.spending()] == ["lab/1", "lab/2", "lab/3"]
    within = await store.spending(NOON + timedelta(days=2), NOON + timedelta(days=3))
    assert [spent.model for spent in within] == ["lab/2"]


async def test_a_reply_that_is_finished_again_counts_once(store, converse, begin_reply):
    _, reply = await answered(store, converse, begin_reply)
    await store.finish_message(replace(reply, usage=replace(USAGE, cost=0.5)))
    assert [spent.usage.cost for spent in await store.spending()] == [0.5]


async def test_it_stays_when_all_is_deleted_and_a_copy_spends_nothing(store, converse, begin_reply):
    conversation, _ = await answered(store, converse, begin_reply)
    await store.copy_conversation(conversation.id)
    await store.delete_conversation(conversation.id)
    await store.empty_trash(datetime.now(UTC) + timedelta(days=1))
    assert [spent.usage for spent in await store.spending()] == [USAGE]


async def test_what_comes_in_again_counts_once(store, converse, begin_reply):
    conversation, _ = await answered(store, converse, begin_reply)
    bundle = await bundle_of(store, conversation.id)
    for origin in ("elsewhere:1", "elsewhere:2"):
        bundle.conversation.origin = origin
        await store.add_conversations([bundle])
    assert len(await store.spending()) == 1


async def test_what_was_spent_goes_along_into_another_history_once(store, converse, begin_reply):
    await answered(store, converse, begin_reply)
    await store.note_spending(Spent(NOON, "lab/titles", Usage(20, 3, cost=0.01)))
    target = await open_history(None)
    try:
        for _ in range(2):
            await copy_all(store, target)
        found = await target.spending()
        assert [(spent.model, spent.usage) for spent in found] == [
            ("lab/titles", Usage(20, 3, cost=0.01)),
            ("lab/big", USAGE),
        ]
    finally:
        await target.close()


async def test_messages_that_are_added_to_what_was_there_count_too(store, converse, begin_reply):
    conversation = await converse(store, "How long?")
    bundle = await bundle_of(store, conversation.id)
    other = await open_history(None)
    try:
        [made] = await other.add_conversations([bundle])
        reply = await other.add_message(
            made,
            max(message.id for message in bundle.messages),
            Role.ASSISTANT,
            model="lab/big",
            status=Status.STREAMING,
        )
        await other.finish_message(
            replace(reply, status=Status.COMPLETE, parts=(Text("Four."),), usage=USAGE)
        )
        assert await store.add_missing(await bundle_of(other, made)) == 1
        assert [spent.usage for spent in await store.spending()] == [USAGE]
    finally:
        await other.close()
