"""After a comparison the chosen reply is what is seen: its begin, and as much of it as there is room for."""

from __future__ import annotations

import pytest

from tests.app.conftest import DONE, World
from tui.app.compare.compare import Compare

SHORT, LONG = "Few words.", "\n\n".join(f"Paragraph {n} of it." for n in range(40))


def seen(world: World, message_id: int) -> bool:
    """Whether a message begins in view, and ends there unless it is taller."""
    viewport = world.transcript.viewport
    first, end = viewport.span(message_id)
    fits = end - first <= viewport.height
    return viewport.top <= first < viewport.bottom and (
        end <= viewport.bottom or (not fits and first <= viewport.top + 1)
    )


async def answered(world: World, times: int) -> None:
    await world.until(lambda: len(world.provider.requests) == times and not world.current.busy)


async def finished(world: World, models: int = 2) -> Compare:
    await world.until(
        lambda: isinstance(world.app.screen, Compare) and len(world.app.screen.columns) == models
    )
    await world.until(lambda: not world.current.busy and not world.current.at_work)
    return world.app.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
@pytest.mark.parametrize("replies", [(SHORT, LONG), (LONG, SHORT)])
@pytest.mark.parametrize("turns", [0, 3])
async def test_the_reply_that_is_gone_on_with(run, size, replies, turns) -> None:
    async with run(size=size) as world:
        for turn in range(turns):
            world.script(f"Answer {turn}\n\n{LONG}", DONE)
            await world.say(f"Question {turn}")
            await answered(world, turn + 1)
        world.script_of("big", replies[0], DONE)
        world.script_of("small", replies[1], DONE)
        await world.type("Which?")
        world.screen.run_command("compare", "lab/big lab/small")
        screen = await finished(world)
        while screen.place != 1:
            await world.pilot.press("right")
        chosen = screen.chosen.message.id
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen and world.conversation.leaf == chosen)
        await world.until(lambda: seen(world, chosen))


async def test_an_earlier_reply_that_is_compared_far_above_the_end(run) -> None:
    async with run() as world:
        for turn in range(4):
            world.script(LONG if turn % 2 else SHORT, DONE)
            await world.say(f"Question {turn}")
            await answered(world, turn + 1)
        first = world.conversation.path()[1]
        world.transcript.viewport.go(
            world.transcript.viewport.span(first)[0] - world.transcript.size.height + 2
        )
        world.script_of("small", LONG, DONE)
        await world.features.comparing.begin(["lab/small"], first)
        screen = await finished(world)
        while screen.place != 1:
            await world.pilot.press("right")
        chosen = screen.chosen.message.id
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen and world.conversation.leaf == chosen)
        await world.until(lambda: seen(world, chosen))
