"""A conversation whose model can't answer now says so when it is opened, and offers the nearest that can."""

from __future__ import annotations

from tests.app.conftest import Entry, World
from tui.chat.model import ModelInfo


async def imported(world: World, model: str) -> int:
    """A conversation that names a model."""
    made = await world.store.create_conversation(model=model, title="Imported")
    await world.store.update_conversation(made.id, draft="More of it")
    return made.id


def without_a_key(world: World) -> None:
    world.entries.append(Entry("far", available=False, reason="FAR_KEY is not set", needs_key=True))
    world.catalogue.known.append(ModelInfo("far/small", available=False, reason="FAR_KEY is not set"))


async def test_it_is_said_on_opening_with_the_same_model_of_another_provider(run):
    async with run(size=(120, 40)) as world:
        without_a_key(world)
        await world.open(await imported(world, "far/small"))
        await world.sees("far/small can't answer now: FAR_KEY is not set.", "ctrl+l offers lab/small.")


async def test_the_list_of_models_begins_with_the_nearest(run):
    async with run(size=(120, 40)) as world:
        without_a_key(world)
        await world.open(await imported(world, "far/small"))
        await world.pilot.press("ctrl+l")
        await world.sees("unavailable: FAR_KEY is not set")
        await world.pilot.press("enter")
        await world.until(lambda: world.conversation.model == "lab/small")
        await world.sees_no("can't answer now")


async def test_a_provider_that_is_unknown_here_is_named(run):
    async with run(size=(120, 40)) as world:
        await world.open(await imported(world, "nowhere/bigg"))
        await world.sees("no provider is called nowhere", "lab/big.")


async def test_it_is_said_of_the_conversation_that_is_read_alone(run):
    async with run(size=(120, 40)) as world:
        without_a_key(world)
        await world.open(await imported(world, "far/small"))
        await world.sees("can't answer now")
        await world.open(await imported(world, "lab/big"))
        await world.sees_no("can't answer now")
