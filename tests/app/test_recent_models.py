"""Recent models are those that were really used, whoever chose them."""

from __future__ import annotations

import asyncio

from tui.app.actions import Action
from tui.engine.preferences import Preferences


async def used(world):
    """The recent models, once what began has been noted."""
    begun = [worker for worker in world.app.workers if worker.group == "begin"]
    await world.app.workers.wait_for_complete(begun)
    return await Preferences(world.store).recent_models()


async def test_the_configured_model_becomes_recent_with_its_first_prompt(run):
    async with run() as world:
        assert await Preferences(world.store).recent_models() == []
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        assert await used(world) == ["lab/big"]
        await world.pilot.press("ctrl+l")
        await world.sees("Recent", "lab/big")


async def test_the_one_used_last_stands_first(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        await world.use_model("lab/small")
        await world.say("And you?")
        await world.sees("I am small.", "ready")
        assert await used(world) == ["lab/small", "lab/big"]
        await world.current.change(model="lab/big")
        await world.say("And you?")
        await world.until(lambda: len(world.provider.requests) == 3)
        await world.sees("ready")
        assert await used(world) == ["lab/big", "lab/small"]


async def test_a_temporary_conversation_leaves_no_trace_of_its_model(run):
    async with run() as world:
        await world.say("/temporary")
        await world.sees("temporary")
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        assert await used(world) == []


async def test_the_model_that_answers_is_the_chosen_row_also_where_it_becomes_known_late(run):
    async def one_is_known(world):
        world.catalogue.known, world.later = world.catalogue.known[1:], world.catalogue.known
        world.catalogue.subscribe = lambda callback: setattr(world, "learnt", callback) or (lambda: None)

    async with run(prepare=one_is_known) as world:
        await world.pilot.press("ctrl+l")
        await world.sees("small")
        world.catalogue.known = world.later
        world.learnt()
        await world.sees("2 of 2")
        assert world.app.screen.rows.chosen.info.id == "lab/big"
        await world.pilot.press("down")
        world.learnt()
        await world.pilot.pause()
        assert world.app.screen.rows.chosen.info.id == "lab/small"


async def test_a_choice_is_for_the_conversation_in_which_it_was_made(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        chosen_in = world.current
        noting, noted, keep = asyncio.Event(), asyncio.Event(), world.store.set_state

        async def slow(*arguments):
            noting.set()
            await noted.wait()
            await keep(*arguments)

        world.store.set_state = slow
        world.screen.run_command("model", "small")
        await noting.wait()
        world.store.set_state = keep
        await world.open_new()
        noted.set()
        await world.until(lambda: not [w for w in world.app.workers if w.group.endswith("acts")])
        assert world.conversation.model == "lab/big"
        assert chosen_in.conversation.model == "lab/small"
        assert (await world.store.load_conversation(chosen_in.conversation.id)).model == "lab/small"


async def test_a_prompt_that_is_read_for_an_edit_is_not_edited_in_another_conversation(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        service, read = world.current, world.current.messages
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def slow(ids):
            reading.set()
            await go_on.wait()
            return await read(ids)

        service.messages = slow
        edit = asyncio.create_task(world.features.messages.do(Action.MESSAGE_EDIT, service.last))
        await reading.wait()
        await world.open_new()
        go_on.set()
        await edit
        assert world.features.writing.editing is None
        assert not world.composer.written
