"""A key that was set in the config is named wherever the app names its action."""

from __future__ import annotations

import pytest

from tui.app.commands import told
from tui.app.keymap import Keys
from tui.chat.chunks import Finish, FinishReason
from tui.cli.output import complain
from tui.errors import ConfigError, ErrorKind, ProviderError, UsageError, Way

NO_MODEL = UsageError("No model is chosen", Way("Choose one", "model"))


async def test_in_the_footer_of_a_reply_that_failed(run):
    keys = {"message-retry": "x", "message-model": "ctrl+y", "message-edit": "f7"}
    async with run(keys=keys, size=(100, 30)) as world:
        world.script(ProviderError("It broke", kind=ErrorKind.INVALID))
        await world.say("Go")
        await world.sees("It broke", "x retry", "ctrl+y other model", "f7 edit")


async def test_in_the_footer_of_a_reply_that_was_cut(run):
    async with run(keys={"message-resume": "f6"}) as world:
        world.script("Half of", Finish(FinishReason.LENGTH))
        await world.say("Go")
        await world.sees("stopped at the token limit", "r again", "f6 go on")


async def test_in_the_footer_of_a_compared_reply_that_failed(run):
    keys = {"message-retry": "x", "compare-again": "f5"}
    async with run(keys=keys, size=(120, 30)) as world:
        await world.say("First")
        await world.sees("I am big.", "ready")
        world.script_of("small", ProviderError("It broke", kind=ErrorKind.INVALID))
        await world.say("/compare lab/small")
        await world.sees("It broke", "f5 retry")


async def test_in_a_notice(run):
    async with run(keys={"stop": "f8"}, problems=(ConfigError("config.toml:3:1: modle"),)) as world:
        await world.sees("f8 dismiss")


async def test_where_a_second_press_quits(run):
    async with run(keys={"interrupt": "f9", "older": "f10"}) as world:
        await world.type("words")
        await world.pilot.press("f9")
        await world.sees("Draft cleared; f10 brings it back.   f9 again quits")


async def test_in_the_menu_of_what_is_typed(run):
    async with run(keys={"menu-down": "f6", "menu-close": "f7"}) as world:
        await world.type("/t")
        await world.until(lambda: world.composer.open_menu is not None)
        await world.pilot.press("f6")
        await world.until(lambda: world.composer.menu.command.name == "title")
        await world.pilot.press("f7")
        await world.until(lambda: world.composer.open_menu is None)


def test_each_front_end_says_in_its_own_manner_what_mends_an_error(capsys):
    assert told(NO_MODEL, Keys({"model": "f9"})) == "No model is chosen. Choose one: f9."
    assert str(NO_MODEL) == "No model is chosen. Choose one: /model."
    complain(NO_MODEL)
    assert "Choose one: -m PROVIDER/MODEL." in capsys.readouterr().err


@pytest.mark.parametrize("error", [UsageError("Nothing", "Do this."), UsageError("Nothing"), ValueError("x")])
def test_what_no_command_mends_is_told_as_it_stands(error):
    assert told(error, Keys()) == str(error)
