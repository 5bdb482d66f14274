"""Ctrl+P and /theme: a few letters, Enter; themes are seen before they are taken."""

from __future__ import annotations

import pytest

from tui.app.commands import COMMANDS
from tui.app.help.palette import Palette
from tui.app.settings.theme_chooser import ThemeChooser
from tui.app.theme.foreign import fitted
from tui.app.theme.themes import AUTO

SIZES = [(60, 20), (80, 24), (120, 40)]


@pytest.fixture
def app(host):
    return host(lambda: Palette(COMMANDS, lambda binding_id: f"ctrl+{binding_id[0]}"))


@pytest.mark.parametrize("size", SIZES)
async def test_all_commands_are_listed_with_their_keys_and_the_way_out(app, text_of, size):
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "Choose a model" in shown and "ctrl+m" in shown and "esc close" in shown
        assert f"{len(COMMANDS)} of {len(COMMANDS)}" in shown
        await pilot.press("end")
        await pilot.pause()
        assert "Quit" in text_of(app)


async def test_a_narrow_terminal_has_titles_and_keys_alone(app, text_of):
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "Choose a model   " in shown and "ctrl+m" in shown and "who answers" not in shown


async def test_letters_of_title_or_slash_name_find_it_and_enter_takes_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"retry", "enter")
        assert app.results == ["retry"]
        await pilot.press("ctrl+l", *"dup", "enter")
        assert app.results == ["retry", "duplicate"]
        await pilot.press("ctrl+l", *"no such thing", "enter", "escape")
        assert app.results[2:] == [None]


async def test_a_click_takes_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows = app.screen.rows
        await pilot.click(rows, offset=(4, rows.place_of("new").y))
        assert app.results == ["new"]


@pytest.fixture
def themes(host):
    """The themes, over an app that begins with one of them."""

    def make(theme):
        def use(name):
            name = "segue-light" if name == AUTO else name
            app.register_theme(fitted(app.available_themes[name]))
            app.theme = name

        app = host(lambda: ThemeChooser(use, theme))
        use(theme)
        return app

    return make


async def test_a_theme_is_seen_while_it_is_chosen_and_taken_with_enter(themes):
    app = themes("segue-dark")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen.rows.chosen.key == "segue-dark"
        await pilot.press("down")
        while app.theme == "segue-dark":
            await pilot.pause(0.01)
        assert app.theme == "segue-light"
        await pilot.press(*"nord", "enter")
        assert app.results == ["nord"]


async def test_closed_without_one_the_theme_from_before_is_back(themes):
    app = themes("nord")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen.rows.chosen.key == "nord"
        await pilot.press("home")
        while app.theme == "nord":
            await pilot.pause(0.01)
        await pilot.press("escape")
        assert (app.results, app.theme) == ([None], "nord")
