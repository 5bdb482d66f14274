"""The settings: found, explained, changed in the file and seen at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import fields
from textual.events import AppFocus

from tests.app.conftest import World
from tui.app.actions import Action
from tui.app.lists.ask_text import AskText
from tui.app.lists.values import ChooseValue, WriteValue
from tui.app.settings.every_setting import every_setting
from tui.app.settings.key_sheet import KeySheet
from tui.app.settings.settings_screen import SettingsScreen
from tui.app.settings.theme_chooser import ThemeChooser
from tui.config import Config, load_config
from tui.engine.start_options import StartOptions
from tui.typed_toml import GONE

MINE = """\
# My settings
model = "lab/big" # the usual one

# The lab
[providers.lab]
url = "http://127.0.0.1:1/v1"
headers = { X-Team = "red", Authorization = "Bearer abcdefghijklmnop" }

# Keys
[keys]
new = "f7"
"""
Settings = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def file(tmp_path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    return file


@pytest.fixture
def opened(run, file) -> Settings:
    """The app with the list of settings over it, a filter typed."""

    @asynccontextmanager
    async def opened(words: str = "", **options: object) -> AsyncIterator[World]:
        read = load_config(file)
        given = {each.name: getattr(read, each.name) for each in fields(Config)}
        async with run(**{"size": (100, 40), **given, **options}) as world:
            await world.pilot.press("f10")
            await world.sees("Type to find a setting")
            await world.type(words)
            yield world

    return opened


async def on(world: World, kind: type) -> None:
    await world.until(lambda: isinstance(world.app.screen, kind) and world.app.screen.is_mounted)


async def test_tools_and_budgets_count_at_once(opened):
    async with opened() as world:
        await world.app.change_settings(
            {("tools", "use"): ["web_fetch"], ("mcp", "notes", "command"): "none", ("budget", "day"): 5.0}
        )
        engine = world.session.workspace.engine
        assert engine.tools.on(world.session.current.conversation) == {"web_fetch", "notes"}
        assert [server.name for server in engine.tools.servers] == ["notes"]
        assert engine.budget.limits.day == 5.0
        await world.app.change_settings({("mcp", "notes"): GONE, ("tools", "use"): GONE})
        assert not engine.tools.servers
        assert not engine.tools.on(world.session.current.conversation)


# -- what another program writes
async def test_what_is_written_elsewhere_counts_here_when_one_looks_again(opened, file):
    async with opened() as world:
        await world.pilot.press("escape")
        file.write_text(MINE.replace("lab/big", "lab/small") + "[budget]\nday = 5.0\n")
        world.app.post_message(AppFocus())
        await world.until(lambda: world.session.workspace.config.model == "lab/small")
        assert world.session.workspace.engine.budget.limits.day == 5.0
        await world.sees("config.toml was changed elsewhere, and counts here now")


async def test_it_counts_too_where_the_terminal_does_not_tell_who_looks(opened, file, monkeypatch):
    monkeypatch.setattr("tui.app.app.SETTINGS_PAUSE", 0.0)
    async with opened() as world:
        await world.pilot.press("escape")
        file.write_text(MINE + "[budget]\nday = 5.0\n")
        await world.pilot.press("a")
        await world.until(lambda: world.session.workspace.engine.budget.limits.day == 5.0)


async def test_a_file_that_is_broken_meanwhile_changes_nothing_and_that_is_told(opened, file):
    async with opened() as world:
        await world.pilot.press("escape")
        file.write_text(f"{MINE}[budget\n")
        world.app.post_message(AppFocus())
        await world.sees("mended.", "esc dismiss")
        [said] = world.screen.noticed  # on the screen it is wrapped, wherever the path of the file ends
        assert "not valid TOML" in said and "stay as they were until it is mended" in said
        assert world.session.workspace.config.model == "lab/big"
        file.write_text(MINE.replace("lab/big", "lab/small"))
        world.app.post_message(AppFocus())
        await world.until(lambda: world.session.workspace.config.model == "lab/small")
        await world.until(lambda: not world.screen.noticed)


async def test_what_is_changed_here_is_not_told_as_changed_elsewhere(opened, file):
    async with opened() as world:
        await world.pilot.press("escape")
        await world.app.change_settings({("budget", "day"): 5.0})
        await world.app.reread_settings()
        assert "changed elsewhere" not in world.text


# -- what is seen
async def test_every_setting_and_every_key_is_listed_with_its_value_and_where_that_comes_from(opened):
    async with opened() as world:
        rows = world.app.screen.rows.rows
        listed = [row.key for row in rows if isinstance(row.key, tuple)]
        assert listed == [setting.at for setting in every_setting(world.app.config)]
        await world.sees("General", "lab/big", "file", "auto", "default", "Parameters of every request")
        await world.sees("`PROVIDER/MODEL` of a new conversation", "from config.toml:2:1")


async def test_a_filter_finds_names_descriptions_and_values(opened):
    async with opened("f7") as world:
        await world.sees("Keys: writing", "A new conversation", "1 setting")
        await world.pilot.press("ctrl+u", *"certificates")
        await world.sees("Provider lab", "ca_file")


async def test_where_nothing_fits_the_nearest_are_listed(opened):
    async with opened("autotitl") as world:
        await world.sees("Nothing fits. Near to it:", "auto_title")


async def test_what_the_command_line_said_is_shown_as_such(opened):
    async with opened("model", start=StartOptions(model="lab/small")) as world:
        await world.sees("lab/small", "--model")


async def test_no_secret_is_on_the_screen(opened):
    async with opened("headers") as world:
        await world.sees("Authorization = •••")
        assert "abcdefgh" not in world.text


# -- by its type
async def test_a_switch_is_turned_and_counts_at_once(opened, file):
    async with opened("vim") as world:
        assert world.composer.vim is None
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: true")
        assert world.composer.vim is not None
        assert file.read_text() == MINE.replace("the usual one\n", "the usual one\nvim = true\n")
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: false")
        assert world.composer.vim is None
        await world.pilot.press("ctrl+d")
        await world.sees("Not in config.toml any more: false")
    assert file.read_text() == MINE


async def test_what_counts_only_from_the_next_start_says_so(opened):
    async with opened("plain") as world:
        await world.sees("counts from the next start")
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: true; it counts from the next start")


async def test_a_line_is_taken_only_if_it_can_be_the_value(opened, file):
    async with opened("providers.lab.wait") as world:
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.type("soon")
        await world.pilot.press("enter")
        await world.sees("must be a number, not soon")
        await world.pilot.press("ctrl+u", *"-5", "enter")
        await world.sees("must be a number of seconds")
        assert file.read_text() == MINE
        await world.pilot.press("ctrl+u", *"600", "enter")
        await world.sees("Written to config.toml: 600")
        assert world.app.workspace.config.provider("lab").wait == 600
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press("ctrl+u", "enter")
        await world.sees("Not in config.toml any more")
    assert file.read_text() == MINE


async def test_one_of_several_is_chosen(opened, file):
    async with opened("providers.lab.type") as world:
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"gem", "enter")
        await world.sees("Written to config.toml: gemini")
    assert load_config(file).provider("lab").type == "gemini"


async def test_a_list_is_written_in_lines(opened, file):
    async with opened("providers.lab.models") as world:
        await world.pilot.press("enter")
        await on(world, AskText)
        await world.pilot.press(*"one", "shift+enter", *"two", "enter")
        await world.sees("Written to config.toml: one, two")
    assert load_config(file).provider("lab").models == ("one", "two")


async def test_names_with_values_change_one_by_one_and_a_secret_stays(opened, file):
    async with opened("providers.lab.headers") as world:
        await world.pilot.press("enter")
        await on(world, AskText)
        await world.sees("A line each")
        await world.pilot.press("ctrl+end", "shift+enter", *'X-New = "b"', "enter")
        await world.sees("Written to config.toml")
    assert load_config(file).provider("lab").headers == {
        "X-Team": "red",
        "Authorization": "Bearer abcdefghijklmnop",
        "X-New": "b",
    }


async def test_a_theme_is_seen_while_it_is_chosen_and_written(opened, file):
    async with opened("theme") as world:
        await world.pilot.press("enter")
        await on(world, ThemeChooser)
        await world.pilot.press(*"segue-light", "enter")
        await world.sees("Written to config.toml: segue-light")
        assert world.app.theme == "segue-light"
        await world.pilot.press("ctrl+d")
        await world.sees("Not in config.toml any more")
        assert world.app.theme == "segue-dark"
    assert "theme" not in load_config(file).lines


async def test_a_theme_of_the_file_is_the_one_that_the_command_changes(run, file):
    file.write_text('model = "lab/big"\ntheme = "segue-light" # by day\n')
    read = load_config(file)
    async with run(theme=read.theme, lines=read.lines) as world:
        await world.say("/theme dark")
        await world.until(lambda: "segue-dark" in file.read_text())
    assert file.read_text() == 'model = "lab/big"\ntheme = "segue-dark" # by day\n'


async def test_the_settings_of_a_provider_that_the_file_does_not_name_can_be_listed(opened, file):
    async with opened() as world:
        rows = world.app.screen.rows
        world.entries[0] = type(world.entries[0])("far")
        while rows.chosen.key != "another provider":
            await world.pilot.press("down")
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"far", "enter")
        await on(world, SettingsScreen)
        await world.until(lambda: rows.chosen.key == ("providers", "far", "type"))
        await world.sees("Provider far")


# -- keys
async def test_a_key_is_pressed_and_does_it_at_once(opened, file):
    async with opened("keys.sidebar") as world:
        await world.pilot.press("enter")
        await on(world, KeySheet)
        await world.sees("Press the key")
        await world.pilot.press("f8")
        await world.sees("f8", "Nothing else has it")
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: f8")
        await world.pilot.press("escape")
        await world.ready()
        await world.pilot.press("f8")
        await world.until(lambda: world.screen.has_class("-page-only"))
        await world.pilot.press("ctrl+b")
        assert world.screen.has_class("-page-only"), "the key from before does it no more"
    assert '[keys]\nnew = "f7"\nsidebar = "f8"\n' in file.read_text()


async def test_keys_that_close_and_quit_elsewhere_can_be_pressed(opened):
    async with opened("keys.sidebar") as world:
        await world.pilot.press("enter")
        for key, shown in (("ctrl+q", "ctrl+q"), ("escape", "esc"), ("f1", "f1"), ("ctrl+c", "ctrl+c")):
            await world.sees("Press the key")
            await world.pilot.press(key)
            await world.sees(shown, "It is already the key of")
            await world.pilot.press("backspace")


async def test_who_has_a_key_already_is_said_and_gives_it_away_only_if_that_is_wanted(opened, file):
    async with opened("keys.sidebar") as world:
        await world.pilot.press("enter")
        await on(world, KeySheet)
        await world.pilot.press("f7")
        await world.sees("It is already the key of “A new conversation”", "take it from there")
        await world.pilot.press("escape")
        await on(world, SettingsScreen)
        assert file.read_text() == MINE
        await world.pilot.press("enter")
        await on(world, KeySheet)
        await world.pilot.press("f7", "enter")
        await world.sees("“A new conversation” has none")
        assert load_config(file).keys == {"new": "no_key", "sidebar": "f7"}
        assert world.app.keys.of(Action.NEW) == []


async def test_a_letter_is_no_key_where_one_writes(opened):
    async with opened("keys.sidebar") as world:
        await world.pilot.press("enter")
        await on(world, KeySheet)
        await world.pilot.press("x")
        await world.sees("x writes a character there")
        await world.pilot.press("enter")
        assert isinstance(world.app.screen, KeySheet)


async def test_several_keys_and_two_in_a_row_are_pressed(opened, file):
    async with opened("keys.sidebar") as world:
        await world.pilot.press("enter")
        await on(world, KeySheet)
        await world.pilot.press("f8", "plus", "ctrl+x", "space", "b")
        await world.sees("f8, ctrl+x b")
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: f8, ctrl+x b")
    assert load_config(file).keys["sidebar"] == "f8,ctrl+x b"


async def test_a_key_goes_back_to_the_default(opened, file):
    async with opened("keys.new") as world:
        await world.sees("f7")
        await world.pilot.press("ctrl+d")
        await world.sees("Not in config.toml any more: ctrl+n")
        assert world.app.keys.of(Action.NEW) == ["ctrl+n"]
    assert "f7" not in file.read_text() and "# Keys\n[keys]" in file.read_text()


@pytest.mark.parametrize("name", ["model", "message-up", "message-line-down", "list-down", "version-next"])
async def test_an_action_without_a_key_is_named_nowhere_and_ends_nothing(run, name):
    async with run(keys={name: "no_key"}, size=(120, 40)) as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up", "alt+up", "f1")
        await world.pilot.press("escape", "ctrl+l")
        assert "no_key" not in world.text


# -- the file
async def test_a_broken_file_is_told_and_not_written(opened, file):
    async with opened("vim") as world:
        file.write_text('model = "lab/big"\nvim = [\n')
        await world.pilot.press("enter")
        await world.sees("config.toml:3:1: not valid TOML")
    assert file.read_text() == 'model = "lab/big"\nvim = [\n'


async def test_what_was_written_with_an_editor_meanwhile_stays_and_counts(opened, file):
    async with opened("vim") as world:
        file.write_text(MINE.replace("# Keys", 'title = "The lab" # by hand\n\n# Keys'))
        await world.pilot.press("enter")
        await world.sees("Written to config.toml: true")
        assert world.app.config.provider("lab").title == "The lab"
    assert 'title = "The lab" # by hand' in file.read_text()


async def test_the_list_shows_what_the_file_says_when_it_is_opened(opened, file):
    async with opened() as world:
        await world.pilot.press("escape")
        await world.ready()
        file.write_text(MINE.replace("the usual one", "the usual one\nvim = true"))
        await world.say("/settings vim")
        await world.sees("vim", "true", "file")
        assert world.composer.vim is not None


async def test_who_names_conversations_is_nobody_the_cheapest_or_a_model_of_ones_choice(opened, file):
    async with opened("auto_title") as world:
        await world.pilot.press("enter")
        await world.sees("the cheapest model of the provider", "one that you choose")
        await world.type("a model")
        await world.pilot.press("enter")
        await world.sees("Type to find a model")
        await world.type("small")
        await world.pilot.press("enter")
        await world.until(lambda: load_config(file).auto_title == "lab/small")
