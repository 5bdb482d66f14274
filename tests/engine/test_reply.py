"""One reply, from prompt to stored end, in good days and bad."""

from __future__ import annotations

import asyncio

import pytest

from tests.pictures import png
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Finish, FinishReason, Image, Notice, Progress, Reasoning, Source, Sources, Usage
from tui.chat.message import Role, Status
from tui.chat.parts import File, Native, ToolCall
from tui.engine.events import (
    Finished,
    Noticed,
    PartAdded,
    ReasoningAdded,
    Saved,
    Started,
    TextAdded,
    TextWasReasoning,
    Unsaved,
    Waiting,
    Working,
)
from tui.errors import ErrorKind, HistoryBusyError, HistoryFullError, ProviderError, UsageError
from tui.text import clean

DONE = Finish(FinishReason.STOP)
BUSY = ProviderError("Server busy", kind=ErrorKind.BUSY, status_code=503)


async def start(world, text="Hello", model="lab/one"):
    conversation = await world.store.create_conversation(model=model)
    return conversation, await world.engine.send(conversation, text)


async def test_the_prompt_is_stored_before_anything_is_asked(world):
    conversation, _reply = await start(world)
    assert world.provider.requests == []
    prompt, answer = await world.store.messages(conversation.path())
    assert (prompt.role, prompt.text, prompt.status) == (Role.USER, "Hello", Status.COMPLETE)
    assert (answer.role, answer.status, answer.model) == (Role.ASSISTANT, Status.STREAMING, "lab/one")


async def test_a_good_reply_is_told_piece_by_piece_and_stored_whole(world):
    world.script(Reasoning("hm"), "Hel", "lo", Sources((Source("https://a.example"),)), Usage(12, 5), DONE)
    _conversation, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.text, message.reasoning, message.status) == ("Hello", "hm", Status.COMPLETE)
    assert [type(e) for e in world.events] == [
        Started,
        ReasoningAdded,
        TextAdded,
        TextAdded,
        PartAdded,
        Finished,
    ]
    [stored] = await world.store.messages([message.id])
    assert stored == message
    assert stored.usage == Usage(12, 5) and stored.sources == (Source("https://a.example"),)
    assert stored.reasoning_seconds is not None and stored.finished_at is not None
    assert world.outcomes == [("lab", None)]


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        (["x", DONE], Status.COMPLETE),
        (["x", Finish(FinishReason.LENGTH)], Status.LENGTH),
        (["x", Finish(FinishReason.FILTER)], Status.FILTER),
        ([Finish(FinishReason.TOOL)], Status.TOOL),
        ([DONE], Status.EMPTY),
        ([" \n", DONE], Status.EMPTY),
        ([Reasoning("only thoughts"), DONE], Status.EMPTY),
    ],
)
async def test_the_end_mark_decides_the_status(world, chunks, status):
    world.script(*chunks)
    _, reply = await start(world)
    assert (await reply.run(world.events.append)).status is status


async def test_pieces_are_on_disk_while_the_reply_still_comes(world):
    hold = asyncio.Event()
    world.script("so far", hold)
    _conversation, reply = await start(world)
    appended = asyncio.Event()
    original = world.store.append

    async def append(*args, **kwargs):
        await original(*args, **kwargs)
        appended.set()

    world.store.append = append
    task = asyncio.create_task(reply.run(world.events.append))
    await appended.wait()
    [stored] = await world.store.messages([reply.message.id])
    assert (stored.text, stored.status) == ("so far", Status.STREAMING)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_stopping_keeps_the_text_and_closes_the_connection(world):
    hold, seen = asyncio.Event(), asyncio.Event()
    world.script("kept", hold)
    _, reply = await start(world)
    task = asyncio.create_task(reply.run(lambda e: seen.set() if isinstance(e, TextAdded) else None))
    await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [stored] = await world.store.messages([reply.message.id])
    assert (stored.text, stored.status, stored.failure) == ("kept", Status.STOPPED, None)
    assert world.provider.closed == 1


async def test_a_busy_server_is_asked_again_and_the_wait_is_told(make_world):
    world = await make_world()
    soon = ProviderError("Server busy", kind=ErrorKind.BUSY, retry_after=0.01)
    world.script(soon)
    world.script(soon)
    world.script("at last", DONE)
    conversation, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.text, message.status) == ("at last", Status.COMPLETE)
    assert [(w.attempt, w.attempts) for w in world.told(Waiting)] == [(2, 3), (3, 3)]
    assert len(conversation.nodes) == 2


async def test_three_attempts_are_all(make_world):
    world = await make_world()
    for _ in range(4):
        world.script(ProviderError("Server busy", kind=ErrorKind.BUSY, retry_after=0.0))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.status is Status.ERROR and len(world.provider.requests) == 3
    assert message.failure and message.failure.message == "Server busy"


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.QUOTA, ErrorKind.INVALID, ErrorKind.NOT_FOUND])
async def test_what_cannot_get_better_is_not_asked_again(world, kind):
    world.script(ProviderError("no", "do this", kind=kind, status_code=400))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert len(world.provider.requests) == 1
    assert message.failure and (message.failure.kind, message.failure.hint) == (kind.value, "do this")


async def test_a_wait_of_an_hour_fails_at_once(world):
    world.script(ProviderError("Too many requests", kind=ErrorKind.RATE_LIMIT, retry_after=3600.0))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.status is Status.ERROR and not world.told(Waiting)


async def test_after_the_first_word_nothing_is_asked_again_and_the_text_stays(world):
    world.script("half a", ProviderError("Connection lost", kind=ErrorKind.CONNECT))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.text, message.status) == ("half a", Status.INTERRUPTED)
    assert len(world.provider.requests) == 1


async def test_a_refused_parameter_is_dropped_once_with_a_note(world):
    refused = ProviderError("no temperature", kind=ErrorKind.INVALID, status_code=400, param="temperature")
    world.script(refused)
    world.options = {"temperature": 0.2}  # of the config; the conversation's own wins
    conversation = await world.store.create_conversation(model="lab/one")
    conversation.parameters = {"temperature": 0.5, "seed": 7}
    reply = await world.engine.send(conversation, "Hi")
    message = await reply.run(world.events.append)
    assert message.status is Status.COMPLETE
    assert [sorted(r[2]) for r in world.provider.requests] == [
        ["api_key", "seed", "temperature"],
        ["api_key", "seed"],
    ]
    assert message.notices == ("lab/one does not take temperature; sent without it",)


async def test_nothing_but_parameters_goes_on_the_way_to_a_server(world):
    conversation = await world.store.create_conversation(model="lab/one")
    steering = ["ca_file", "timeouts", "proxy", "model", "messages", "allow_http_key", "headers", "api_key"]
    conversation.parameters = {**dict.fromkeys(steering, "evil"), "seed": 7}
    reply = await world.engine.send(conversation, "Hi")
    message = await reply.run(world.events.append)
    assert message.status is Status.COMPLETE
    [(_, _, arguments)] = world.provider.requests
    assert sorted(arguments) == ["api_key", "seed"] and arguments["api_key"] != "evil"


@pytest.mark.parametrize(("steps", "words"), [([], "no first word"), (["a"], "no more words")])
async def test_a_silent_server_is_left_and_the_phase_is_named(make_world, steps, words):
    world = await make_world(first_token=0.02, next_token=0.02)
    world.script(*steps, asyncio.Event())
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.failure and words in message.failure.message and message.failure.kind == "timeout"


async def test_a_time_limit_of_the_provider_is_not_taken_for_ours(world):
    world.script(TimeoutError())
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.failure and message.failure.message == "The provider ran out of time"


async def test_a_server_that_may_have_to_load_its_model_gets_its_time(make_world):
    world = await make_world(first_token=0.01)
    world.patience = 60.0
    loaded = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, loaded.set)
    world.script(loaded, "late", DONE)
    _, reply = await start(world)
    assert (await reply.run(world.events.append)).text == "late"


async def test_an_endless_reply_is_stopped_at_the_limit(make_world):
    world = await make_world(reply_size=1000)
    world.script(*["x" * 400] * 9, DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.status is Status.LENGTH and len(message.text) == 1200 and world.told(Noticed)


async def test_a_bug_in_a_provider_is_a_failure_without_the_key(world):
    world.script(RuntimeError("bad header sk-secret-9876"))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert message.failure and "RuntimeError" in message.failure.message
    assert "sk-secret" not in message.failure.message


async def test_an_unknown_model_fails_with_the_list(world):
    _, reply = await start(world, model="lab/none")
    message = await reply.run(world.events.append)
    assert message.failure and "one, two" in message.failure.hint


@pytest.mark.parametrize(
    "parts",
    [
        ("one\r", "\ntwo\rthree\r", "four\r"),
        (Reasoning("one\r"), Reasoning("\ntwo\r"), Reasoning("three\r"), "four\r", "\nfive"),
        (Reasoning("<one\r"), Reasoning("\r", native=Native("openai", "lab", "one", {})), "\r\n", "five\r"),
    ],
)
async def test_no_end_of_a_line_is_parted_on_its_way_and_all_is_stored_as_it_was_sent(world, parts):
    world.script(*parts, DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    sent = "".join(part for part in parts if isinstance(part, str))
    thought = "".join(part.text for part in parts if isinstance(part, Reasoning))
    [stored] = await world.store.messages([message.id])
    assert (stored.text, stored.reasoning) == (sent, thought)
    assert "".join(clean(event.text) for event in world.told(TextAdded)) == clean(sent)
    assert "".join(clean(event.text) for event in world.told(ReasoningAdded)) == clean(thought)


async def test_a_full_disk_does_not_stop_the_reply(world):
    world.script("kept in memory", DONE)
    _, reply = await start(world)

    async def full(*args, **kwargs):
        raise HistoryFullError("The disk is full", "Free some space.")

    world.store.append = full
    finish, world.store.finish_message = world.store.finish_message, full
    message = await reply.run(world.events.append)
    assert message.text == "kept in memory"
    assert [event.reason for event in world.told(Unsaved)] == ["The disk is full. Free some space."]
    assert message.notices == () and reply.unsaved

    world.store.finish_message = finish
    await reply.save_later()
    assert world.told(Saved) and reply.unsaved is None
    assert (await world.store.messages([message.id]))[0].text == "kept in memory"


async def test_a_reply_that_is_not_saved_is_offered_a_last_time_at_the_end(make_world):
    world = await make_world(save_again=3600)
    world.script("kept in memory", DONE)
    _, reply = await start(world)

    async def full(*args, **kwargs):
        raise HistoryFullError("The disk is full", "Free some space.")

    finish, world.store.finish_message = world.store.finish_message, full
    message = await reply.run(world.events.append)
    saver = asyncio.create_task(reply.save_later())
    await asyncio.sleep(0)
    world.store.finish_message = finish
    saver.cancel()
    await asyncio.gather(saver, return_exceptions=True)
    assert (await world.store.messages([message.id]))[0].text == "kept in memory"


async def test_a_piece_that_could_not_be_stored_comes_before_the_next_one(make_world):
    world = await make_world(checkpoint=0.01)
    busy, more = asyncio.Event(), asyncio.Event()
    world.script("one ", busy, "two ", more, DONE)
    _, reply = await start(world)
    append, tried = world.store.append, asyncio.Event()

    async def fail(*args, **kwargs):
        tried.set()
        raise HistoryBusyError("The history is busy", "Try again in a moment.")

    world.store.append = fail
    coming = asyncio.create_task(reply.run(world.events.append))
    await tried.wait()
    stored = asyncio.Event()

    async def works(*args, **kwargs):
        await append(*args, **kwargs)
        stored.set()

    world.store.append = works
    busy.set()
    async with asyncio.timeout(20):
        while True:
            await stored.wait()
            stored.clear()
            [on_disk] = await world.store.messages([reply.message.id])
            if on_disk.text == "one two ":
                break
            assert on_disk.text == "one "
    more.set()
    await coming


async def test_progress_and_notices_are_passed_on(world):
    world.script(Progress("Downloading", 1, 2), Notice("a part was unreadable"), "x", DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert world.told(Working)[0].progress.total == 2
    assert message.notices == ("a part was unreadable",)


async def test_of_pictures_that_came_only_the_names_stay_in_memory(world):
    more, cats = asyncio.Event(), [attachment_of(f"cat{n}.png", png(30 + n)) for n in range(3)]
    world.script(*map(File, cats), more, "Three cats.", DONE)
    _, reply = await start(world)
    came = asyncio.Event()

    def hear(event):
        world.events.append(event)
        if len(world.told(PartAdded)) == 3:
            came.set()

    coming = asyncio.create_task(reply.run(hear))
    await asyncio.wait_for(came.wait(), 30)
    held = [*reply.so_far().parts, *(event.part for event in world.told(PartAdded))]
    assert [part.attachment for part in held] == [*cats, *cats]
    assert [part.attachment.data for part in held] == [None] * 6
    assert [file.data for file in await world.store.with_contents(cats)] == [cat.data for cat in cats]
    more.set()
    message = await coming
    [stored] = await world.store.messages([message.id])
    assert stored == message and stored.text == "Three cats."


async def test_a_picture_that_the_history_does_not_take_stays_in_memory_until_it_does(world, monkeypatch):
    async def full(*_):
        raise HistoryFullError("The disk is full")

    cat = attachment_of("cat.png", png())
    world.script(File(cat), DONE)
    _, reply = await start(world)
    held = []

    def hear(event):
        world.events.append(event)
        if isinstance(event, PartAdded):
            held.extend(reply.message.parts)

    with monkeypatch.context() as broken:
        broken.setattr(world.store, "append", full)
        message = await reply.run(hear)
    [told], [part] = world.told(PartAdded), held
    assert told.part.attachment.data == part.attachment.data == cat.data and world.told(Unsaved)
    [stored] = await world.store.with_contents(message.attachments)
    assert stored.data == cat.data


async def test_nothing_is_sent_without_a_model_or_a_prompt(world):
    conversation = await world.store.create_conversation()
    with pytest.raises(UsageError, match="No model is chosen"):
        await world.engine.send(conversation, "Hi")
    with pytest.raises(UsageError, match="nothing to send"):
        await world.engine.send(conversation, "  ", "lab/one")
    assert conversation.nodes == {}


async def test_nothing_that_a_provider_gives_ends_the_reply_or_is_stored_as_it_came(world):
    """What is no text and no chunk is told once; a None is nothing."""
    odd = [None, 5, {"x": 1}, 6, b"by", Reasoning(7), Usage("12", 2.0, -1, 2**64, "x", float("nan"))]
    more = [Image(5), Image("https://i/", 7), Sources(5), Sources((Source("https://a/", 5), 5)), Notice(None)]
    world.script("Hel", *odd, *more, Progress(5, "x", []), "lo", Finish("whatever"))
    _, reply = await start(world)
    await reply.run(world.events.append)
    [stored] = await world.store.messages([reply.message.id])
    assert (stored.text, stored.status, stored.failure) == ("Helbylo", Status.COMPLETE, None)
    assert (stored.reasoning, stored.usage) == ("", Usage(12, 2))
    assert (stored.images, stored.sources) == ((Image("https://i/"),), (Source("https://a/"),))
    left_out = ("int", "dict", "Image", "Notice")
    assert stored.notices == tuple(f"The provider gave something that can't be shown: {k}" for k in left_out)


async def test_text_becomes_thinking_where_only_its_end_is_marked(world):
    world.script("Let me ", "see.\n", "</think>\n\n", "Four.", DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.reasoning, message.text, message.status) == ("Let me see.\n", "Four.", Status.COMPLETE)
    assert message.reasoning_seconds is not None
    assert world.told(TextWasReasoning) == [TextWasReasoning(message.id, (Reasoning("Let me see.\n"),))]
    assert await world.store.messages([message.id]) == [message]


async def stored_as(world, reply, text):
    """The reply as the history has it, once that has this text."""
    async with asyncio.timeout(30):
        while True:
            [stored] = await world.store.messages([reply.message.id])
            if stored.text == text:
                return stored


async def test_what_is_on_the_disk_half_way_knows_thinking_from_answer(world):
    half, more = asyncio.Event(), asyncio.Event()
    append, replaced = world.store.rewrite, asyncio.Event()

    async def rewrite(*args):
        await append(*args)
        replaced.set()

    world.store.rewrite = rewrite
    world.script(Reasoning("First. "), "plan", half, "</think>answer", more, DONE)
    _, reply = await start(world)
    task = asyncio.create_task(reply.run(world.events.append))
    await stored_as(world, reply, "plan")
    half.set()
    await replaced.wait()
    [stored] = await world.store.messages([reply.message.id])
    assert (stored.reasoning, stored.text) == ("First. \n\nplan", "answer")
    more.set()
    assert (await task).text == "answer"


async def test_a_history_that_refuses_at_that_moment_gets_it_with_the_next_piece(world):
    rewrite, failed, more = world.store.rewrite, asyncio.Event(), asyncio.Event()

    async def busy(*args):
        failed.set()
        world.store.rewrite = rewrite
        raise HistoryBusyError("busy")

    world.store.rewrite = busy
    world.script("plan", "</think>an", more, "swer", asyncio.Event())
    _, reply = await start(world)
    task = asyncio.create_task(reply.run(world.events.append))
    await failed.wait()
    more.set()
    assert (await stored_as(world, reply, "answer")).reasoning == "plan"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_reply_that_goes_on_keeps_what_it_had(world):
    world.script("One, ", DONE)
    conversation, reply = await start(world)
    await reply.run(world.events.append)
    world.script("I go on.</think>two.", DONE)
    again = await world.engine.resume(conversation, reply.message.id)
    message = await again.run(world.events.append)
    assert (message.text, message.reasoning) == ("One, two.", "I go on.")


async def test_what_may_be_a_mark_is_kept_when_the_reply_is_stopped(world):
    waits = asyncio.Event()
    world.script("a <thi", waits)
    _, reply = await start(world)
    heard = asyncio.Event()
    task = asyncio.create_task(reply.run(lambda event: heard.set() if isinstance(event, TextAdded) else None))
    await heard.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (reply.message.text, reply.message.status) == ("a <thi", Status.STOPPED)


async def test_a_reply_of_thinking_alone_is_empty(world):
    world.script("<think>Hm", "</think>\n", DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.reasoning, message.text, message.status) == ("Hm", "", Status.EMPTY)


async def test_the_words_of_a_failed_attempt_are_not_those_of_the_next(world):
    world.script("<thi", BUSY)
    world.script("nk>Hello", DONE)
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.text, message.reasoning) == ("nk>Hello", "")


@pytest.mark.parametrize(
    "part",
    [
        Image("https://a.example/cat.png", "a cat"),
        File(attachment_of("note.txt", b"Rilke")),
        ToolCall("1", "", "look"),
        Sources((Source("https://a.example"),)),
        Reasoning("", native=Native("anthropic", "lab", "one", {})),
    ],
)
async def test_what_came_whole_is_not_asked_for_again(world, part):
    world.script(part, ProviderError("Server busy", kind=ErrorKind.BUSY, retry_after=0.0))
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert len(world.provider.requests) == 1
    assert message.failure is not None and len([p for p in message.parts if type(p) is type(part)]) == 1


async def test_an_attempt_that_failed_leaves_neither_its_end_nor_its_usage(world):
    soon = ProviderError("Server busy", kind=ErrorKind.BUSY, retry_after=0.0)
    world.script(Usage(12, 5), Finish(FinishReason.LENGTH), soon)
    world.script("at last")
    _, reply = await start(world)
    message = await reply.run(world.events.append)
    assert (message.text, message.status, message.usage) == ("at last", Status.COMPLETE, None)
