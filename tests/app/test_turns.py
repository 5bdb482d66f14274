"""Keys that come in one read: each is for whom the one before it has led to, as if they were slow."""

import pytest
from textual import events

from tui.app.composer.composer import Composer


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


@pytest.mark.parametrize("nothing", ["f11", "ctrl+f12"])
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


TYPED = [
    ("alt+up", "e", "z"),
    ("alt+up", "escape", "z"),
    ("alt+up", "up", "e", "q"),
    ("ctrl+f", "b", "i", "g"),
    ("ctrl+l", "s", "m", "enter", "x"),
    ("f1", "escape", "y"),
    ("ctrl+r", "escape", "y"),
    ("ctrl+p", "escape", "y"),
    ("alt+up", "left", "right", "escape", "w"),
    ("ctrl+b", "escape", "y"),
    ("alt+up", "y", "escape", "k"),
    ("alt+up", "r", "k"),
    ("f10", "escape", "k"),
    ("ctrl+f", "b", "escape", "k"),
]


async def settled(world):
    """Where all has come to rest: what is written, and where the keys go."""
    before, quiet = None, 0
    while quiet < 8:
        await world.pilot.pause(0.02)
        now = (
            world.screen.query_one(Composer).draft,
            type(world.app.screen).__name__,
            repr(world.app.focused),
        )
        before, quiet = now, quiet + 1 if now == before else 0
    return before


@pytest.mark.parametrize("keys", TYPED, ids=" ".join)
async def test_keys_at_once_do_what_they_do_one_by_one(run, keys):
    ends = []
    for at_once in (False, True):
        async with run() as world:
            await world.say("Hello")
            await world.sees("I am big.", "ready")
            for key in keys:
                read_at_once(world, key)
                if not at_once:
                    await settled(world)
            ends.append(await settled(world))
    assert ends[0] == ends[1]


async def test_what_is_typed_at_once_for_a_sheet_on_a_sheet_is_whole_and_kept(run):
    async with run() as world:
        await world.pilot.press("ctrl+o")
        await world.sees("system prompt", "ready")
        read_at_once(world, "down", "down", "enter", *"Be brief.", "enter", "escape", *"ab")
        await world.until(lambda: world.composer.draft == "ab")
        await world.until(lambda: world.conversation.system == "Be brief.")


async def test_what_is_answered_is_done_though_the_sheet_that_asked_was_closed_at_once(run):
    async with run() as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await world.type("/tree")
        read_at_once(world, "enter", "f2", *"mine", "enter", "escape", *"ab")
        await world.until(lambda: world.composer.draft == "ab")
        await world.until(lambda: "mine" in world.session.current.conversation.labels.values())


async def test_a_command_that_asks_gets_what_is_typed_behind_it(run):
    async with run() as world:
        await world.type("/persona")
        read_at_once(world, "enter", "enter", *"brief", "enter", *"In few words.", "enter")
        await world.until(lambda: world.conversation.system == "In few words.")
