"""What is written while a reply comes waits its turn."""

from __future__ import annotations

import asyncio

from tui.chat.chunks import Finish, FinishReason
from tui.errors import ErrorKind, ProviderError

DONE = Finish(FinishReason.STOP)


async def test_queued_prompts_are_sent_one_after_the_other(run):
    async with run() as world:
        first, second = asyncio.Event(), asyncio.Event()
        world.script("One.", first, DONE)
        world.script("Two.", second, DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.say("third")
        await world.until(lambda: world.text.count("queued") == 2)
        first.set()
        await world.sees("Two.")
        await world.until(lambda: world.text.count("queued") == 1)
        second.set()
        await world.sees("I am big.", "ready")
        assert [m.text for m in await world.path()][::2] == ["first", "second", "third"]


async def test_a_queued_prompt_that_is_sent_does_not_pull_the_reader(run):
    async with run() as world:
        first = asyncio.Event()
        world.script("".join(f"Line {number}.\n\n" for number in range(60)), first, DONE)
        await world.say("first")
        await world.until(lambda: world.transcript.top > 60)
        await world.say("second")
        await world.sees("queued")
        world.transcript.viewport.go(10)
        first.set()
        await world.sees("ready")
        await world.until(lambda: len(world.provider.requests) == 2 and not world.current.busy)
        assert "Line 4." in world.text
        await world.say("third")
        await world.until(lambda: world.transcript.following)


async def test_up_takes_the_last_queued_prompt_back(run):
    async with run() as world:
        world.script("One.", asyncio.Event(), DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.sees("queued")
        await world.pilot.press("up")
        await world.until(lambda: world.composer.draft == "second")
        assert "queued" not in world.text


async def test_after_a_stop_nothing_is_sent_behind_the_persons_back(run):
    async with run() as world:
        world.script("One.", asyncio.Event(), DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.sees("queued")
        await world.pilot.press("escape")
        await world.sees("stopped")
        await world.until(lambda: world.composer.draft == "second")
        assert len(world.provider.requests) == 1


async def test_after_a_failure_the_queued_prompt_is_back_in_the_composer(run):
    async with run() as world:
        fail = asyncio.Event()
        world.script("One.", fail, ProviderError("Gone", kind=ErrorKind.LOST))
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.sees("queued")
        fail.set()
        await world.sees("× failed")
        await world.until(lambda: world.composer.draft == "second")


async def test_a_queue_goes_on_while_another_conversation_is_read(run):
    async with run(size=(120, 40)) as world:
        first = asyncio.Event()
        world.script("One.", first, DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.sees("queued")
        answered = world.current
        conversation = answered.conversation.id
        await world.pilot.press("ctrl+n")
        await world.sees("New conversation")
        first.set()
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.until(lambda: not answered.busy)  # the mark alone may tell of the first reply
        await world.sees("•")
        kept = await world.store.load_conversation(conversation)
        messages = await world.store.messages(kept.path())
        assert [m.text for m in messages] == ["first", "One.", "second", "I am big."]


async def test_a_queued_prompt_survives_a_quit(run):
    async with run() as world:
        world.script("One.", asyncio.Event(), DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.sees("queued")
        await world.screen.finish()
        conversation = world.conversation.id
        assert (await world.store.load_conversation(conversation)).draft == "second"


async def test_a_queued_prompt_is_on_disk_before_what_is_written_until_it_is_sent(run):
    async with run() as world:
        go_on = asyncio.Event()
        world.script("One.", go_on, DONE)
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.type("half of the third")
        conversation = world.conversation.id

        async def kept(text):
            while (await world.store.load_conversation(conversation)).draft != text:
                await world.pilot.pause(0.01)

        async with asyncio.timeout(20):
            await kept("second\n\nhalf of the third")
        assert world.composer.draft == "half of the third"
        await world.pilot.press("ctrl+n")
        await world.open(conversation)
        await world.until(lambda: world.composer.draft == "half of the third")
        go_on.set()
        async with asyncio.timeout(20):
            await kept("half of the third")
        assert world.composer.draft == "half of the third"


async def test_a_queued_prompt_that_comes_back_unseen_leaves_the_draft_behind_it(run):
    async with run() as world:
        fail = asyncio.Event()
        world.script("One.", fail, ProviderError("Gone", kind=ErrorKind.LOST))
        await world.say("first")
        await world.sees("One.")
        await world.say("second")
        await world.type("half of the third")
        answered = world.current
        await world.pilot.press("ctrl+n")
        await world.sees("New conversation")
        fail.set()
        await world.until(lambda: not answered.busy)
        await world.open(answered.conversation.id)
        await world.until(lambda: world.composer.draft == "second\n\nhalf of the third")
