"""A pinned message goes with every request, however long the conversation becomes."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_prompt_is_pinned_and_let_go(run, size):
    async with run(size=size) as world:
        await world.say("The word is heron")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "up", "p")
        await world.sees("pinned")
        [line] = [line for line in world.text.splitlines() if "▎ The word is heron" in line]
        assert line.rstrip().endswith("pinned")
        conversation = world.conversation
        stored = await world.store.load_conversation(conversation.id)
        assert stored.pins == conversation.pins == (conversation.path()[0],)
        await world.pilot.press("p")
        await world.sees_no("pinned")
        assert (await world.store.load_conversation(conversation.id)).pins == ()


async def test_a_reply_says_so_on_its_name_line(run):
    async with run() as world:
        await world.say("Who are you?")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "p")
        await world.sees("pinned")
        await world.pilot.press("r")
        await world.sees("2/2", "ready")
        await world.pilot.press("alt+up", "left")
        await world.sees("pinned   ‹ 1/2 ›")


async def test_a_pinned_message_is_never_left_out(run):
    async with run() as world:
        await world.say("The word is heron. " + "long " * 70)
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "up", "p")
        await world.sees("pinned")
        await world.pilot.press("escape")
        await world.use_model("lab/small")
        await world.say("filler " * 20)
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.sees("I am small.", "ready")
        await world.say("Which word?")
        await world.until(lambda: len(world.provider.requests) == 3)
        sent = world.provider.requests[-1][1]
        assert sent[0].startswith("The word is heron") and sent[-1] == "Which word?"


async def test_typing_a_p_is_no_pin(run):
    async with run() as world:
        await world.say("pip")
        await world.sees("▎ pip", "I am big.", "ready")
        assert "pinned" not in world.text
