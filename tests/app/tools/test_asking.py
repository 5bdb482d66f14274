"""Where questions are shown: over their own conversation, never over what is being used."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tui.app.conversations.sidebar import SidebarList
from tui.app.tools.approval_sheet import ApprovalSheet
from tui.app.tools.form_sheet import FormSheet
from tui.chat.chunks import Finish, FinishReason
from tui.chat.parts import CallState, ToolCall, of_kind
from tui.tools.mcp.elicitation import Action as FormAction
from tui.tools.mcp.elicitation import Entry, Form, Kind

CALLS = Finish(FinishReason.TOOL)
DONE = Finish(FinishReason.STOP)


def call(path: str = "a.md") -> ToolCall:
    return ToolCall("", "", "fs__write_file", {"path": path})


def asks(world) -> bool:
    return isinstance(world.app.screen, ApprovalSheet) and world.app.screen.is_mounted


async def test_a_call_is_asked_for_carried_out_and_answered(run, equip):
    async with run() as world:
        (tool,) = await equip(world)
        world.script(call(), CALLS)
        world.script("It is written.", DONE)
        await world.say("Write it")
        await world.until(lambda: asks(world))
        await world.sees("fs wants to use write_file", "path: a.md", "? asks you")
        await world.pilot.press("y")
        await world.sees("It is written.", "fs write_file", "ready")
        assert tool.calls == [{"path": "a.md"}]


async def test_no_leaves_the_call_undone_and_the_reply_goes_on(run, equip):
    async with run() as world:
        (tool,) = await equip(world)
        world.script(call(), CALLS)
        world.script("Then not.", DONE)
        await world.say("Write it")
        await world.until(lambda: asks(world))
        await world.pilot.press("n")
        await world.sees("Then not.", "declined")
        assert tool.calls == []


async def test_no_and_stop_ends_the_reply(run, equip):
    async with run() as world:
        await equip(world)
        world.script(call("a"), call("b"), CALLS)
        await world.say("Write both")
        await world.until(lambda: asks(world))
        await world.pilot.press("N")
        await world.sees("stopped")
        await world.until(lambda: not world.session.live.of(world.conversation))
        [*_, reply] = await world.path()
        assert [one.state for one in of_kind(reply.parts, ToolCall)] == [CallState.DENIED, CallState.STOPPED]


async def test_allowed_for_this_conversation_is_not_asked_again_here(run, equip):
    async with run() as world:
        (tool,) = await equip(world)
        for path in ("a", "b"):
            world.script(call(path), CALLS)
        world.script("Both.", DONE)
        await world.say("Write both")
        await world.until(lambda: asks(world))
        await world.pilot.press("c")
        await world.sees("Both.", "ready")
        assert [one["path"] for one in tool.calls] == ["a", "b"]


async def test_a_question_of_another_conversation_waits_there_and_has_its_mark(run, equip):
    async with run(size=(120, 40)) as world:
        (tool,) = await equip(world)
        gate = asyncio.Event()
        world.script(gate, call(), CALLS)
        await world.say("Write it")
        await world.sees("waiting")
        first = world.conversation.id
        await world.open_new()
        await world.sees("New conversation")
        gate.set()
        await world.sees("fs wants to use write_file in “Write it”: it waits for your answer")
        assert not asks(world)
        rows = world.screen.query_one(SidebarList)
        await world.until(lambda: any(getattr(row, "asks", False) for row in rows.rows))
        world.script("Hello.", DONE)
        await world.say("Meanwhile")
        await world.sees("Hello.", "ready")
        await world.open(first)
        await world.until(lambda: asks(world))
        world.script("It is written.", DONE)
        await world.sees_no("it waits for your answer")
        await world.pilot.press("y")
        await world.sees("It is written.")
        assert tool.calls
        await world.until(lambda: not any(getattr(row, "asks", False) for row in rows.rows))


async def test_a_question_that_waits_elsewhere_keeps_none_here_waiting(run, equip):
    async with run(size=(120, 40)) as world:
        await equip(world)
        gate = asyncio.Event()
        world.script(gate, call("there"), CALLS)
        await world.say("Write it")
        await world.sees("waiting")
        await world.open_new()
        gate.set()
        await world.sees("in “Write it”: it waits")
        world.script(call("here"), CALLS)
        world.script("Written here.", DONE)
        await world.say("Write here")
        await world.until(lambda: asks(world))
        await world.sees("path: here")
        await world.pilot.press("y")
        await world.sees("Written here.")
        assert not asks(world)


async def test_a_question_comes_when_the_list_that_lies_over_the_page_is_closed(run, equip):
    async with run() as world:
        await equip(world)
        gate = asyncio.Event()
        world.script(gate, call(), CALLS)
        await world.say("Write it")
        await world.sees("waiting")
        await world.pilot.press("ctrl+p")
        await world.sees("Type to find a command")
        gate.set()
        await world.sees("fs wants to use write_file")
        await world.pilot.press("y", "n")
        assert type(world.app.screen).__name__ == "Palette" and world.app.screen.field.value == "yn"
        await world.pilot.press("escape")
        await world.until(lambda: asks(world))


async def test_models_that_are_compared_ask_over_the_comparison(run, equip):
    async with run() as world:
        (tool,) = await equip(world)
        for model in ("big", "small"):
            world.script_of(model, call(model), CALLS)
            world.script_of(model, f"{model} has written.", DONE)
        await world.type("Write it")
        world.screen.run_command("compare", "big small")
        for _ in range(2):
            await world.until(lambda: asks(world))
            sheet = world.app.screen
            await world.sees("y once", "n no")
            await world.pilot.press("y")
            await world.until(lambda sheet=sheet: world.app.screen is not sheet)
        await world.sees("has written.")
        await world.until(lambda: len(tool.calls) == 2)
        assert {one["path"] for one in tool.calls} == {"big", "small"}


async def test_esc_on_a_stopped_reply_leaves_no_question_behind(run, equip):
    async with run() as world:
        await equip(world)
        world.script(call(), CALLS)
        await world.say("Write it")
        await world.until(lambda: asks(world))
        world.session.stop()
        await world.until(lambda: world.app.screen is world.screen)
        await world.sees("stopped")
        assert not world.features.asking.waiting


async def test_a_form_is_shown_over_the_conversation_whose_call_it_belongs_to(run):
    async with run(size=(120, 40)) as world:
        world.script("Hello.", DONE)
        await world.say("Write it")
        await world.sees("Hello.", "ready")
        first, key = world.conversation.id, world.session.current.key
        await world.open_new()
        await world.sees("New conversation")
        form = Form("notes", "Who are you?", (), frozenset({key}))
        asking = asyncio.create_task(world.features.asking.fill(form))
        await world.sees("notes asks something in “", "it waits for your answer")
        assert not isinstance(world.app.screen, FormSheet)
        await world.open(first)
        await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
        await world.pilot.press("s")
        assert (await asking).action is FormAction.ACCEPT


async def _asked(world, equip) -> int:
    """A conversation in which a question is on the screen."""
    await equip(world)
    world.script(call(), CALLS)
    await world.say("Write it")
    await world.until(lambda: asks(world))
    return world.conversation.id


async def test_another_conversation_is_begun_while_a_question_waits_in_the_first(run, equip):
    async with run(size=(120, 40)) as world:
        first = await _asked(world, equip)
        await world.pilot.press("ctrl+n")
        await world.sees("New conversation", "in “Write it”: it waits for your answer")
        await world.until(lambda: world.app.screen is world.screen)
        await world.type("need help")
        assert world.composer.draft == "need help"
        rows = world.screen.query_one(SidebarList)
        await world.until(lambda: any(getattr(row, "asks", False) for row in rows.rows))
        assert world.features.asking.waiting
        await world.open(first)
        await world.until(lambda: asks(world))
        world.script("It is written.", DONE)
        await world.sees_no("it waits for your answer")
        await world.pilot.press("y")
        await world.sees("It is written.")


@pytest.mark.parametrize(("key", "screen"), [("ctrl+r", "Conversations"), ("ctrl+l", "ModelPicker")])
async def test_a_list_lies_over_a_question_and_gives_it_back(run, equip, key, screen):
    async with run() as world:
        await _asked(world, equip)
        await world.pilot.press(key)
        await world.until(lambda: type(world.app.screen).__name__ == screen and world.app.screen.is_mounted)
        await world.pilot.press("n", "escape")
        await world.until(lambda: asks(world))
        assert world.features.asking.waiting


async def test_another_conversation_is_chosen_from_the_list_over_a_question(run, equip):
    async with run() as world:
        world.script("Hello.", DONE)
        await world.say("Elsewhere")
        await world.sees("Hello.", "ready")
        await world.open_new()
        await _asked(world, equip)
        await world.pilot.press("ctrl+r")
        await world.sees("Type to filter by title")
        await world.type("elsew")
        await world.pilot.press("enter")
        await world.sees("Hello.", "in “Write it”: it waits for your answer")
        assert world.app.screen is world.screen


@pytest.mark.parametrize(("key", "back"), [("alt+up", "escape"), ("ctrl+f", "escape"), ("ctrl+b", "escape")])
async def test_the_conversation_can_be_read_before_the_answer(run, equip, key, back):
    async with run() as world:
        await _asked(world, equip)
        await world.pilot.press(key)
        await world.until(lambda: world.app.screen is world.screen)
        await world.sees("it waits for your answer")
        await world.pilot.press(back)
        await world.until(lambda: asks(world))
        assert world.features.asking.waiting


async def test_a_question_does_not_take_the_keys_from_a_message_that_is_chosen(run, equip):
    async with run() as world:
        await equip(world)
        gate = asyncio.Event()
        world.script(gate, call(), CALLS)
        await world.say("Write it")
        await world.sees("waiting")
        await world.pilot.press("alt+up")
        gate.set()
        await world.sees("fs wants to use write_file: it waits for your answer")
        await world.pilot.press("y")  # copies the message
        assert not asks(world) and world.features.asking.waiting
        await world.pilot.press("escape")
        await world.until(lambda: asks(world))


async def test_a_click_on_the_page_answers_nothing_and_chooses_there(run, equip):
    async with run(size=(120, 40)) as world:
        world.script("Hello.", DONE)
        await world.say("Elsewhere")
        await world.sees("Hello.", "ready")
        await world.open_new()
        await _asked(world, equip)
        rows = world.screen.query_one(SidebarList)
        await world.until(lambda: len(rows.rows) > 2)
        line = next(y for y, line in enumerate(world.text.splitlines()) if "Elsewhere" in line)
        for kind in (events.MouseDown, events.MouseUp):
            world.app.post_message(kind(None, 8, line, 0, 0, 1, False, False, False, 8, line))
        await world.sees("Hello.", "in “Write it”: it waits for your answer")
        assert world.features.asking.waiting


async def test_what_was_filled_in_stays_while_a_form_waits(run):
    async with run() as world:
        world.script("Hello.", DONE)
        await world.say("Hi")
        await world.sees("Hello.", "ready")
        form = Form("notes", "Who are you?", (Entry("ok", "Agreed", Kind.YES_NO),))
        asking = asyncio.create_task(world.features.asking.fill(form))
        await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
        await world.pilot.press("enter")
        await world.sees("yes")
        await world.pilot.press("alt+up")
        await world.sees("it waits for your answer")
        await world.pilot.press("escape")
        await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
        await world.pilot.press("s")
        assert (await asking).values == {"ok": True}


async def test_the_keys_below_a_question_are_those_that_work(run, equip):
    async with run() as world:
        await _asked(world, equip)
        await world.sees("ctrl+n new", "ctrl+r all")
        assert "esc stop" not in world.text
        world.script("Then not.", DONE)
        await world.pilot.press("escape")
        await world.sees("Then not.", "enter send")


@pytest.mark.parametrize("size", [(20, 5), (24, 4), (30, 8), (50, 12)])
async def test_on_a_small_screen_the_tool_and_an_answer_are_seen(run, equip, size):
    async with run() as world:
        await _asked(world, equip)
        await world.pilot.resize_terminal(*size)
        await world.until(
            lambda: (
                "write_file" in world.text.replace("\n", "")
                and "y once" in world.text
                and "n no" in world.text
            )
        )


async def test_the_page_and_the_question_follow_the_size_of_the_terminal(run, equip):
    async with run() as world:
        await _asked(world, equip)
        await world.pilot.resize_terminal(120, 40)
        await world.until(lambda: world.composer.region.bottom > 30)
        sheet = world.app.screen.query_one(".sheet")
        await world.until(
            lambda: sheet.region.bottom > 30 and sheet.region.x == world.composer.parent.region.x
        )
