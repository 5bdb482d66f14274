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


# -- what front matter says
TRANSLATE = """---
description: Translates
model: lab/small
persona: poet
parameters: {temperature: 0.2}
variables:
  language: {choices: [German, French]}
  tone: kind
---
Into {language}, {tone}: {input}
"""


@pytest.fixture
def translate(folder):
    (folder / "translate.md").write_text(TRANSLATE)
    (folder.parent / "personas").mkdir()
    (folder.parent / "personas" / "poet.md").write_text("In verse.")


async def test_what_is_missing_is_asked_for_in_fields_and_what_is_typed_already_stands_there(run, translate):
    async with run(size=(80, 24)) as world:
        await world.say("/translate tone=stern Good day")
        await world.sees("/translate   Translates", "language: German or French", "stern", "Good day")
        await world.pilot.press("enter")
        await world.sees("× language is needed")
        await world.pilot.press("x", "enter")
        await world.sees("language can't be x. It is German or French.")
        await world.pilot.press("backspace", "f", "tab", "tab", *"!", "enter")
        await world.sees("I am small.")
        assert world.provider.requests[0][1][-1] == "Into French, stern: Good day!"
        assert world.composer.draft == ""


async def test_one_begins_at_the_first_field_in_which_something_is_missing(run, folder):
    (folder / "letter.md").write_text(
        "---\nvariables: {tone: kind, reader: }\n---\nFor {reader}, {tone}: {input}\n"
    )
    async with run() as world:
        await world.say("/letter Good day")
        await world.sees("reader")
        await world.pilot.press(*"Ann", "enter")
        await world.sees("I am big.")
        assert world.provider.requests[0][1][-1] == "For Ann, kind: Good day"


async def test_who_closes_the_fields_has_what_was_typed(run, translate):
    async with run() as world:
        await world.say("/translate Good day")
        await world.sees("language: German or French")
        await world.pilot.press("escape")
        await world.until(lambda: world.composer.draft == "/translate Good day")
        assert not world.provider.requests


async def test_a_default_of_several_lines_is_sent_as_it_stands_in_the_file(run, folder):
    (folder / "list.md").write_text('---\nvariables:\n  rules: "First.\\nSecond."\n---\nObey: {rules}\n')
    async with run() as world:
        await world.say("/list")
        await world.sees("rules", "First. Second.")
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.provider.requests[0][1][-1] == "Obey: First.\nSecond."


async def test_words_of_several_lines_stay_as_they_are(run, translate):
    async with run() as world:
        world.composer.put("/translate one\ntwo")
        await world.pilot.press("enter")
        await world.sees("language: German or French")
        assert "input" not in world.text
        await world.pilot.press(*"German", "enter")
        await world.sees("I am small.")
        assert world.provider.requests[0][1][-1] == "Into German, kind: one\ntwo"


async def test_model_persona_and_parameters_count_from_then_on_and_undo_takes_them_back(run, translate):
    async with run(size=(120, 40)) as world:
        await world.say("/translate language=French Good day")
        await world.sees("From /translate: lab/small, poet, temperature = 0.2", "I am small.")
        conversation = world.conversation
        assert (conversation.model, conversation.system) == ("lab/small", "In verse.")
        assert conversation.parameters == {"temperature": 0.2}
        await world.pilot.press("ctrl+z")
        await world.sees("As before /translate")
        assert (conversation.model, conversation.system) == ("lab/big", "")
        assert conversation.parameters == {}


async def test_a_prompt_whose_model_is_not_there_is_not_sent_and_comes_back(run, folder):
    (folder / "odd.md").write_text("---\nmodel: nowhere\n---\nHello")
    async with run(size=(120, 40)) as world:
        await world.say("/odd")
        await world.sees("There is no model nowhere")
        assert world.composer.draft == "/odd"
        assert not world.provider.requests


async def test_what_is_wrong_in_a_file_is_told_with_its_place_and_the_others_work(run, folder):
    (folder / "bad.md").write_text("---\nvariables: tone\n---\nHello")
    (folder.parent / "personas").mkdir()
    (folder.parent / "personas" / "bad.md").write_text("---\nparameters:\n  seed: x\n---\nHello")
    async with run(size=(120, 40)) as world:
        await world.sees("prompts/bad.md:2:12: must be a table")
        await world.sees("personas/bad.md:3:9: seed must be a whole number, not x")
        await world.say("/review")
        await world.sees("I am big.")
