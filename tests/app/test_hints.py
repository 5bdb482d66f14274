"""Every hint works where it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.app.conftest import DONE, World
from tests.app.states import STATES, begin, furnish, settled
from tui.app.models.picker import ModelPicker
from tui.app.status.key_line import KeyLine
from tui.chat.message import Status
from tui.errors import ErrorKind, ProviderError


async def failed(world: World, *more: object) -> None:
    world.script("Half of it. ", ProviderError("The server hung up", kind=ErrorKind.LOST))
    await world.say("Hi")
    await world.sees("The server hung up", "r retry")
    await world.until(lambda: not world.current.busy)


async def test_a_retry_is_one_key_in_the_empty_composer(run) -> None:
    async with run() as world:
        await failed(world)
        await world.pilot.press("r")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.composer.draft == ""


async def test_another_model_and_an_edit_too(run) -> None:
    async with run() as world:
        await failed(world)
        await world.pilot.press("m")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.sees("esc close")


async def test_a_letter_that_others_follow_begins_a_text(run) -> None:
    async with run() as world:
        await failed(world)
        await world.type("more of it")
        await world.until(lambda: world.composer.draft == "more of it")
        assert len(world.provider.requests) == 1


async def test_while_something_is_written_the_hint_says_what_goes_before(run) -> None:
    async with run() as world:
        await failed(world)
        before = world.transcript.viewport.total
        await world.type("xr")
        await world.sees("alt+↑ r retry")
        assert world.transcript.viewport.total == before, "nothing moves"
        await world.pilot.press("alt+up")
        await world.until(lambda: world.transcript.selected)
        await world.sees_no("alt+↑ r retry")
        await world.pilot.press("r")
        await world.until(lambda: len(world.provider.requests) == 2)


async def test_a_failed_reply_above_others_says_it_always(run) -> None:
    async with run(size=(80, 40)) as world:
        await failed(world)
        await world.say("Again")
        await world.sees("I am big.", "alt+↑ r retry")


async def test_a_stopped_reply_goes_on_by_its_key(run) -> None:
    async with run() as world:
        world.script("Half", DONE)
        await world.say("Hi")
        await world.until(lambda: world.provider.requests and not world.current.busy)
        [reply] = await world.current.messages([world.conversation.leaf])
        world.transcript.replace(replace(reply, status=Status.STOPPED))
        await world.sees("g go on")


def hinted(world: World) -> list[tuple[str, bool]]:
    """The keys that are named on the screen, and whether each works there."""
    screen = world.app.screen
    active = screen.active_bindings
    found = [
        (hint.press, hint.press in active and active[hint.press].enabled)
        for line in screen.query(KeyLine)
        if line.display and line.region and line.region.overlaps(screen.region)
        for hint in line.hints
        if hint.press
    ]
    return found


@pytest.mark.parametrize("name", STATES)
async def test_every_key_that_is_named_on_a_screen_works_there(run, tmp_path, monkeypatch, name) -> None:
    monkeypatch.chdir(tmp_path)
    state = STATES[name]
    async with run(size=state.size, vim=state.vim, ready=False) as world:
        furnish(world)
        await world.until(lambda: world.chat.features is not None)
        settings = world.session.workspace
        settings.config = replace(settings.config, model=state.model)
        await begin(world)
        await state.reach(world)
        await settled(world)
        assert not [key for key, works in hinted(world) if not works]
