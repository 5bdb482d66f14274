"""A renderer that fails takes nothing down: wherever a reply is drawn, its text is seen."""

from __future__ import annotations

import pytest

from tests.app.conftest import DONE
from tui.rendering import blocks, prose

REPLY = "Four **days** are $x$ enough."
SOURCES = (
    (prose.Prose, "_parse", "a block"),
    (blocks, "_parse", "the parser"),
    (prose.Prose, "line", "a line"),
)


@pytest.fixture(params=SOURCES, ids=lambda source: source[2])
def broken(request, monkeypatch, faults):
    """A renderer that fails from the start on."""

    def fail(*arguments, **options):
        raise RecursionError("too deep")

    monkeypatch.setattr(request.param[0], request.param[1], fail)
    yield
    assert len(faults) == 1
    faults.clear()


async def answered(world, **options):
    world.script(*REPLY.split(" ", 1)[0], " " + REPLY.split(" ", 1)[1], DONE)
    await world.say("How long?")
    await world.sees("**days** are", "ready")


async def test_a_reply_that_comes_and_is_opened_again(broken, run):
    async with run() as world:
        await answered(world)
        assert "show all" not in world.text  # there is no more to show
        await world.pilot.press("ctrl+n")
        await world.sees_no("**days** are")
        await world.pilot.press("ctrl+r")
        await world.sees("How long?")
        await world.pilot.press("enter")
        await world.sees("**days** are", "ready")


async def test_replies_that_are_compared(broken, run):
    async with run(size=(120, 30)) as world:
        await answered(world)
        world.script(REPLY, DONE)
        world.screen.run_command("compare", "small")
        await world.sees("Compare")
        await world.until(lambda: world.text.count("**days** are") == 2)


async def test_the_preview(broken, run):
    async with run(size=(140, 40)) as world:
        await answered(world)
        await world.pilot.press("ctrl+n")
        await world.sees_no("**days** are")
        await world.pilot.press("ctrl+r")
        await world.sees("**days** are")


async def test_a_summary(broken, run):
    async with run() as world:
        await answered(world)
        world.script("They **spoke** of it.", DONE)
        await world.say("/compact")
        await world.sees("▸ summary")
        await world.pilot.press("alt+up", "enter")
        await world.sees("They **spoke** of it.")
