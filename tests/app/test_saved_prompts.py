"""Prompts kept as files, beside the commands."""

from __future__ import annotations

import pytest

from tui.engine.start_options import StartOptions


@pytest.fixture(autouse=True)
def folder(tmp_path):
    place = tmp_path / "config" / "prompts"
    place.mkdir(parents=True)
    (place / "review.md").write_text("# Review this change\n\nSay what is wrong.\n")
    (place / "to-french.md").write_text("Into French: {input}")
    return place


async def test_the_menu_offers_them_and_enter_sends_the_chosen_one(run):
    async with run() as world:
        await world.type("/rev")
        await world.sees("/review", "Review this change")
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert next(m.text for m in await world.path()) == "# Review this change\n\nSay what is wrong."
        assert world.composer.draft == ""


async def test_words_after_the_name_go_in(run):
    async with run() as world:
        await world.say("/to-french Good morning")
        await world.sees("I am big.")
        assert world.provider.requests == [("big", ["Into French: Good morning"])]


async def test_one_that_needs_words_waits_for_them(run):
    async with run() as world:
        await world.type("/to-")
        await world.sees("/to-french", "WORDS")
        await world.pilot.press("enter")
        await world.until(lambda: world.composer.draft == "/to-french ")
        await world.type("Yes")
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["Into French: Yes"]


async def test_the_palette_has_them_too_and_says_what_is_missing(run):
    async with run() as world:
        await world.pilot.press("ctrl+p")
        await world.type("french")
        await world.sees("Into French")
        await world.pilot.press("enter")
        await world.sees("/to-french needs words to work on")
        assert world.composer.draft == "/to-french"


async def test_a_space_before_the_slash_sends_the_words_themselves(run):
    async with run() as world:
        await world.say(" /review")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == [" /review"]


async def test_the_command_line_may_name_one(run):
    async with run(start=StartOptions(prompt="/to-french Good night")) as world:
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["Into French: Good night"]


async def test_a_file_that_cannot_be_used_is_told_at_the_start(run, folder):
    (folder / "Bad name.md").write_text("Words")
    (folder / "model.md").write_text("Words")
    async with run(size=(120, 40)) as world:
        await world.sees("Bad name.md: the name of a prompt is", "/model is a command already")
