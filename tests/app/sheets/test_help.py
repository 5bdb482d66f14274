"""F1: every key and command, from the bindings themselves."""

from __future__ import annotations

import pytest

from tui.app.conversations.conversations import Conversations
from tui.app.help.help_screen import HelpScreen, sections_of
from tui.app.lists.chooser import Chooser
from tui.app.lists.hints import key_name
from tui.app.models.picker import ModelPicker

GROUPS = {"Choosing a model": [ModelPicker], "Conversations": [Conversations], "In every list": [Chooser]}
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def app(host):
    return host(lambda: HelpScreen(sections_of(GROUPS, {"picker-again": "ctrl+enter"})))


def test_sections_are_made_from_the_bindings() -> None:
    sections = sections_of(GROUPS, {})
    assert ("alt+enter", "Answer the last prompt again with this model") in sections["Choosing a model"]
    assert ("ctrl+d, delete", "Move to the trash") in sections["Conversations"]


def test_what_is_inherited_is_listed_once_in_its_own_place() -> None:
    sections = sections_of(GROUPS, {})
    assert ("↓", "The row below") in sections["In every list"]
    assert ("↓", "The row below") not in sections["Choosing a model"]
    alone = sections_of({"Choosing a model": [ModelPicker]}, {})
    assert ("↓", "The row below") in alone["Choosing a model"]


def test_a_key_that_was_set_is_the_one_that_is_shown() -> None:
    sections = sections_of(GROUPS, {"picker-again": "f7,ctrl+up"})
    assert ("f7, ctrl+↑", "Answer the last prompt again with this model") in sections["Choosing a model"]


@pytest.mark.parametrize("binding", [b for group in GROUPS.values() for node in group for b in node.BINDINGS])
def test_every_key_of_ours_has_an_id_and_words(binding) -> None:
    assert binding.id and binding.description and binding.tooltip


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_shown_and_scrolls(app, text_of, size) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "Choosing a model" in text_of(app) and "ctrl+enter" in text_of(app)
        await pilot.press("end")
        await pilot.pause()
        assert "The last row" in text_of(app)
        await pilot.press("home")
        await pilot.pause()
        assert "Choosing a model" in text_of(app)


async def test_a_filter_finds_words(app, text_of) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"trash")
        await pilot.pause()
        assert "Move to the trash" in text_of(app)
        assert "Choosing a model" not in text_of(app)
        await pilot.press(*"xyz")
        await pilot.pause()
        assert "Nothing fits." in text_of(app)


@pytest.mark.parametrize("key", ["escape", "enter", "f1"])
async def test_it_closes(app, key) -> None:
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.results == [None]


@pytest.mark.parametrize(
    ("key", "name"),
    [("escape", "esc"), ("ctrl+up", "ctrl+↑"), ("question_mark", "?"), ("alt+enter", "alt+enter")],
)
def test_keys_are_written_as_people_do(key, name) -> None:
    assert key_name(key) == name
