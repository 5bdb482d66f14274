"""A model names a new conversation, where the person wants that; nothing waits for it."""

from __future__ import annotations

import asyncio

from tui.chat.chunks import Finish, FinishReason
from tui.errors import ErrorKind, ProviderError

DONE = Finish(FinishReason.STOP)
ASKED = "How long for Kyoto?"


def title(world):
    return world.conversation.title


async def named(world):
    """Wait until the attempt to find a title is over."""
    await world.session.settle()


async def test_title_and_sidebar_have_the_name_from_the_model(run):
    async with run(size=(120, 40), auto_title=True) as world:
        world.script("Four days.", DONE)
        world.script("Days in Kyoto", DONE)
        await world.say(ASKED)
        await world.until(lambda: world.text.count("Days in Kyoto") == 2)


async def test_one_writes_on_while_the_name_is_asked_for(run):
    async with run(auto_title=True) as world:
        hold = asyncio.Event()
        world.script("Four days.", DONE)
        world.script(hold, "Days in Kyoto", DONE)
        world.script("Two.", DONE)
        await world.say(ASKED)
        await world.sees("Four days.", "ready")
        await world.until(lambda: len(world.provider.requests) == 2)
        await world.say("And Nara?")
        await world.sees("Two.", "ready", ASKED)
        hold.set()
        await world.sees("Days in Kyoto")


async def test_the_first_words_stay_if_the_model_fails(run):
    async with run(auto_title=True) as world:
        world.script("Four days.", DONE)
        world.script(ProviderError("No luck", kind=ErrorKind.AUTH))
        await world.say(ASKED)
        await world.until(lambda: len(world.provider.requests) == 2)
        await named(world)
        assert title(world) == ASKED
        assert "No luck" not in world.text


async def test_after_a_failed_reply_the_first_whole_one_brings_the_name(run):
    async with run(auto_title=True) as world:
        world.script(ProviderError("No luck", kind=ErrorKind.AUTH))
        await world.say(ASKED)
        await world.sees("No luck", "failed")
        world.script("Four days.", DONE)
        world.script("Days in Kyoto", DONE)
        await world.pilot.press("alt+up", "r")
        await world.until(lambda: title(world) == "Days in Kyoto")


async def test_a_name_is_given_once(run):
    async with run(auto_title=True) as world:
        world.script("Four days.", DONE)
        world.script("Days in Kyoto", DONE)
        await world.say(ASKED)
        await world.until(lambda: title(world) == "Days in Kyoto")
        world.script("Five.", DONE)
        await world.pilot.press("alt+up", "r")
        await world.sees("Five.", "ready")
        await named(world)
        assert len(world.provider.requests) == 3


async def test_without_the_setting_nobody_is_asked(run):
    async with run() as world:
        await world.say(ASKED)
        await world.sees("I am big.", "ready")
        await named(world)
        assert len(world.provider.requests) == 1


async def test_the_model_of_the_persons_choice_names_it(run):
    async with run(auto_title="lab/small") as world:
        world.script_of("big", "Four days.", DONE)
        world.script_of("small", "Days in Kyoto", DONE)
        await world.say(ASKED)
        await world.until(lambda: title(world) == "Days in Kyoto")
        assert [model for model, _ in world.provider.requests] == ["big", "small"]


async def test_a_temporary_conversation_is_named_by_nobody(run):
    async with run(auto_title=True) as world:
        await world.say("/temporary")
        await world.sees("temporary")
        world.script("Four days.", DONE)
        await world.say(ASKED)
        await world.sees("Four days.", "ready")
        await named(world)
        assert len(world.provider.requests) == 1 and title(world) == ASKED
