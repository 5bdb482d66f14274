"""A prompt that is sent before anything is there: by the command line, or by quick hands."""

from __future__ import annotations

import pytest

from tui.app.models.first_run import FirstRun
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


async def test_later_it_goes_at_once(run):
    async with run(start=EARLY) as world:
        await world.sees("I am big.")
        assert world.provider.requests == [("big", ["What is Segue?"])]
