"""A long conversation is summed up: what came before is sent no more, and nothing of it is lost."""

from __future__ import annotations

import asyncio

import pytest

from tui.chat.chunks import Finish, FinishReason, Usage
from tui.chat.message import Role, Status
from tui.errors import ErrorKind, ProviderError

DONE = Finish(FinishReason.STOP)
SUMMED = "▸ summary   big summed up what came before ──"


async def asked(world, *prompts):
    for count, prompt in enumerate(prompts, 1):
        await world.say(prompt)
        await world.until(lambda count=count: len(world.provider.requests) == count)
        await world.sees("ready", f"▎ {prompt}")


async def summed_up(world, *steps):
    world.script(*(steps or ("They spoke of Kyoto.", DONE)))
    await world.say("/compact")
    await world.sees(SUMMED)


def sent(world):
    """The texts of the last request."""
    return world.provider.requests[-1][1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_summary_is_one_line_and_stands_for_all_before_it(run, size):
    async with run(size=size) as world:
        await asked(world, "Kyoto?")
        await summed_up(world)
        assert "They spoke of Kyoto." not in world.text
        assert sent(world)[:2] == ["Kyoto?", "I am big."]
        await world.say("And Nara?")
        await world.until(lambda: len(world.provider.requests) == 3)
        summary, prompt = sent(world)
        assert summary.endswith("They spoke of Kyoto.") and prompt == "And Nara?"
        await world.sees("▎ Kyoto?", SUMMED, "▎ And Nara?", "ready")
        stored = await world.path()
        assert [m.role for m in stored[2:4]] == [Role.SYSTEM, Role.USER]


async def test_a_summary_is_seen_while_it_comes_and_then_folded(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        more = asyncio.Event()
        world.script("They spoke", more, " of Kyoto.", DONE)
        await world.say("/compact")
        await world.sees("▾ summary   big sums up what came before", "They spoke", "answering")
        more.set()
        await world.sees(SUMMED, "ready")
        assert "They spoke" not in world.text


async def test_enter_unfolds_the_summary_and_folds_it_again(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        await summed_up(world)
        await world.pilot.press("alt+up")
        await world.sees("enter show or fold   y copy   d delete")
        await world.pilot.press("enter")
        await world.sees("▾ summary", "They spoke of Kyoto.")
        await world.pilot.press("enter")
        await world.sees("▸ summary")
        assert "They spoke" not in world.text


async def test_the_line_of_a_chosen_summary_has_room_for_its_versions(run):
    long = "a-model-whose-name-is-as-long-as-this"
    async with run(model=f"lab/{long}") as world:
        await world.say("Kyoto?")
        await world.sees(f"I am {long}.", "ready")
        for version in ("1", "2"):
            world.script("They spoke of Kyoto.", Usage(input_tokens=700, output_tokens=50), DONE)
            await world.say("/compact") if version == "1" else await world.pilot.press("alt+up", "r")
            await world.until(lambda: not world.current.busy)
        await world.sees("▸ summary", "‹ 2/2 ›")
        [line] = [line for line in world.text.splitlines() if "▸ summary" in line]
        assert line.endswith("‹ 2/2 ›") and long in line


async def test_find_unfolds_the_summary(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        await summed_up(world, "They spoke of temples.", DONE)
        await world.pilot.press("ctrl+f", *"temples")
        await world.sees("▾ summary", "They spoke of temples.")


async def test_without_the_summary_the_earlier_turns_are_sent_again(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        await summed_up(world)
        await world.pilot.press("alt+up", "d")
        await world.sees_no("summary")
        await world.pilot.press("escape")
        await world.say("And Nara?")
        await world.until(lambda: len(world.provider.requests) == 3)
        assert sent(world) == ["Kyoto?", "I am big.", "And Nara?"]


async def test_a_failed_summary_changes_nothing_and_can_be_made_again(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        world.script(ProviderError("No luck", kind=ErrorKind.AUTH))
        await world.say("/compact")
        await world.sees("▾ summary   big did not sum up", "No luck", "r retry   m other model")
        world.script("They spoke of Kyoto.", DONE)
        await world.pilot.press("alt+up", "r")
        await world.sees(SUMMED.rstrip("─"), "2/2")
        [*_, summary] = await world.path()
        assert (summary.role, summary.status) == (Role.SYSTEM, Status.COMPLETE)


async def test_a_summary_is_no_prompt(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        await summed_up(world)
        await world.pilot.press("alt+up", "e")
        await world.sees("A summary is not edited")
        await world.pilot.press("p")
        await world.sees("A summary is always sent along")


async def test_there_is_nothing_to_sum_up_at_first(run):
    async with run() as world:
        await world.say("/compact")
        await world.sees("There is nothing to sum up yet", "enter send")


async def test_the_summary_makes_room_in_the_status_line(run):
    async with run(size=(120, 40)) as world:
        world.script("I am big.", Usage(input_tokens=700, output_tokens=50), DONE)
        await world.say("Kyoto?")
        await world.sees("75% of 1k")
        await summed_up(world)
        await world.sees("1% of 1k")


async def test_a_conversation_that_is_too_long_is_summed_up_and_asked_again(run):
    async with run() as world:
        await asked(world, "Kyoto?")
        world.script(ProviderError("Too long for this model", kind=ErrorKind.CONTEXT))
        await world.say("And Nara?")
        await world.sees("Too long for this model", "s sum up")
        world.script("They spoke of Kyoto.", DONE)
        world.script("Deer.", DONE)
        await world.pilot.press("alt+up", "s")
        await world.sees(SUMMED.rstrip("─"), "2/2", "▎ And Nara?", "Deer.")
        summary, prompt = sent(world)
        assert summary.endswith("They spoke of Kyoto.") and prompt == "And Nara?"
        assert world.composer.draft == ""
