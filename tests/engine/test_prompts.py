"""A prompt is in one place: sent under the message that it was written for, or the person's again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tui.chat.chunks import Finish, FinishReason, Usage
from tui.chat.draft import Draft
from tui.chat.message import Role
from tui.engine.request import CONTINUE, SUMMARISE
from tui.engine.session_events import Fault, GivenBack, Problem, ReplyBegan, ReplyEnded
from tui.errors import ErrorKind, HistoryBusyError, ProviderError, UsageError

DONE = Finish(FinishReason.STOP)


async def path_of(world: Any, conversation: Any) -> list[str]:
    stored = await world.store.load_conversation(conversation.id)
    assert stored.path() == conversation.path()
    return [message.text for message in await world.store.messages(conversation.path())]


# -- a reply that can't begin
@pytest.mark.parametrize("hides", [True, False])
async def test_a_prompt_whose_reply_could_not_be_stored_is_given_back_and_sent_once(run, monkeypatch, hides):
    store, add = run.world.store, run.world.store.add_message

    async def no_reply(conversation_id: int, parent: Any, role: Role, *rest: Any, **more: Any) -> Any:
        if role is Role.ASSISTANT:
            raise HistoryBusyError("The history is busy")
        return await add(conversation_id, parent, role, *rest, **more)

    async def busy(*rest: Any, **more: Any) -> None:
        raise HistoryBusyError("The history is busy")

    with monkeypatch.context() as refusing:
        refusing.setattr(store, "add_message", no_reply)
        if not hides:
            refusing.setattr(store, "hide_messages", busy)
        run.session.submit(Draft("Hi"))
        await run.until(lambda: run.of(GivenBack))
    assert run.of(GivenBack)[0].draft == Draft("Hi")
    assert not run.session.current.conversation.path()
    await run.say("Hi")
    conversation = run.session.current.conversation
    assert await path_of(run.world, conversation) == ["Hi", "ok"]
    assert len(conversation.versions(conversation.path()[0])) == 1
    stored = await store.load_conversation(conversation.id)
    assert len(stored.versions(stored.path()[0])) == 1


async def test_a_prompt_whose_title_could_not_be_stored_is_given_back_and_titled_the_next_time(
    run, monkeypatch
):
    store, update = run.world.store, run.world.store.update_conversation

    async def no_title(conversation_id: int, **changes: Any) -> None:
        if changes.get("title"):
            raise HistoryBusyError("The history is busy")
        await update(conversation_id, **changes)

    with monkeypatch.context() as refusing:
        refusing.setattr(store, "update_conversation", no_title)
        run.session.submit(Draft("Hi"))
        await run.until(lambda: run.of(GivenBack))
    await run.say("Hi")
    conversation = run.session.current.conversation
    assert await path_of(run.world, conversation) == ["Hi", "ok"]
    assert (await store.load_conversation(conversation.id)).title == "Hi"


async def test_a_new_version_of_a_prompt_that_can_not_begin_leaves_the_path_as_it_was(run, monkeypatch):
    await run.say("A")
    current = run.session.current
    before, add = current.conversation.path(), run.world.store.add_message

    async def no_reply(conversation_id: int, parent: Any, role: Role, *rest: Any, **more: Any) -> Any:
        if role is Role.ASSISTANT:
            raise HistoryBusyError("The history is busy")
        return await add(conversation_id, parent, role, *rest, **more)

    with monkeypatch.context() as refusing:
        refusing.setattr(run.world.store, "add_message", no_reply)
        run.session.begin(current, lambda: current.edit(before[0], "B"), Draft("B"))
        await run.until(lambda: run.of(GivenBack))
    assert current.conversation.path() == before
    assert await path_of(run.world, current.conversation) == ["A", "ok"]


async def test_a_fault_of_ours_gives_the_prompt_and_the_queue_back(run, monkeypatch):
    def broken(*arguments: Any, **options: Any) -> Any:
        raise ValueError("ours")

    monkeypatch.setattr("tui.engine.request.build_request", broken)
    run.session.submit(Draft("Hi"))
    run.session.submit(Draft("and then"))
    await run.until(lambda: run.of(GivenBack))
    assert run.of(GivenBack)[0].draft == Draft("Hi\n\nand then")
    assert str(run.of(Fault)[0].error) == "ours"
    assert not run.session.current.at_work and not run.session.current.conversation.path()
    monkeypatch.undo()
    await run.say("Hi")
    assert await path_of(run.world, run.session.current.conversation) == ["Hi", "ok"]


# -- where a prompt goes
async def test_a_queued_prompt_follows_the_reply_that_it_waited_for_though_another_version_is_shown(run):
    run.world.script("old", DONE)
    await run.say("A")
    current, more = run.session.current, asyncio.Event()
    old = current.last_reply
    run.world.script("new", more, DONE)
    run.session.begin(current, lambda: current.retry(old))
    await run.until_said("new")
    new = current.last_reply
    run.session.submit(Draft("for the new one"))
    run.session.submit(Draft("and on"))
    await current.show(old)
    more.set()
    await run.until(lambda: len(run.of(ReplyEnded)) == 4)
    assert new in current.conversation.path() and old not in current.conversation.path()
    assert await path_of(run.world, current.conversation) == [
        "A",
        "new",
        "for the new one",
        "ok",
        "and on",
        "ok",
    ]
    assert not current.queue


async def test_each_queued_prompt_waits_for_its_own_reply(run):
    run.world.script("old", DONE)
    await run.say("A")
    current, one, two = run.session.current, asyncio.Event(), asyncio.Event()
    old = current.last_reply
    run.world.script("new", one, DONE)
    run.session.begin(current, lambda: current.retry(old))
    await run.until_said("new")
    run.session.submit(Draft("under new"))
    await current.show(old)
    run.world.script("beside", two, DONE)
    run.session.submit(Draft("under old"))
    await run.until_said("beside")
    run.session.submit(Draft("under beside"))
    two.set()
    await run.until(lambda: len(run.of(ReplyEnded)) == 3)
    assert [draft.text for draft in current.queue] == ["under new"]
    one.set()
    await run.until(lambda: len(run.of(ReplyEnded)) == 5)
    assert await path_of(run.world, current.conversation) == ["A", "new", "under new", "ok"]


async def test_a_prompt_follows_what_was_shown_when_it_was_sent(run, monkeypatch):
    run.world.script("old", DONE)
    await run.say("A")
    current = run.session.current
    old = current.last_reply
    run.world.script("new", DONE)
    await (await run.session.start(current, lambda: current.retry(old))).ended()
    remember, go_on = run.world.store.remember_prompt, asyncio.Event()

    async def slow(text: str) -> None:
        await go_on.wait()
        await remember(text)

    monkeypatch.setattr(run.world.store, "remember_prompt", slow)
    run.session.submit(Draft("B"))
    await current.show(old)
    go_on.set()
    await run.until(lambda: len(run.of(ReplyEnded)) == 3)
    assert (await path_of(run.world, current.conversation))[:3] == ["A", "new", "B"]


# -- what is sent
@pytest.mark.parametrize("earlier", [False, True])
async def test_a_reply_whose_prompt_was_deleted_is_not_asked_for_again(run, earlier):
    if earlier:
        await run.say("before")
    await run.say("Hi")
    current = run.session.current
    reply = current.last_reply
    await current.delete([current.prompt_of(reply)])
    asked = len(run.world.provider.requests)
    for act in (current.retry, current.resume):
        with pytest.raises(UsageError, match="prompt of this reply was deleted"):
            await act(reply)
    assert len(run.world.provider.requests) == asked
    assert current.last_reply == reply


async def test_a_reply_that_goes_on_is_counted_with_what_was_said_of_it(world):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script("word " * 2000, ProviderError("lost", kind=ErrorKind.LOST))
    cut = await (await world.engine.send(conversation, "Tell")).run(world.events.append)
    before = world.engine.estimate("lab/one", 1000)
    world.script(" and on", Usage(input_tokens=2000), DONE)
    await (await world.engine.resume(conversation, cut.id)).run(world.events.append)
    assert world.provider.requests[-1][1][-1] == ("user", CONTINUE)
    assert 0.5 * before < world.engine.estimate("lab/one", 1000) < 1.5 * before


async def test_a_summary_is_counted_with_what_asks_for_it(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await (await world.engine.send(conversation, "Hi")).run(world.events.append)
    tokens = len(SUMMARISE) // 4
    world.script("In short.", Usage(input_tokens=tokens), DONE)
    await (await world.engine.compact(conversation)).run(world.events.append)
    assert world.provider.requests[-1][1][-1] == ("user", SUMMARISE)
    assert 600 < world.engine.estimate("lab/one", 1000) < 1500


# -- titles
async def test_a_title_that_is_chosen_in_the_list_while_a_model_names_it_stays(begin):
    run = await begin(auto_title=True)
    session, naming = run.session, asyncio.Event()
    run.world.script("Four days.", DONE)
    run.world.script(naming, "Days in Kyoto", DONE)
    session.submit(Draft("How long for Kyoto?"))
    await run.until(lambda: run.of(ReplyEnded))
    named = session.current
    session.turn_to(await session.new())
    before = await session.change(named.conversation.id, title="Mine", titled=True)
    assert before == {"title": "How long for Kyoto?", "titled": False}
    naming.set()
    await session.settle()
    assert (await run.world.store.load_conversation(named.conversation.id)).title == "Mine"
    assert (await session.find(named.conversation.id)).conversation.title == "Mine"


async def test_a_title_that_is_chosen_in_the_list_while_the_first_reply_comes_stays(begin):
    run = await begin(auto_title=True)
    session, more = run.session, asyncio.Event()
    run.world.script("Four ", more, "days.", DONE)
    session.submit(Draft("How long for Kyoto?"))
    await run.until_said("Four ")
    first = session.current.conversation.id
    session.turn_to(await session.new())
    await session.change(first, title="Mine", titled=True)
    assert (await session.find(first)).conversation.title == "Mine"
    more.set()
    await run.until(lambda: run.of(ReplyEnded))
    await session.settle()
    assert (await run.world.store.load_conversation(first)).title == "Mine"
    assert len(run.world.provider.requests) == 1, "no model is asked to name it"


async def test_a_title_that_another_program_gave_meanwhile_stays(begin):
    run = await begin(auto_title=True)
    naming = asyncio.Event()
    run.world.script("Four days.", DONE)
    run.world.script(naming, "Days in Kyoto", DONE)
    run.session.submit(Draft("How long for Kyoto?"))
    await run.until(lambda: run.of(ReplyEnded))
    number = run.session.current.conversation.id
    await run.world.store.update_conversation(number, title="Theirs", titled=True)
    naming.set()
    await run.session.settle()
    assert (await run.world.store.load_conversation(number)).title == "Theirs"
    assert not run.of(Problem) and len(run.of(ReplyBegan)) == 1
