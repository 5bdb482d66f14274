"""The question whether a tool may be used: how it looks, what answers it, and what does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events

from tui.app.tools import question_sheet
from tui.app.tools.approval_sheet import ApprovalSheet
from tui.text import clean
from tui.tools.approval import Decision, Question
from tui.tools.asked import SHOWN
from tui.tools.tool import ToolSpec

HOSTILE = "\x1b]0;pwned\x07\x1b[2J\u202egpj.exe [red]bold[/red]\n\r\u2028line"
NEVER = 3600.0


def question(**fields: Any) -> Question:
    spec = ToolSpec("fs", "write_file", **fields.pop("spec", {}))
    arguments = {"path": "notes/todo.md", "text": "milk\nbread"}
    known = {"origin": "uvx mcp-server-fs", "scope": "", "arguments": arguments, "lasting": True}
    return Question(spec, **{**known, **fields})


async def asked(world, *questions: Question) -> list[asyncio.Task[Decision]]:
    tasks = [asyncio.create_task(world.features.asking.ask(each)) for each in questions]
    await world.until(lambda: isinstance(world.app.screen, ApprovalSheet) and world.app.screen.is_mounted)
    await world.pilot.pause()
    return tasks


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        ("y", Decision.ONCE),
        ("c", Decision.CONVERSATION),
        ("a", Decision.ALWAYS),
        ("n", Decision.NO),
        ("enter", Decision.NO),
        ("escape", Decision.NO),
        ("N", Decision.STOP),
        ("ctrl+c", Decision.STOP),
    ],
)
async def test_a_key_answers(run, key, decision):
    async with run() as world:
        (task,) = await asked(world, question())
        await world.pilot.press(key)
        assert await task is decision
        await world.until(lambda: world.app.screen is world.screen)


async def test_it_says_who_wants_what_with_what(run):
    async with run() as world:
        await asked(world, question())
        await world.sees("fs wants to use write_file", "uvx mcp-server-fs", "it may overwrite or delete")
        await world.sees("path: notes/todo.md", "milk", "bread", "y once", "n no")
        assert world.app.screen.region.bottom - world.app.screen.query_one(".sheet").region.bottom <= 2


async def test_always_is_not_offered_where_nothing_is_kept(run):
    async with run() as world:
        (task,) = await asked(world, question(lasting=False))
        assert "always" not in world.text
        await world.pilot.press("a")
        assert not task.done()
        await world.pilot.press("c")
        assert await task is Decision.CONVERSATION


async def test_what_only_reads_says_so_and_a_part_of_a_tool_is_named(run):
    async with run() as world:
        await asked(world, question(scope="example.com", spec={"read_only": True}))
        await world.sees("write_file on example.com", "it says that it only reads")


async def test_who_was_typing_goes_on_typing_and_answers_nothing(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "WRITING", NEVER)
    async with run() as world:
        await world.type("Ma")
        (task,) = await asked(world, question())
        typed = {"y": "y", "a": "a", "enter": "\r", "escape": None, "n": "n"}
        for key, character in typed.items():
            world.app.post_message(events.Key(key, character))
        await world.until(lambda: world.composer.draft == "Mayan")
        assert not task.done()
        world.app.screen._hears_from = 0.0
        await world.pilot.press("y")
        assert await task is Decision.ONCE
        assert world.composer.draft == "Mayan"


async def test_each_key_that_comes_early_makes_it_wait_again(run, monkeypatch):
    async with run() as world:
        (task,) = await asked(world, question())
        sheet = world.app.screen
        clock = [0.0]
        monkeypatch.setattr(question_sheet.time, "monotonic", lambda: clock[0])
        monkeypatch.setattr(question_sheet, "DEAF", 0.3)
        monkeypatch.setattr(question_sheet, "WRITING", 0.3)
        sheet._hears_from = 0.3
        for _ in range(4):
            clock[0] += 0.25
            assert sheet.deaf
            sheet.on_key(events.Key("y", "y"))
        clock[0] += 0.31
        assert not sheet.deaf and not task.done()
        monkeypatch.undo()
        task.cancel()


async def test_a_letter_answers_when_no_other_follows_it(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", 0.05)
    async with run() as world:
        (task,) = await asked(world, question())
        await world.pilot.press("y")
        assert await task is Decision.ONCE
        assert world.composer.draft == ""


@pytest.mark.parametrize("word", ["yes", "and now", "need help", "can", "yN", "No, wait"])
async def test_a_word_answers_nothing_whatever_it_begins_with(run, monkeypatch, word):
    monkeypatch.setattr(question_sheet, "ALONE", NEVER)
    monkeypatch.setattr(question_sheet, "WRITING", NEVER)
    async with run() as world:
        (task,) = await asked(world, question())
        await world.type(word)
        await world.until(lambda: world.composer.draft == word)
        await world.sees("This goes into your draft")
        assert not task.done()
        task.cancel()


async def test_a_letter_twice_is_that_letter_and_enter_confirms_it(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", NEVER)
    async with run() as world:
        (task,) = await asked(world, question())
        await world.pilot.press("c", "c", "enter")
        assert await task is Decision.CONVERSATION
        assert world.composer.draft == ""


async def test_another_key_takes_a_letter_back(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", NEVER)
    async with run() as world:
        (task,) = await asked(world, question())
        await world.pilot.press("a", "escape")
        assert await task is Decision.NO


async def test_who_writes_is_given_longer_to_think(run, monkeypatch):
    async with run() as world:
        monkeypatch.setattr(question_sheet, "WRITING", NEVER)
        await world.type("This is ")
        (task,) = await asked(world, question())
        await world.pilot.press("a")
        await world.until(lambda: world.composer.draft == "This is a")
        assert not task.done()
        task.cancel()


async def test_a_letter_that_answers_nothing_begins_a_draft(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "WRITING", NEVER)
    async with run() as world:
        (task,) = await asked(world, question())
        await world.type("wn")
        await world.until(lambda: world.composer.draft == "wn")
        assert not task.done()
        task.cancel()


async def test_a_paste_answers_nothing_and_is_not_lost(run):
    async with run() as world:
        (task,) = await asked(world, question())
        world.app.post_message(events.Paste("yes"))
        await world.until(lambda: world.composer.draft == "yes")
        assert not task.done()


async def test_a_letter_before_a_paste_was_none_that_answers(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", 0.05)
    async with run() as world:
        (task,) = await asked(world, question())
        world.app.screen.on_key(events.Key("y", "y"))
        world.app.screen.on_paste(events.Paste("es"))
        await world.until(lambda: world.composer.draft == "yes")
        await world.pilot.pause(0.1)
        assert not task.done()
        task.cancel()


async def test_the_wait_for_a_letter_taken_back_is_not_that_for_the_next(run, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", NEVER)
    async with run() as world:
        (task,) = await asked(world, question())
        sheet = world.app.screen
        sheet.on_key(events.Key("a", "a"))
        waits = sheet._alone
        sheet.on_key(events.Key("up", None))
        sheet.on_key(events.Key("y", "y"))
        assert (sheet._alone is not waits and waits._task is None) or waits._task.cancelled
        task.cancel()


async def test_questions_wait_for_each_other(run):
    async with run() as world:
        first, second = await asked(world, question(), question(scope="other.example"))
        assert "other.example" not in world.text
        await world.pilot.press("n")
        assert await first is Decision.NO
        await world.sees("other.example")
        await world.pilot.pause()
        await world.pilot.press("y")
        assert await second is Decision.ONCE


async def test_questions_that_came_before_they_could_be_shown_have_no_notice_once_one_is(run, monkeypatch):
    async with run() as world:
        monkeypatch.setattr(type(world.features.reading), "shown", False)
        tasks = [
            asyncio.create_task(world.features.asking.ask(question(scope=scope)))
            for scope in ("a.example", "b.example")
        ]
        await world.sees("a.example: it waits for your answer", "b.example: it waits for your answer")
        monkeypatch.undo()
        world.features.asking.look()
        await world.sees("y once", "write_file on a.example")
        await world.sees_no("it waits for your answer")
        for task in tasks:
            task.cancel()


async def test_a_key_that_answers_twice_neither_answers_the_next_question_nor_is_written(run, monkeypatch):
    async with run() as world:
        first, second = await asked(world, question(), question(scope="other.example"))
        monkeypatch.setattr(question_sheet, "DEAF", NEVER)
        await world.pilot.press("y")
        assert await first is Decision.ONCE
        await world.sees("other.example")
        await world.pilot.press("y", "q")
        await world.until(lambda: world.composer.draft == "q")
        assert not second.done()
        second.cancel()


async def test_a_question_goes_with_its_reply_and_the_next_one_comes(run):
    async with run() as world:
        first, second = await asked(world, question(), question(scope="other.example"))
        first.cancel()
        await world.sees("other.example")
        second.cancel()
        await world.until(lambda: world.app.screen is world.screen)
        assert first.cancelled() and second.cancelled()


async def test_a_question_that_nobody_saw_closes_too(run):
    async with run() as world:
        (task,) = await asked(world, question())
        await world.pilot.press("f1")
        await world.until(lambda: type(world.app.screen).__name__ == "HelpScreen")
        task.cancel()
        await world.pilot.pause()
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)


async def test_long_arguments_are_shown_in_part_until_all_is_asked_for(run):
    async with run() as world:
        text = "x" * SHOWN + "THE END"
        await asked(world, question(arguments={"text": text}))
        await world.pilot.press("end")
        await world.sees("7 more characters", "v show all")
        await world.pilot.press("v")
        await world.pilot.press("end")
        await world.sees("THE END")
        await world.sees_no("v show all")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
async def test_answers_stand_on_the_screen_whatever_the_arguments(run, size):
    async with run(size=size) as world:
        await asked(world, question(arguments={f"a{n}": "word " * 500 for n in range(40)}))
        await world.sees("y once", "fs wants to use write_file")


async def test_nothing_of_a_question_steers_the_terminal(run):
    async with run() as world:
        hostile = Question(
            ToolSpec(HOSTILE, HOSTILE * 500),
            HOSTILE * 500,
            HOSTILE,
            {HOSTILE: HOSTILE, "b": [HOSTILE], "c": HOSTILE * 3000},
            True,
        )
        await asked(world, hostile)
        assert world.text == clean(world.text)
        assert "[red]bold[/red]" in world.text
        await world.sees("y once")
