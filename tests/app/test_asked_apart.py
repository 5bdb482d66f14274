"""What ``segue ask`` began stands apart from what a person began, until somebody writes in it."""

from __future__ import annotations

from tests.app.conftest import DONE, World


async def asked(world: World, text: str) -> int:
    """What the command line leaves of a question."""
    service = await world.session.new()
    await service.change(begun_by="ask", model="lab/big")
    world.script("It is so.", DONE)
    await world.session.start(service, lambda: service.send(text))
    await world.until(lambda: not service.at_work)
    return service.conversation.id


async def test_the_lists_have_it_only_where_it_is_looked_for(run):
    async with run(size=(120, 40)) as world:
        await asked(world, "Is it so?")
        await world.say("Hello there")
        await world.sees("I am big.", "ready")
        await world.sees_no("Is it so?")
        await world.pilot.press("ctrl+r")
        await world.sees("1 question of segue ask: type from:ask")
        await world.sees_no("Is it so?")
        await world.type("from:ask")
        await world.sees("Is it so?", "1 of 2")


async def test_a_title_finds_it_too(run):
    async with run(size=(120, 40)) as world:
        await asked(world, "Is it so?")
        await world.pilot.press("ctrl+r")
        await world.type("so")
        await world.sees("Is it so?")


async def test_once_one_writes_in_it_it_stands_among_the_others(run):
    async with run(size=(120, 40)) as world:
        made = await asked(world, "Is it so?")
        await world.open(made)
        await world.say("Why?")
        await world.sees("I am big.", "ready")
        await world.until(lambda: world.conversation.begun_by == "")
        assert (await world.store.load_conversation(made)).begun_by == ""


async def test_a_new_page_has_no_such_mark(run):
    async with run() as world:
        await asked(world, "Is it so?")
        await world.open_new()
        assert world.conversation.begun_by == ""
