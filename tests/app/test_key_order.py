"""Keys that come in one read: each does what it means after those before it."""

import pytest
from textual import events


def read_at_once(world, *keys):
    for key in keys:
        world.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def answered_twice(world):
    await world.say("Hello")
    await world.sees("I am big.", "ready")
    await world.pilot.press("alt+up", "r")
    await world.sees("‹ 2/2 ›", "ready")


async def test_a_key_behind_one_that_turns_to_the_messages_is_for_the_messages(run):
    async with run() as world:
        await answered_twice(world)
        read_at_once(world, "alt+up", "left")
        await world.sees("‹ 1/2 ›")


@pytest.mark.parametrize("nothing", ["f12", "ctrl+f12"])
async def test_a_key_that_means_nothing_holds_no_other_up(run, nothing):
    async with run() as world:
        await world.type("ac")
        read_at_once(world, nothing)
        await world.pilot.pause()
        read_at_once(world, "left", "b")
        await world.until(lambda: world.composer.draft == "abc")


async def test_a_caret_moves_before_the_letter_behind_it_is_there(run):
    async with run() as world:
        await world.type("bd")
        read_at_once(world, "left", "c", "home", "a")
        await world.until(lambda: world.composer.draft == "abcd")
