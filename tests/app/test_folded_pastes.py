"""A paste of many lines is one word of the draft and of the transcript; it opens, and it is sent whole."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tests.app.conftest import DONE
from tui.app.lists.ask_text import TextField
from tui.app.lists.writing_area import MANY_LINES, Pastes

LINES = "\n".join(f"line {n}" for n in range(1, 201))
OTHER = "\n".join(f"other {n}" for n in range(1, 201))


async def paste(world, text: str = LINES) -> None:
    world.composer.post_message(events.Paste(text))
    await world.until(lambda: text in world.composer.draft)


async def test_it_is_folded_sent_whole_and_folded_in_the_transcript(run) -> None:
    async with run() as world:
        await world.type("See ")
        await paste(world)
        await world.type(" please")
        assert world.composer.text == "See [200 lines] please"
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.provider.requests[-1][1][-1] == f"See {LINES} please"
        await world.sees("[200 lines]", "show all")
        assert "line 20" not in world.text
        await world.pilot.press("alt+up", "up", "enter")
        await world.until(lambda: world.transcript.viewport.total > 200)
        await world.pilot.press("enter")
        await world.sees("[200 lines]")


async def test_it_opens_and_undo_folds_it_again(run) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.press("tab")
        assert world.composer.text == LINES
        await world.pilot.press("ctrl+z")
        assert world.composer.text == "[200 lines]"
        await world.pilot.press("ctrl+z")
        assert world.composer.text == ""


async def test_a_click_opens_it(run) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.click("#draft", offset=(5, 0))
        await world.until(lambda: world.composer.text == LINES)


@pytest.mark.parametrize("keys", [["left", "left", "x"], ["left", "left", "enter"]])
async def test_nothing_breaks_it(run, keys) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.press(*keys)
        await world.pilot.pause()
        sent = world.provider.requests[-1][1][-1] if world.provider.requests else world.composer.draft
        assert LINES in sent


@pytest.mark.parametrize("key", ["backspace", "ctrl+w"])
async def test_it_is_deleted_as_one_and_comes_back(run, key) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.press(key)
        assert world.composer.draft == ""
        await world.pilot.press("ctrl+z")
        assert world.composer.draft == LINES


async def test_what_is_cut_of_it_is_all_of_it_and_is_put_in_again_also_in_another_field(run) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.press("ctrl+w", "x", "ctrl+y")
        assert world.composer.text == "x[200 lines]" and world.composer.draft == f"x{LINES}"
        world.screen.run_command("system")
        await world.until(lambda: isinstance(world.app.focused, TextField))
        await world.pilot.press("ctrl+y")
        assert world.app.focused.draft == LINES


async def test_vim_copies_what_it_stands_for(run, monkeypatch) -> None:
    async with run(vim=True) as world:
        copied: list[str] = []

        async def copy(text: str) -> None:
            copied.append(text)

        monkeypatch.setattr(world.app, "copy", copy)
        await paste(world)
        await world.pilot.press("escape", "y", "y")
        await world.until(lambda: copied)
        assert copied[0].rstrip("\n") == LINES


async def test_two_of_the_same_length_are_two(run) -> None:
    async with run() as world:
        await paste(world)
        await paste(world, OTHER)
        assert world.composer.text == "[200 lines][200 lines, 2]"
        assert world.composer.draft == LINES + OTHER


async def test_it_survives_recall_edit_and_the_way_to_another_conversation(run) -> None:
    async with run() as world:
        await paste(world)
        await world.pilot.press("enter")
        await world.sees("I am big.")
        await world.until(lambda: not world.current.busy)
        await world.pilot.press("up")
        assert world.composer.text == "[200 lines]" and world.composer.draft == LINES
        await world.open_new()
        assert world.composer.draft == ""
        await world.open(1)
        assert world.composer.text == "[200 lines]" and world.composer.draft == LINES
        await world.pilot.press("backspace", "alt+up", "up", "e")
        await world.until(lambda: world.features.writing.editing is not None)
        assert world.composer.text == "[200 lines]"


async def test_it_survives_the_queue(run) -> None:
    gate = asyncio.Event()
    async with run() as world:
        world.script("Slow ", gate, "reply.", DONE)
        await world.say("First")
        await world.sees("Slow")
        await paste(world)
        await world.pilot.press("enter")
        await world.sees("queued")
        await world.pilot.press("up")
        assert world.composer.text == "[200 lines]"
        await world.pilot.press("enter")
        gate.set()
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[-1][1][-1] == LINES


async def test_vims_keys_leave_it_whole(run) -> None:
    async with run(vim=True) as world:
        await paste(world)
        await world.pilot.press("escape", "x", "u")
        assert world.composer.draft == LINES
        await world.pilot.press("0", "d", "w", "u")
        assert world.composer.draft == LINES


def test_few_lines_stay_lines() -> None:
    few = "\n".join("x" * 5 for _ in range(MANY_LINES - 1))
    assert Pastes().fold(few, pasted=True) == few


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("cw", ""),
        ("x", ""),
        ("xu", LINES),
        ("dwp", LINES),
        ("~", LINES),
        ("v~", LINES),
        ("rx", LINES),
    ],
)
async def test_vim_takes_it_as_a_whole_or_leaves_it(run, keys, left) -> None:
    async with run(vim=True) as world:
        await paste(world)
        await world.pilot.press("escape", "h", *keys)
        assert world.composer.draft == left
