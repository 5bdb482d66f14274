"""A block of code is given to a command: shown first, run after a yes, its output for the next prompt."""

from __future__ import annotations

import sys

import pytest

from tests.app.conftest import DONE
from tui.app.transcript import pipe_sheet
from tui.app.transcript.pipe_sheet import PipeSheet, Step

TWO = "```python\nprint(1)\n```\n\n```sh\nls\n\n```\n"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a shell of POSIX")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(pipe_sheet, "_DEAF", 0.0)
    return here


async def ask(world, reply: str, *keys: str) -> PipeSheet:
    world.script(reply, DONE)
    await world.say("Hi")
    await world.until(lambda: world.provider.requests and not world.current.busy)
    await world.pilot.press("alt+up", "vertical_line", *keys)
    await world.until(lambda: isinstance(world.app.screen, PipeSheet))
    return world.app.screen


async def type_command(world, line: str) -> None:
    world.app.screen.query_one("#command").value = line
    await world.pilot.press("enter")


async def test_what_runs_is_shown_and_its_output_goes_into_the_prompt(run, folder) -> None:
    async with run(size=(160, 40)) as world:
        sheet = await ask(world, TWO, "2")
        await world.sees("Give 2 lines of sh to a command")
        await type_command(world, "cat; pwd; echo wrong >&2")
        await world.sees("cat; pwd; echo wrong >&2", "/bin/sh", folder.name, "ls", "y run it")
        await yes(world)
        await world.until(lambda: sheet._step is Step.ENDED)
        await world.sees("Ended with code 0")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        said = f"Output of `cat; pwd; echo wrong >&2`:\n\n```\nls\n\n{folder}\nwrong\n```\n\n"
        assert world.composer.text == said


async def ran(world, line: str, reply: str = "```sh\nls\n```") -> PipeSheet:
    sheet = await ask(world, reply)
    await type_command(world, line)
    await world.sees("y run it")
    await yes(world)
    return sheet


async def yes(world) -> None:
    await world.until(lambda: world.app.screen.focused is None)  # the field has gone
    await world.pilot.press("y")


async def test_nothing_runs_without_a_yes(run, folder) -> None:
    async with run() as world:
        sheet = await ask(world, "```sh\nls\n```")
        await world.pilot.press(*"touch", "space", "y", "enter")
        await world.sees("touch y", "y run it")
        await world.pilot.press("enter", "n", "space", "escape")
        await world.sees("enter see what would run", "touch y")
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert not [*folder.iterdir()] and sheet._work is None


async def test_a_yes_that_was_typed_ahead_is_none(run, folder, monkeypatch) -> None:
    monkeypatch.setattr(pipe_sheet, "_DEAF", 60.0)
    async with run() as world:
        sheet = await ran(world, "touch y")
        await world.pilot.press("y")
        assert sheet._step is Step.SHOWN and not [*folder.iterdir()]


async def test_what_is_missing_is_said(run, folder) -> None:
    async with run() as world:
        await ask(world, "```sh\nls\n```")
        await world.pilot.press("enter")
        await world.sees("A command is needed first")
        await world.pilot.press(*"ls", "tab", "x", "enter")
        await world.sees("There is no folder")
        await world.pilot.press("backspace", "enter")
        await world.sees("y run it")


async def test_what_runs_is_stopped_by_the_key_that_closes(run, folder) -> None:
    async with run() as world:
        sheet = await ran(world, "echo begun; sleep 500 & sleep 500")
        await world.sees("begun", "Running", "esc stop")
        await world.pilot.press("escape")
        await world.sees("Stopped")
        assert sheet._step is Step.ENDED
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert world.composer.text == ""


async def test_of_a_failure_its_words_and_its_code_are_shown(run, folder) -> None:
    async with run() as world:
        await ran(world, "no-such-command-here")
        await world.sees("Ended with code 127", "not found")


async def test_without_output_there_is_nothing_to_take(run, folder) -> None:
    async with run() as world:
        await ran(world, "true")
        await world.sees("It wrote nothing", "Ended with code 0")
        assert "into the prompt" not in world.text


async def test_output_can_not_steer_the_terminal(run, folder) -> None:
    async with run() as world:
        await ran(world, "printf 'a\\033[2Jb\\r\\nc'")
        await world.sees("a␛[2Jb")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        assert "```\na␛[2Jb\nc\n```" in world.composer.text


async def test_what_was_written_in_the_composer_stays(run, folder) -> None:
    async with run() as world:
        await ask(world, "```sh\nls\n```")
        world.composer.put("and why?")
        await type_command(world, "cat")
        await world.sees("y run it")
        await world.pilot.press("y")
        await world.sees("Ended")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        assert world.composer.text == "Output of `cat`:\n\n```\nls\n```\n\nand why?"
