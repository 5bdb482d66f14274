"""Vim's keys in the composer: ``vim = true``."""

from __future__ import annotations

from textual.widgets import Input

from tui.app.help.palette import Palette
from tui.app.transcript.find_bar import FindBar


async def test_the_mode_is_shown_and_a_prompt_is_edited_by_vims_keys(run):
    async with run(vim=True) as world:
        await world.sees("insert")
        await world.type("one two")
        await world.pilot.press("escape")
        await world.sees("normal")
        await world.type("bcw")
        await world.sees("insert")
        await world.type("three")
        assert world.composer.draft == "one three"
        await world.pilot.press("escape")
        await world.type("2d")
        await world.sees("normal 2d")
        await world.pilot.press("escape")
        await world.type("u")
        assert world.composer.draft == "one two"


async def test_enter_sends_in_every_mode_and_the_next_prompt_is_written(run):
    async with run(vim=True) as world:
        await world.type("Hi")
        await world.pilot.press("escape", "enter")
        await world.sees("I am big.")
        await world.type("dd")
        assert world.composer.draft == "dd"


async def test_what_is_selected_is_cut_and_put(run):
    async with run(vim=True) as world:
        await world.type("one two")
        await world.pilot.press("escape")
        await world.type("0ve")
        await world.sees("visual")
        assert world.composer.selected_text == "one"
        await world.type("d$p")
        assert world.composer.draft == " twoone"


async def test_keys_that_lead_elsewhere(run):
    async with run(vim=True) as world:
        await world.say("Hi")
        await world.sees("I am big.")
        await world.pilot.press("escape")
        await world.type(":")
        await world.until(lambda: isinstance(world.app.screen, Palette))
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        await world.type("k")
        await world.until(lambda: world.transcript.selected is not None)
        await world.type("k")
        await world.pilot.press("escape")
        await world.type("/")
        await world.until(lambda: world.screen.query_one(FindBar).query_one(Input).has_focus)


async def test_the_menu_is_closed_first(run):
    async with run(vim=True) as world:
        await world.type("/mo")
        await world.sees("/model")
        await world.pilot.press("escape")
        await world.sees_no("/model")
        await world.sees("insert")


async def test_without_the_setting_letters_are_letters(run):
    async with run() as world:
        await world.type("x")
        await world.pilot.press("escape")
        await world.type("dd")
        assert world.composer.draft == "xdd"


async def test_the_help_lists_them_where_they_are_in_force(run):
    async with run(size=(120, 60), vim=True) as world:
        await world.pilot.press("f1")
        await world.type("text, the paragraph")
        await world.sees("0 ^ $ gg G { }")
