"""What every history does with messages."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tui.chat.chunks import Image, Source, Usage
from tui.chat.message import Failure, Role, Status
from tui.chat.parts import Notice, Reasoning, Sources, Text, prompt_parts
from tui.errors import NotFoundError
from tui.history.store import News, StopAsked


async def test_messages_make_a_tree_with_the_newest_as_its_leaf(store):
    conversation = await store.create_conversation()
    question = await store.add_message(conversation.id, None, Role.USER, prompt_parts("Question"))
    first = await store.add_message(
        conversation.id, question.id, Role.ASSISTANT, prompt_parts("A"), model="lab/big"
    )
    second = await store.add_message(
        conversation.id, question.id, Role.ASSISTANT, prompt_parts("B"), model="lab/small"
    )
    loaded = await store.load_conversation(conversation.id)
    assert loaded.leaf == second.id
    assert loaded.versions(first.id) == [first.id, second.id]
    assert loaded.path() == [question.id, second.id]
    assert loaded.nodes[first.id].model == "lab/big"
    assert question.id < first.id < second.id


async def test_messages_come_in_the_order_asked_for(store, converse):
    conversation = await converse(store, *[f"text {n}" for n in range(1200)])
    ids = conversation.path()[::-1]
    assert [message.text for message in await store.messages(ids)] == [
        f"text {n}" for n in range(1199, -1, -1)
    ]
    assert await store.messages([]) == []


async def test_a_parent_must_be_of_the_same_conversation(store, converse):
    one, other = await converse(store, "one"), await converse(store, "other")
    with pytest.raises(NotFoundError):
        await store.add_message(one.id, other.leaf, Role.USER, prompt_parts("x"))
    assert (await store.load_conversation(one.id)).leaf == one.leaf


async def test_pieces_of_a_streaming_reply_are_there_at_once(store, converse, begin_reply):
    conversation = await converse(store, "Tell me")
    reply = await begin_reply(store, conversation)
    await store.append(reply.id, [Reasoning("Let me think. ")])
    await store.append(reply.id, [Reasoning("Yes."), "Once "])
    await store.append(reply.id, ["upon a time"])
    [stored] = await store.messages([reply.id])
    assert (stored.text, stored.reasoning) == ("Once upon a time", "Let me think. Yes.")
    assert stored.status is Status.STREAMING


async def test_what_has_come_of_a_reply_is_told_piece_by_piece(store, converse, begin_reply):
    conversation = await converse(store, "Tell me")
    reply = await begin_reply(store, conversation)
    first = await store.pieces(reply.id)
    assert (first.status, first.begin, first.pieces) == (Status.STREAMING, (), ())
    await store.append(reply.id, [Reasoning("Hm. "), "Once "])
    second = await store.pieces(reply.id, first.after)
    assert second.pieces == (Reasoning("Hm. "), "Once ")
    await store.append(reply.id, ["upon"])
    await store.append(reply.id, [" a time", Notice("slow")])
    third = await store.pieces(reply.id, second.after)
    assert third.begin is None and "".join(p for p in third.pieces if isinstance(p, str)) == "upon a time"
    assert (await store.pieces(reply.id, third.after)).pieces == ()
    for anew in (["Once more"], [], ["At last"]):
        await store.rewrite(reply.id, anew)
        whole = await store.pieces(reply.id, third.after)
        assert whole.begin == () and list(whole.pieces) == anew
    await store.finish_message(replace(reply, parts=(Text("At last."),), status=Status.COMPLETE))
    assert (await store.pieces(reply.id, whole.after)).status is Status.COMPLETE
    with pytest.raises(NotFoundError):
        await store.pieces(99)


async def test_who_streams_a_reply_hears_that_it_shall_stop(store, converse, begin_reply):
    reply = await begin_reply(store, await converse(store, "Tell me"))
    heard: list[News] = []
    store.subscribe(heard.append)
    await store.ask_to_stop(reply.id)
    assert StopAsked(reply.id) in heard
    await store.finish_message(replace(reply, parts=(Text("No"),), status=Status.STOPPED))
    for no_reply in (reply.id, 99):
        with pytest.raises(NotFoundError):
            await store.ask_to_stop(no_reply)


async def test_a_continued_reply_begins_with_its_text(store, converse):
    conversation = await converse(store, "Tell me")
    reply = await store.add_message(
        conversation.id, conversation.leaf, Role.ASSISTANT, prompt_parts("Once "), status=Status.STREAMING
    )
    await store.append(reply.id, ["upon"])
    [stored] = await store.messages([reply.id])
    assert stored.text == "Once upon"
    came = await store.pieces(reply.id)
    assert (came.begin, came.pieces) == (prompt_parts("Once "), ("upon",))


async def test_a_finished_reply_keeps_all_that_is_known_of_it(store, converse, begin_reply):
    conversation = await converse(store, "Tell me")
    reply = await begin_reply(store, conversation)
    await store.append(reply.id, ["Once"])
    final = replace(
        reply,
        parts=(
            Reasoning("Hm", 1.25),
            Text("Once upon a time"),
            Image("https://example.org/a.png", "A"),
            Sources((Source("https://example.org", "Example"),)),
            Notice("temperature was dropped"),
        ),
        status=Status.LENGTH,
        usage=Usage(10, 20, 5, 2, 0.25, 31.5),
        failure=Failure("lost", "The line broke", "Try again.", 502),
        finished_at=datetime.now(UTC) + timedelta(seconds=3),
    )
    await store.finish_message(final)
    assert await store.messages([reply.id]) == [final]
    with pytest.raises(NotFoundError):
        await store.append(reply.id, ["too late"])
    await store.finish_message(replace(final, parts=(Text("Once more"),)))
    [stored] = await store.messages([reply.id])
    assert stored.text == "Once more"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("\ud800 lone", "\ufffd lone"),
        ("\ud83d\ude00 pair", "😀 pair"),
        ("N\x00UL", "NUL"),
        ("𝔘𝔫𝔦 😀 \u202e \x1b[2J \r\n\t", "𝔘𝔫𝔦 😀 \u202e \x1b[2J \r\n\t"),
        ("x" * 2_000_000, "x" * 2_000_000),
    ],
    ids=["surrogate", "pair", "NUL", "odd", "long"],
)
async def test_odd_text_is_stored_as_exactly_as_can_be(store, converse, begin_reply, text, stored):
    conversation = await converse(store, text, title=text[:100])
    [prompt] = await store.messages([conversation.leaf])
    assert prompt.text == stored
    reply = await begin_reply(store, conversation)
    await store.append(reply.id, [Reasoning(text), text])
    [streaming] = await store.messages([reply.id])
    assert streaming.text == streaming.reasoning == stored
    failure = Failure("lost", text[:100])
    await store.finish_message(
        replace(reply, parts=(Text(text), Notice(text)), status=Status.ERROR, failure=failure)
    )
    [ended] = await store.messages([reply.id])
    assert (ended.text, ended.failure.message, ended.notices) == (stored, stored[:100], (stored,))
    await store.update_conversation(conversation.id, draft=text, tags=(text[:50],), parameters={"stop": text})
    loaded = await store.load_conversation(conversation.id)
    assert (loaded.draft, loaded.parameters) == (stored, {"stop": stored})
    await store.remember_prompt(text)
    assert await store.prompts() == [stored]


async def test_a_pair_of_surrogates_split_between_two_pieces_loses_no_other_text(
    store, converse, begin_reply
):
    reply = await begin_reply(store, await converse(store, "x"))
    await store.append(reply.id, ["a\ud83d"])
    await store.append(reply.id, ["\ude00b"])
    [stored] = await store.messages([reply.id])
    assert stored.text == "a\ufffd\ufffdb"


async def test_hidden_messages_come_back(store, converse):
    conversation = await converse(store, "one", "two", "three")
    one, two, three = conversation.path()
    await store.hide_messages([two, three])
    assert (await store.load_conversation(conversation.id)).path() == [one]
    assert [message.text for message in await store.messages([two])] == ["two"]
    assert await store.search("two") == []
    await store.hide_messages([two, three], hidden=False)
    assert (await store.load_conversation(conversation.id)).path() == [one, two, three]
    assert await store.search("two") != []


async def test_nothing_is_abandoned_while_its_program_lives(store, converse, begin_reply):
    reply = await begin_reply(store, await converse(store, "x"))
    assert await store.interrupt_abandoned() == 0
    [stored] = await store.messages([reply.id])
    assert stored.live


async def test_a_cancelled_write_happens_all_the_same(store, converse):
    written = asyncio.Event()
    conversation = await converse(store, "x")
    store.subscribe(lambda change: written.set())
    task = asyncio.create_task(
        store.add_message(conversation.id, conversation.leaf, Role.USER, prompt_parts("kept"))
    )
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        await written.wait()
    assert [hit.snippet for hit in await store.search("kept")] == ["kept"]


async def test_prompts_are_recalled_newest_first_and_once(store):
    for text in ("one", "two", "one", "  ", "three"):
        await store.remember_prompt(text)
    assert await store.prompts() == ["three", "one", "two"]
    assert await store.prompts(1) == ["three"]


async def test_small_state_is_kept_by_name(store):
    assert await store.get_state("theme") == ""
    assert await store.get_state("theme", "dark") == "dark"
    await store.set_state("theme", "light")
    await store.set_state("theme", "dim \ud800")
    assert await store.get_state("theme", "dark") == "dim \ufffd"


async def test_many_writers_at_once_lose_nothing(store, converse):
    conversation = await converse(store, "root")
    await asyncio.gather(
        *(
            store.add_message(conversation.id, conversation.leaf, Role.USER, prompt_parts(f"text {n}"))
            for n in range(100)
        )
    )
    loaded = await store.load_conversation(conversation.id)
    assert len(loaded.nodes) == 101
    texts = {message.text for message in await store.messages(list(loaded.nodes))}
    assert texts == {"root", *(f"text {n}" for n in range(100))}
