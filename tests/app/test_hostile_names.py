"""Texts of others write nothing to the terminal, whichever way they come in."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from textual import events

from tui.chat.message import Role
from tui.chat.model import ModelInfo
from tui.chat.parts import prompt_parts
from tui.errors import ProviderError, UsageError

HOSTILE = "evil\x1b]52;c;aGk=\x07\x9b2J\x00\r\u202e\x7f"
"""Sets the clipboard, clears the screen, turns the text round."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
NAME = HOSTILE.replace("\x00", "")


async def hostile_history(world):
    made = await world.store.create_conversation(model=f"lab/{NAME}", title=HOSTILE, system=HOSTILE)
    await world.store.update_conversation(made.id, titled=True, tags=(NAME, "two"), hues={f"lab/{NAME}": "x"})
    await world.store.add_message(made.id, None, Role.USER, prompt_parts(HOSTILE))
    await world.store.remember_prompt(HOSTILE)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with a file and a folder of such names; the program is started in it."""
    work = tmp_path / "work"
    work.mkdir()
    (work / f"r{NAME}.txt").write_text("Buy milk")
    (work / f"d{NAME}").mkdir()
    (work / f"d{NAME}" / "inner.txt").write_text("x")
    monkeypatch.chdir(work)
    return work


@pytest.mark.parametrize("keys", [[], ["ctrl+r"], ["ctrl+r", "f2"], ["ctrl+r", "f4"]])
async def test_titles_tags_and_models_of_the_history(run, keys):
    async with run(size=(120, 40), prepare=hostile_history) as world:
        await world.sees("evil␛]52")
        await world.pilot.press(*keys)
        await world.pilot.pause(0.1)
        await world.sees("evil␛]52")


async def test_names_of_models_and_providers(run):
    async with run() as world:
        world.catalogue.known.append(ModelInfo(f"lab/{NAME}", context=10))
        world.catalogue.problems = {"lab": ProviderError(HOSTILE, HOSTILE)}
        world.entries[0] = replace(
            world.entries[0], title=HOSTILE, reason=HOSTILE, note=HOSTILE, host=HOSTILE
        )
        await world.pilot.press("ctrl+l")
        await world.sees("evil␛]52")


@pytest.mark.parametrize("typed", ["@r", "/attach r", "@d", "/attach d"])
async def test_names_of_files_are_completed_and_attached(run, files, typed):
    async with run() as world:
        await world.type(typed)
        await world.sees("evil␛]52")
        await world.pilot.press("tab")
        if typed.endswith("r"):
            await world.until(lambda: world.composer.attachments)
        await world.pilot.pause(0.05)
        assert "\x1b" not in world.composer.text


async def test_errors_notices_and_titles_of_toasts(run):
    async with run() as world:
        world.script(ProviderError(HOSTILE, HOSTILE))
        await world.say("Hi")
        await world.sees("evil␛]52")
        world.app.notify(HOSTILE, title=HOSTILE)
        world.screen.tell(UsageError(HOSTILE, HOSTILE))
        world.screen.note(HOSTILE)
        await world.pilot.pause(0.1)
        await world.sees("evil␛]52")


async def test_settings_of_the_config(run):
    async with run(model=f"lab/{NAME}", theme=HOSTILE, keys={HOSTILE: "ctrl+x", "send": HOSTILE}) as world:
        await world.sees("evil␛]52")


async def test_what_an_editor_leaves_and_what_is_pasted(run):
    async with run() as world:
        world.composer.put(HOSTILE)
        world.app.post_message(events.Paste(HOSTILE))
        await world.composer.take_paste(HOSTILE)
        world.composer.insert(HOSTILE)
        world.composer.replace(HOSTILE, (0, 0), (0, 0))
        await world.pilot.pause(0.05)
        assert not set("\x1b\x9b\x00\r\x07\x7f") & set(world.composer.draft)
        await world.sees("evil␛]52")


@pytest.mark.parametrize("opening", ["ctrl+r", "ctrl+f", "ctrl+l", "ctrl+p"])
async def test_what_is_pasted_into_the_field_of_a_sheet(run, opening):
    async with run() as world:
        await world.pilot.press(opening)
        await world.pilot.pause(0.1)
        world.app.post_message(events.Paste(HOSTILE))
        await world.sees("evil␛]52")
