"""To look at something changes nothing."""

from __future__ import annotations

import pytest

from tui.app.lists.ask_line import AskLine
from tui.app.lists.ask_text import AskText
from tui.errors import HistoryFullError

SYSTEM = "You are brief.\n\nAnswer in French.\nNo lists."


def conversation(world):
    return world.current.conversation


async def test_a_system_prompt_of_lines_is_as_it_was_after_a_look(run):
    async with run() as world:
        world.composer.put(f"/system {SYSTEM}")
        await world.pilot.press("enter")
        await world.until(lambda: conversation(world).system == SYSTEM)
        await world.say("/system")
        await world.until(lambda: isinstance(world.app.screen, AskText))
        await world.sees("You are brief.", "Answer in French.", "No lists.")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        assert conversation(world).system == SYSTEM


async def test_a_system_prompt_is_written_in_the_persons_editor(run, tmp_path, monkeypatch):
    from contextlib import nullcontext

    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\nAnd kind." >> "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with run() as world:
        monkeypatch.setattr(type(world.app), "suspend", lambda app: nullcontext())
        conversation(world).system = SYSTEM
        await world.say("/system")
        await world.until(lambda: isinstance(world.app.screen, AskText))
        await world.pilot.press("ctrl+g")
        await world.sees("And kind.")
        await world.pilot.press("enter")
        await world.until(lambda: conversation(world).system == f"{SYSTEM}\nAnd kind.")
        await world.sees("System prompt set   ctrl+z undo")


@pytest.mark.parametrize(
    ("command", "field", "value"), [("title", "title", "A  title"), ("tag", "tags", ("one", "two"))]
)
async def test_titles_and_tags_are_as_they_were_after_a_look(run, command, field, value):
    async with run() as world:
        setattr(conversation(world), field, value)
        world.screen.run_command(command)
        await world.until(lambda: isinstance(world.app.screen, AskLine))
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.pilot.pause(0.05)
        assert getattr(conversation(world), field) == value
        assert not conversation(world).titled


async def test_a_parameter_is_shown_by_its_name_and_taken_away_by_a_dash(run):
    async with run() as world:
        await world.say("/set temperature 0.2")
        await world.sees("temperature = 0.2")
        await world.pilot.pause(0.05)
        await world.say("/set temperature")
        await world.pilot.pause(0.05)
        assert conversation(world).parameters == {"temperature": 0.2}
        await world.say("/set temperature -")
        await world.sees("temperature is not set")
        assert conversation(world).parameters == {}


@pytest.mark.parametrize("command", ["title", "tag", "system"])
async def test_what_the_history_does_not_take_stays_on_its_sheet(run, monkeypatch, command):
    async def full(*_, **changes):
        raise HistoryFullError("The disk is full", "Free some space.")

    async with run() as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        with monkeypatch.context() as while_it_is_full:
            while_it_is_full.setattr(world.store, "update_conversation", full)
            world.screen.run_command(command)
            await world.until(lambda: isinstance(world.app.screen, AskLine | AskText))
            await world.pilot.press("ctrl+u", *"bread", "enter")
            await world.sees("× The disk is full. Free some space.", "▎ bread")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        stored = await world.store.load_conversation(world.conversation.id)
        assert "bread" in (stored.title, *stored.tags, stored.system)
