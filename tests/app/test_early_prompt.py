"""A prompt that is sent before anything is there: by the command line, or by quick hands."""

from __future__ import annotations

import asyncio

import pytest

from tests.app.conftest import World
from tui.app.models.connect import ConnectProvider
from tui.app.models.first_run import FirstRun
from tui.app.models.picker import ModelPicker
from tui.config import Config
from tui.engine.start_options import StartOptions

EARLY = StartOptions(prompt="What is Segue?")


@pytest.fixture
async def first(run):
    """The app at its very first run, with a prompt that was sent already."""
    async with run(model=None, start=EARLY, ready=False) as world:
        await world.until(lambda: isinstance(world.app.screen, FirstRun))
        yield world


async def test_at_the_first_run_it_waits_for_a_model(first):
    assert first.composer.draft == "What is Segue?"
    assert not first.provider.requests
    await first.sees("lab/big")
    await first.pilot.press("enter")
    await first.sees("I am big.")
    assert first.provider.requests == [("big", ["What is Segue?"])]
    assert first.composer.draft == ""


async def test_and_stays_in_the_composer_if_none_is_chosen(first):
    await first.pilot.press("escape")
    await first.ready()
    assert first.composer.draft == "What is Segue?"
    assert not first.provider.requests


async def test_who_took_none_of_the_offers_is_asked_again_before_anything_is_sent(first):
    await first.pilot.press("escape")
    await first.sees("no model chosen")
    await first.pilot.press("enter")
    await first.until(lambda: isinstance(first.app.screen, FirstRun))
    assert not first.provider.requests


async def test_nobody_is_said_to_answer_before_the_person_has_chosen(run):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: isinstance(world.app.screen, FirstRun))
        await world.pilot.press("H", "i")
        await world.ready()
        await world.sees("▎ Hi", "no model chosen")
        assert world.status.model is None and not world.status.marks
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.screen, FirstRun))
        await world.sees("lab/big")
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.status.model == "lab/big"


async def test_a_model_that_is_chosen_by_its_name_is_said_to_answer(run):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: isinstance(world.app.screen, FirstRun))
        await world.pilot.press("H")
        await world.ready()
        await world.pilot.press("backspace")
        await world.say("/model lab/small")
        await world.until(lambda: world.status.model == "lab/small")


async def test_later_it_goes_at_once(run):
    async with run(start=EARLY) as world:
        await world.sees("I am big.")
        assert world.provider.requests == [("big", ["What is Segue?"])]


class Busy(World):
    """A machine on which it takes long until history and providers are there."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.free = asyncio.Event()

    async def open_workspace(self):
        await self.free.wait()
        return await super().open_workspace()


async def test_nothing_is_said_of_the_model_before_the_history_has_said_who_answers(run, tmp_path):
    world = Busy(tmp_path, Config())
    async with run(model=None, ready=False, world=world):
        await world.sees("Ask, or / for commands", "enter send")
        assert "no model chosen" not in world.text
        world.free.set()
        await world.until(lambda: isinstance(world.app.screen, FirstRun))
        await world.pilot.press("escape")
        await world.sees("no model chosen")


@pytest.mark.parametrize(
    ("keys", "screen"),
    [(("/connect", "enter"), ConnectProvider), (("ctrl+l",), ModelPicker)],
    ids=["command", "key"],
)
async def test_what_is_asked_for_early_comes_before_the_first_screen_and_gets_what_is_typed_for_it(
    run, tmp_path, monkeypatch, keys, screen
):
    monkeypatch.setattr("tui.app.app.OPENING", 600.0)
    world = Busy(tmp_path, Config())
    async with run(model=None, ready=False, world=world):
        await world.until(lambda: world.app.screen is world.screen and world.composer.has_focus)
        for typed in keys:
            await world.pilot.press(*(typed if typed.startswith("/") else [typed]))
        await world.pilot.press(*"localhost")
        world.free.set()
        await world.until(lambda: isinstance(world.app.screen, screen))
        await world.sees("localhost")
        assert world.composer.draft == ""


@pytest.mark.parametrize("size", [(80, 24), (80, 14)], ids=["usual", "low"])
async def test_the_menu_of_a_slash_typed_before_the_history_is_open_is_as_high_as_later(run, tmp_path, size):
    world = Busy(tmp_path, Config())
    async with run(ready=False, world=world, size=size):
        await world.until(lambda: world.app.screen is world.screen and world.composer.has_focus)
        await world.pilot.press("/")
        await world.sees("/model", "/new", "/open")
        early = world.composer.menu.region
        world.free.set()
        await world.ready()
        await world.pilot.press("backspace", "/")
        await world.sees("/model", "/new", "/open")
        assert early == world.composer.menu.region
