"""Every hint works where it is shown."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from msgspec.structs import replace
from textual.widget import Widget

from tests.app.conftest import DONE, World
from tests.app.states import STATES, begin, furnish, settled
from tui.app.lists.hints import Hints
from tui.app.lists.line import Line
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


async def test_another_model_too(run) -> None:
    async with run() as world:
        await failed(world)
        await world.pilot.press("m")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.sees("esc close")


async def test_an_edit_is_one_key_and_says_what_its_keys_do(run) -> None:
    async with run() as world:
        world.script(ProviderError("The server does not want it", kind=ErrorKind.INVALID))
        await world.say("Hi")
        await world.sees("The server does not want it", "e edit")
        await world.until(lambda: not world.current.busy)
        await world.pilot.press("e")
        await world.sees("enter send as a new version", "esc leave it as it was")
        assert world.composer.draft == "Hi"
        await world.pilot.press("escape")
        await world.sees("r retry", "enter send   ")
        assert world.composer.draft == ""


@pytest.mark.parametrize("words", ["retry please", "more of it", "edit this", "rr", "r"])
async def test_a_letter_that_others_follow_begins_a_text(run, monkeypatch, words) -> None:
    async with run() as world:
        await failed(world)
        monkeypatch.setattr("tui.app.composer.composer.ALONE", 3600)
        await world.type(words[:1])
        assert world.composer.text == words[:1], "it is seen at once"
        await world.type(words[1:])
        assert world.composer.draft == words
        await world.sees("  r retry" if words == "r" else "alt+↑ r retry")
        assert len(world.provider.requests) == 1
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[-1][1][-1] == words


async def test_a_letter_alone_does_not_stay_and_is_not_brought_back_by_undo(run) -> None:
    async with run() as world:
        await failed(world)
        await world.type("x")
        await world.pilot.press("backspace")
        before = world.composer.newest_change
        await world.pilot.press("m")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.sees("2 of 2")
        assert world.composer.text == ""
        assert world.composer.newest_change is before


async def test_where_vim_writes_no_letters_they_act_at_once(run) -> None:
    async with run(vim=True) as world:
        await failed(world)
        await world.pilot.press("escape", "r")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.composer.text == ""


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


SIZES = [(80, 24), (120, 40), (200, 50)]


def seen(line: Line) -> bool:
    return line.display and line.visible and line.region.overlaps(line.screen.region)


def drawn(widget: Widget) -> str:
    """What stands where a part of the screen is."""
    left, top, width, height = widget.region
    rows = widget.screen._compositor.render_strips()[top : top + height]
    return "\n".join(row.crop(left, left + width).text for row in rows)


def doubled(world: World) -> list[str]:
    """What is said twice of one key, or of one action, on the screen where the keys go."""
    screen = world.app.screen
    lines = [line for line in screen.query(Line) if isinstance(line, KeyLine | Hints) and seen(line)]
    named = [words for line in lines for words in re.split(r" {3,}", drawn(line).strip()) if words]
    above = [drawn(child) for child in screen.children if child.display]
    text = "\n".join(above) if screen.is_modal else world.text
    keys = Counter(words.partition(" ")[0] for words in named)
    said = {each: len(re.findall(rf"(?<!\S){re.escape(each)}(?!\S)", text)) for each in named if " " in each}
    return [each for each, count in (*keys.items(), *said.items()) if count > 1]


def idle(world: World) -> list[str]:
    """The keys and actions that are named on the screen, and do nothing there."""
    screen = world.app.screen
    active = screen.active_bindings
    pressed = [h.press for line in screen.query(KeyLine) if seen(line) for h in line.hints if h.press]
    if screen is world.screen and screen.focused in (None, world.transcript):
        pressed = [key for key in pressed if key != "enter"]  # handed on to the composer: see below
    dead = [key for key in pressed if key not in active or not active[key].enabled]
    enabled = {each.binding.id for each in active.values() if each.enabled}
    named = [name for line in screen.query(Hints) if seen(line) for name in line.named]
    return [*dead, *(name for name in named if name not in enabled)]


@pytest.mark.parametrize("name", STATES)
async def test_every_key_that_is_named_on_a_screen_works_there_and_is_named_once(
    run, tmp_path, monkeypatch, name
) -> None:
    monkeypatch.chdir(tmp_path)
    state = STATES[name]
    async with run(size=state.size, vim=state.vim, ready=False) as world:
        furnish(world)
        await world.until(lambda: world.screen.features is not None)
        settings = world.session.workspace
        settings.config = replace(settings.config, model=state.model)
        await begin(world)
        await state.reach(world)
        await settled(world)
        assert not idle(world)
        for size in SIZES:
            await world.pilot.resize_terminal(*size)
            await settled(world)
            assert not doubled(world), size


@pytest.mark.parametrize("nobody", [True, False])
async def test_enter_sends_also_while_the_transcript_or_nobody_has_the_keys(run, nobody) -> None:
    async with run() as world:
        await world.type("Hi")
        world.screen.set_focus(None if nobody else world.transcript)
        await world.pilot.press("enter")
        await world.until(lambda: world.provider.requests)
        await world.sees("I am big.")
        assert world.composer.draft == ""
