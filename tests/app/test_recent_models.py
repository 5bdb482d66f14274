"""Recent models are those that were really used, whoever chose them."""

from __future__ import annotations

from tui.app.chat import recent_models


async def used(world):
    """The recent models, once what began has been noted."""
    begun = [worker for worker in world.app.workers if worker.group == "begin"]
    await world.app.workers.wait_for_complete(begun)
    return await recent_models(world.store)


async def test_the_configured_model_becomes_recent_with_its_first_prompt(run):
    async with run() as world:
        assert await recent_models(world.store) == []
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        assert await used(world) == ["lab/big"]
        await world.pilot.press("ctrl+l")
        await world.sees("Recent", "lab/big")


async def test_the_one_used_last_stands_first(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        await world.chat.room.use_model("lab/small")
        await world.say("And you?")
        await world.sees("I am small.", "ready")
        assert await used(world) == ["lab/small", "lab/big"]
        await world.chat.room.desk.chat.change(model="lab/big")
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
