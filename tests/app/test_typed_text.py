"""Every text field takes every character that is no control character, key by key."""

from __future__ import annotations

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

TYPED = "日本\u3000語\xa0\u202f\u200c\u200d\u200e\u200f\u200b\ufe0fx"


def keys(text: str) -> list[events.Key]:
    return [events.Key(_character_to_key(character), character) for character in text]


async def test_the_composer_takes_them_and_sends_them(run):
    async with run() as world:
        for key in keys(TYPED):
            world.app.post_message(key)
        await world.until(lambda: world.composer.draft == TYPED)
        await world.pilot.pause(0.05)
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert (await world.path())[0].text == TYPED


@pytest.mark.parametrize("opening", ["ctrl+r", "ctrl+f", "ctrl+l", "ctrl+p", "ctrl+t", "f1"])
async def test_the_field_of_every_sheet_takes_them(run, opening):
    async with run() as world:
        await world.say("Hi")
        await world.sees("I am big.")
        await world.pilot.press(opening)
        await world.until(lambda: isinstance(world.app.focused, Input) or world.app.screen.query(Input))
        for key in keys(TYPED):
            world.app.post_message(key)
        await world.until(lambda: TYPED in [field.value for field in world.app.screen.query(Input)])


async def test_keys_while_nothing_has_the_focus_are_the_composers(run):
    async with run() as world:
        world.screen.set_focus(None)
        for key in keys(TYPED):
            world.app.post_message(key)
        await world.until(lambda: world.composer.draft == TYPED)


@pytest.mark.parametrize(
    ("typed", "draft"), [("r\u3000", "a\u3000c\xa0d"), ("f\xa0x", "abcd"), ("t\xa0x", "ab\xa0d")]
)
async def test_vim_finds_and_writes_them(run, typed, draft):
    async with run(vim=True) as world:
        await world.type("abc\xa0d")
        await world.pilot.press("escape")
        await world.type("0l" if typed[0] == "r" else "0")
        await world.type(typed)
        await world.until(lambda: world.composer.draft == draft)


async def test_shift_alone_does_not_end_what_vim_waits_for(run):
    async with run(vim=True) as world:
        await world.type("one two")
        await world.pilot.press("escape")
        await world.type("0d")
        world.app.post_message(events.Key("left_shift", None))
        await world.type("$")
        await world.until(lambda: world.composer.draft == "")
