"""A download says first how far it is, then what it is: seen at every width."""

from __future__ import annotations

import asyncio

import pytest

from tests.app.conftest import DONE
from tui.chat.chunks import Progress
from tui.engine.live import ProgressWords

LONG = "Downloading a model with a name that is longer than any line has room for " * 3


BAR = "━━━───── 43 %"


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 50)])
async def test_bar_and_percentage_are_in_sight_at_every_width(run, size) -> None:
    gate = asyncio.Event()
    async with run(size=size) as world:
        world.script(Progress(LONG, 43, 100), gate, "Here.", DONE)
        await world.say("Hi")
        await world.sees(BAR)
        gate.set()
        await world.sees("Here.")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_they_are_in_the_status_line_and_beside_the_name_with_the_words_after_them(run, size) -> None:
    gate = asyncio.Event()
    async with run(size=size) as world:
        world.script(Progress(LONG, 43, 100), gate, "Here.", DONE)
        await world.say("Hi")
        await world.until(lambda: world.text.count(f"{BAR} Downloading a") == 2)
        beside, below = (line for line in world.text.split("\n") if BAR in line)
        assert "big" in beside and "big" in below
        assert "loading" in below, "the fields at the right stay"
        gate.set()
        await world.sees("Here.")


def test_the_time_that_is_left_is_said_once_it_is_known() -> None:
    words = ProgressWords()
    assert words.of(Progress("Fetching", 100, 1100), 10.0) == "━─────── 9 %  Fetching"
    assert words.of(Progress("Fetching", 200, 1100), 20.0) == "━─────── 18 %  1:30 left  Fetching"
    assert words.of(Progress("Checking"), 30.0) == "Checking"
    assert words.of(Progress("Fetching", 1, 36001), 40.0) == "──────── 0 %  Fetching"
    assert words.of(Progress("Fetching", 11, 36001), 50.0) == "──────── 0 %  9:59:50 left  Fetching"
    assert words.of(Progress("Odd", 5, 3), 60.0) == "━━━━━━━━ 100 %  Odd"
