"""F1: every key and command, from their tables."""

from __future__ import annotations

import pytest
from textual import events

from tui.app.actions import Action, Scope
from tui.app.help.help_screen import HelpScreen, sections_of
from tui.app.keymap import Keys, key_name
from tui.app.lists.field import Field
from tui.app.lists.row_list import RowList

SCOPES = (Scope.PICKER, Scope.CONVERSATIONS, Scope.LIST)
AGAIN = "Answer the last prompt again with this model"
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def app(host):
    return host(lambda: HelpScreen(sections_of(Keys({"picker-again": "ctrl+enter"}), SCOPES)))


def test_sections_are_made_from_the_table() -> None:
    sections = sections_of(Keys(), SCOPES)
    assert ("alt+enter", AGAIN, "picker-again") in sections["Choosing a model"]
    assert ("ctrl+d, delete", "Move to the trash", "conversations-delete") in sections["All conversations"]


def test_every_action_is_listed_once() -> None:
    names = [entry.name for entries in sections_of(Keys()).values() for entry in entries]
    assert sorted(names) == sorted(Action)


def test_a_key_that_was_set_is_the_one_that_is_shown() -> None:
    sections = sections_of(Keys({"picker-again": "f7, ctrl+up"}))
    assert ("f7, ctrl+↑", AGAIN, "picker-again") in sections["Choosing a model"]


@pytest.mark.parametrize("width", [50, 80, 120])
async def test_the_name_that_stands_in_the_config_is_shown_beside_the_key(app, text_of, width) -> None:
    async with app.run_test(size=(width, 40)) as pilot:
        await pilot.press(*"favourite")
        await pilot.pause()
        assert "ctrl+s" in text_of(app) and "picker-favourite" in text_of(app)


async def test_the_name_that_stands_in_the_config_finds_its_key(app, text_of) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"list-page-up")
        await pilot.pause()
        assert "A screen up" in text_of(app) and "A screen down" not in text_of(app)


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


@pytest.mark.parametrize("paste", ["long " * 9000, "x" * 45000, " ".join(map(str, range(9000)))])
async def test_a_paste_into_the_filter_stops_no_key(app, paste) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one(Field).post_message(events.Paste(paste))
        await pilot.pause()
        assert app.screen.query_one(Field).value == " ".join(paste.split("\n")).strip("\n")
        assert any("Nothing fits" in str(row) for row in app.screen.query_one(RowList).rows)
