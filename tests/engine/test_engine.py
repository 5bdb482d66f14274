"""What a person can do with a conversation: nothing that was there is lost."""

from __future__ import annotations

import asyncio

import pytest

from tui.chat.chunks import Finish, FinishReason, Usage
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.chat.parts import Text
from tui.engine.events import Noticed
from tui.errors import ErrorKind, ProviderError, UsageError

DONE = Finish(FinishReason.STOP)


async def say(world, conversation, text, answer, model=None):
    world.script(answer, DONE)
    reply = await world.engine.send(conversation, text, model)
    return await reply.run(world.events.append)


async def texts(world, conversation):
    return [m.text for m in await world.store.messages(conversation.path())]


async def test_the_model_changes_in_mid_conversation(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "A", "a")
    conversation.model = "lab/two"
    second = await say(world, conversation, "B", "b")
    assert second.model == "lab/two"
    model, messages, _ = world.provider.requests[-1]
    assert model == "two" and messages == [("user", "A"), ("assistant", "a"), ("user", "B")]


async def test_the_first_words_are_the_title(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "How do I\nbake bread?", "So.")
    assert conversation.title == "How do I bake bread?"
    [row] = await world.store.list_conversations()
    assert row.title == "How do I bake bread?"


async def test_what_is_done_with_a_message_of_another_conversation_ends_in_words(world):
    """It was chosen, and before that was heard another conversation was opened."""
    conversation = await world.store.create_conversation(model="lab/one")
    for act in (world.engine.retry, world.engine.resume, world.engine.compact):
        with pytest.raises(UsageError, match="not in this conversation any more"):
            await act(conversation, 17)
    with pytest.raises(UsageError, match="not in this conversation any more"):
        await world.engine.edit(conversation, 17, "anew")


async def test_a_retry_stands_beside_the_old_reply(world):
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "A", "old")
    world.script("new", DONE)
    again = await (await world.engine.retry(conversation, first.id, "lab/two")).run(world.events.append)
    assert conversation.versions(first.id) == [first.id, again.id]
    assert await texts(world, conversation) == ["A", "new"]
    conversation.select(first.id)
    assert await texts(world, conversation) == ["A", "old"]


async def test_an_edited_prompt_stands_beside_the_old_one(world):
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "A", "a")
    world.script("b", DONE)
    await (await world.engine.edit(conversation, first.parent, "B")).run(world.events.append)
    assert await texts(world, conversation) == ["B", "b"]
    assert len(conversation.nodes) == 4


async def test_a_cut_reply_goes_on_from_its_text(world):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script("Once upon", ProviderError("lost", kind=ErrorKind.LOST))
    cut = await (await world.engine.send(conversation, "Tell")).run(world.events.append)
    assert cut.status is Status.INTERRUPTED
    world.script(" a time", DONE)
    whole = await (await world.engine.resume(conversation, cut.id)).run(world.events.append)
    assert whole.text == "Once upon a time"
    assert conversation.versions(cut.id) == [cut.id, whole.id]
    assert [role for role, _ in world.provider.requests[-1][1]] == ["user", "assistant", "user"]


async def test_a_failed_reply_is_not_sent_back(world):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script(ProviderError("no", kind=ErrorKind.AUTH))
    await (await world.engine.send(conversation, "A")).run(world.events.append)
    await say(world, conversation, "B", "b")
    assert world.provider.requests[-1][1] == [("user", "A\n\nB")]


async def test_the_oldest_turns_are_left_out_where_the_model_is_small(world):
    world.infos["lab/one"] = ModelInfo("lab/one", context=100)
    conversation = await world.store.create_conversation(model="lab/one", system="Be brief.")
    await say(world, conversation, "long " * 60, "ok")
    await say(world, conversation, "short", "fine")
    sent = world.provider.requests[-1][1]
    assert sent == [("system", "Be brief."), ("user", "short")]
    assert world.told(Noticed)[-1].text == (
        "2 earlier messages left out to fit the model's context; /compact sums them up instead"
    )


async def test_the_estimate_learns_from_the_servers_count(world):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script("a", Usage(input_tokens=12), DONE)
    await (await world.engine.send(conversation, "word " * 4)).run(world.events.append)
    assert world.engine.estimate("lab/one", 100) == 150


async def test_a_model_names_the_conversation_if_that_is_wanted(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "How do I bake bread?", "So.")
    world.script("**“Baking bread”**\nHope that helps!", DONE)
    assert await world.engine.name(conversation, "lab/big") == "Baking bread"
    [row] = await world.store.list_conversations()
    assert row.title == "Baking bread"


async def test_a_title_that_the_person_chose_stays_and_a_failure_keeps_the_first_words(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "How do I bake bread?", "So.")
    world.script(ProviderError("no", kind=ErrorKind.AUTH))
    assert await world.engine.name(conversation, "lab/big") is None
    assert conversation.title == "How do I bake bread?"
    conversation.titled = True
    assert await world.engine.name(conversation, "lab/big") is None


async def test_a_pinned_message_is_never_left_out(world):
    world.infos["lab/one"] = ModelInfo("lab/one", context=200)
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "The word is heron. " + "long " * 60, "ok")
    await say(world, conversation, "filler " * 60, "ok")
    conversation.pins = (first.parent,)
    await say(world, conversation, "Which word?", "heron")
    sent = world.provider.requests[-1][1]
    assert "heron" in sent[0][1] and sent[-1] == ("user", "Which word?")
    assert not any("filler" in text for _, text in sent)


async def test_a_summary_stands_for_all_before_it_and_nothing_is_removed(world):
    conversation = await world.store.create_conversation(model="lab/one", system="Be brief.")
    await say(world, conversation, "A", "a")
    world.script("They said A.", DONE)
    summary = await (await world.engine.compact(conversation)).run(world.events.append)
    assert [role for role, _ in world.provider.requests[-1][1]] == ["system", "user", "assistant", "user"]
    await say(world, conversation, "B", "b")
    [(role, head), *rest] = world.provider.requests[-1][1]
    assert role == "system" and head.startswith("Be brief.") and head.endswith("They said A.")
    assert rest == [("user", "B")]
    assert len(conversation.path()) == 5
    await world.store.hide_messages([summary.id])
    conversation.hide([summary.id])
    await say(world, conversation, "C", "c")
    assert [text for _, text in world.provider.requests[-1][1]] == ["Be brief.", "A", "a", "B", "b", "C"]


async def test_nothing_follows_a_reply_that_another_program_still_writes(world):
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "A", "a")
    live = await world.store.add_message(
        conversation.id, first.parent, Role.ASSISTANT, model="lab/two", status=Status.STREAMING
    )
    conversation.append(live)
    for act in (world.engine.send(conversation, "B"), world.engine.compact(conversation)):
        with pytest.raises(UsageError, match="Another program is still writing the reply here"):
            await act
    assert len(world.provider.requests) == 1 and conversation.leaf == live.id
    live.parts, live.status = (Text("Done."),), Status.COMPLETE
    await world.store.finish_message(live)
    world.script("They said A.", DONE)
    assert (await (await world.engine.compact(conversation)).run(world.events.append)).parent == live.id


async def test_a_summary_can_be_made_again_and_stop_before_a_message(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "A", "a")
    world.script(ProviderError("no", kind=ErrorKind.AUTH))
    failed = await (await world.engine.compact(conversation)).run(world.events.append)
    world.script("They said A.", DONE)
    again = await (await world.engine.retry(conversation, failed.id)).run(world.events.append)
    assert again.summary and conversation.versions(failed.id) == [failed.id, again.id]
    second = await say(world, conversation, "B", "b")
    third = await say(world, conversation, "C", "c")
    world.script("They said A and B.", DONE)
    before = await (await world.engine.compact(conversation, third.parent)).run(world.events.append)
    assert (before.parent, before.summary) == (second.id, True)


async def test_there_is_no_summary_of_nothing(world):
    conversation = await world.store.create_conversation(model="lab/one")
    with pytest.raises(UsageError):
        await world.engine.compact(conversation)
    await say(world, conversation, "A", "a")
    world.script("They said A.", DONE)
    await (await world.engine.compact(conversation)).run(world.events.append)
    with pytest.raises(UsageError):
        await world.engine.compact(conversation)


async def test_what_does_not_fit_into_the_request_for_a_summary_is_said(world):
    world.infos["lab/one"] = ModelInfo("lab/one", context=100)
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "long " * 60, "ok")
    await say(world, conversation, "short", "fine")
    await (await world.engine.compact(conversation)).run(world.events.append)
    assert world.told(Noticed)[-1].text.startswith("2 earlier messages not in this summary")


async def test_a_refusal_teaches_how_much_the_model_takes(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "long " * 200, "ok")
    world.script(ProviderError("too long", kind=ErrorKind.CONTEXT))
    failed = await (await world.engine.send(conversation, "And?")).run(world.events.append)
    world.script("So.", DONE)
    await (await world.engine.retry(conversation, failed.id)).run(world.events.append)
    assert [text for _, text in world.provider.requests[-1][1]] == ["And?"]
    assert "left out" in world.told(Noticed)[-1].text


async def test_models_that_are_compared_answer_one_prompt_at_the_same_time(world):
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "A", "a")
    begun = [await world.engine.retry(conversation, first.parent, f"lab/{name}") for name in ("two", "three")]
    world.script("b", ProviderError("Gone", kind=ErrorKind.LOST))
    world.script("c", DONE)
    ended = await asyncio.gather(*(reply.run(world.events.append) for reply in begun))
    assert {message.parent for message in ended} == {first.parent}
    assert sorted((message.text, message.status) for message in ended) == [
        ("b", Status.INTERRUPTED),
        ("c", Status.COMPLETE),
    ]
    assert conversation.versions(first.id) == [first.id, *(message.id for message in ended)]
    assert all(messages == [("user", "A")] for _, messages, _ in world.provider.requests)


ASKS = {
    "a prompt": lambda engine, conversation, reply: engine.send(conversation, "B"),
    "a prompt that is edited": lambda engine, conversation, reply: engine.edit(
        conversation, reply.parent, "B"
    ),
    "a reply once more": lambda engine, conversation, reply: engine.retry(conversation, reply.id),
    "a reply that goes on": lambda engine, conversation, reply: engine.resume(conversation, reply.id),
    "a summary": lambda engine, conversation, reply: engine.compact(conversation),
    "joined replies": lambda engine, conversation, reply: engine.merge(
        conversation, [reply.id], ["one"], "lab/one"
    ),
}


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("place", ["config", "conversation"])
async def test_nothing_is_asked_with_a_parameter_outside_its_range(world, ask, place):
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await say(world, conversation, "A", "a")
    if place == "config":
        world.options = {"top_p": 3}
    else:
        conversation.parameters = {"top_p": 3}
    refused = await (await ask(world.engine, conversation, reply)).run(world.events.append)
    assert refused.failure.message == "top_p is 0 to 1 here, not 3"
    assert len(world.provider.requests) == 1


async def test_no_title_is_asked_with_a_parameter_outside_its_range(world):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "A", "a")
    world.options = {"top_p": 3}
    assert await world.engine.name(conversation, "lab/one") is None
    assert str(world.outcomes[-1][1]).startswith("top_p is 0 to 1 here, not 3")
    assert len(world.provider.requests) == 1


async def test_what_the_conversation_sets_counts_before_the_config_which_may_be_outside_the_range(world):
    conversation = await world.store.create_conversation(model="lab/one")
    world.options, conversation.parameters = {"top_p": 3}, {"top_p": 0.5}
    await say(world, conversation, "A", "a")
    assert [options["top_p"] for *_, options in world.provider.requests] == [0.5]
