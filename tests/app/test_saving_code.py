"""A block of code is saved to a file, under a name that the person takes or gives."""

from __future__ import annotations

import pytest

from tests.app.conftest import DONE
from tui.app.messages.save_sheet import SaveSheet
from tui.engine.exporting import save_text, suggested_name

TWO = "```python\nprint(1)\n```\n\n```sh\nls\n\n```\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


async def ask(world, reply: str, *keys: str) -> SaveSheet:
    world.script(reply, DONE)
    await world.say("Hi")
    await world.until(lambda: world.provider.requests and not world.current.busy)
    await world.pilot.press("alt+up", "w", *keys)
    await world.until(lambda: isinstance(world.app.screen, SaveSheet))
    return world.app.screen


async def test_the_only_block_is_saved_under_a_name_with_the_ending_of_its_language(run, folder) -> None:
    async with run() as world:
        await ask(world, "```python\nprint(1)\n```")
        await world.sees("Save 1 line of code", "code.py")
        await world.pilot.press("enter")
        await world.sees("Saved to")
        assert (folder / "code.py").read_bytes() == b"print(1)\n"


async def test_of_several_a_number_says_which(run, folder) -> None:
    async with run() as world:
        await ask(world, TWO, "2")
        await world.pilot.press("enter")
        await world.sees("Saved to")
        assert [file.name for file in folder.iterdir()] == ["code.sh"]
        assert (folder / "code.sh").read_text() == "ls\n\n"


async def test_nothing_is_written_over_without_a_word(run, folder) -> None:
    (folder / "mine.py").write_text("old")
    async with run() as world:
        await ask(world, "```python\nprint(1)\n```")
        await world.pilot.press("ctrl+u", *"mine.py", "enter")
        await world.sees("is there already", "enter write over it")
        assert (folder / "mine.py").read_text() == "old"
        await world.pilot.press("x")
        await world.sees("enter save")
        await world.pilot.press("backspace", "enter")
        await world.sees("enter write over it")
        await world.pilot.press("enter")
        await world.sees("Saved to")
        assert (folder / "mine.py").read_text() == "print(1)\n"
        assert [file.name for file in folder.iterdir()] == ["mine.py"]


async def test_what_can_not_be_written_is_said_and_asked_again(run, folder) -> None:
    async with run() as world:
        await ask(world, "```python\nprint(1)\n```")
        await world.pilot.press("ctrl+u", *"no/such/file.py", "enter")
        await world.sees("can't be written")
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert not [*folder.iterdir()]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "code.py"),
        ("js", "code.js"),
        ("c++", "code.cpp"),
        ("", "code.txt"),
        ("no such language", "code.txt"),
        ("../../x", "code.txt"),
    ],
)
def test_a_name_has_the_ending_of_the_language(language, name) -> None:
    assert suggested_name(language) == name


def test_a_name_that_is_taken_is_not_suggested(folder) -> None:
    (folder / "code.py").touch()
    assert suggested_name("python") == "code-2.py"


def test_what_is_written_over_keeps_its_mode_and_a_link_its_place(folder) -> None:
    script, link = folder / "run.sh", folder / "link.sh"
    script.write_text("old")
    script.chmod(0o755)
    link.symlink_to(script)
    before = script.stat().st_mode
    save_text("new\n", link, over=True)
    assert link.is_symlink() and script.read_text() == "new\n"
    assert script.stat().st_mode == before
    assert sorted(file.name for file in folder.iterdir()) == ["link.sh", "run.sh"]


def test_a_new_file_is_as_open_as_the_person_wishes(folder) -> None:
    (folder / "other").touch()
    saved = save_text("new\n", folder / "code.py")
    assert saved.stat().st_mode == (folder / "other").stat().st_mode
