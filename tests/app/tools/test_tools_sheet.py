"""``/tools`` and ``/search``: what is on in this conversation, what is allowed, what is wrong."""

from __future__ import annotations

import pytest

from tests.engine.conftest import FakeTool
from tui.app.tools.tools_sheet import ToolsSheet
from tui.chat.chunks import Finish, FinishReason
from tui.chat.parts import ToolCall
from tui.errors import SegueError
from tui.providers.base import Search
from tui.text import clean
from tui.tools.tool import ToolSpec

HOSTILE = "\x1b]0;pwned\x07\u202e[red]bold[/red]\n\u2028line"


def tool(name: str, server: str = "fs", **facts: str) -> FakeTool:
    return FakeTool(ToolSpec(server, name, open_world=False, **facts))


async def shown(world, words: str = "") -> ToolsSheet:
    world.screen.run_command("tools", words)
    await world.until(lambda: isinstance(world.app.screen, ToolsSheet) and world.app.screen.is_mounted)
    return world.app.screen


async def test_tools_stand_under_who_has_them_with_what_telling_of_them_takes(run, equip):
    async with run() as world:
        read = tool("read_file", description="Reads a file. And more")
        await equip(world, read, tool("search", "web"), on=("fs",))
        await shown(world)
        await world.sees(
            "fs   fake", "● read_file", "Reads a file", "tokens   on", "web   fake", "◦ search", "off"
        )
        await world.sees("1 on, about")
        assert "And more" not in world.text


async def test_enter_turns_a_tool_on_and_off_in_this_conversation_alone(run, equip):
    async with run() as world:
        await equip(world, tool("read_file"), on=())
        sheet = await shown(world, "read")
        await world.sees("◦ read_file")
        await world.pilot.press("enter")
        await world.sees("● read_file", "1 on")
        assert world.conversation.tools == ("fs__read_file",)
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen and not sheet.is_running)
        await world.sees("tools")
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        stored = await world.store.load_conversation(world.conversation.id)
        assert stored.tools == ("fs__read_file",)
        await world.open_new()
        await world.until(lambda: not world.status.marks)


async def test_all_of_a_server_is_turned_at_once(run, equip):
    async with run() as world:
        await equip(world, tool("read_file"), tool("write_file"), on=())
        await shown(world)
        await world.sees("all of fs", "◦ write_file")
        await world.pilot.press("enter")
        await world.sees("● read_file", "● write_file", "2 on")


async def test_a_source_that_fails_says_why_and_the_others_are_there(run, equip):
    async with run() as world:
        error = SegueError("bad ended: I need a token", "See [mcp.bad] in the config.")
        await equip(world, tool("read_file"), on=(), bad=error)
        await shown(world)
        await world.sees("read_file", "! bad ended: I need a token. See [mcp.bad] in the config.")


async def test_what_is_always_allowed_is_taken_back(run, equip):
    async with run() as world:
        await equip(world)
        for _ in range(2):
            world.script(ToolCall("", "", "fs__write_file", {}), Finish(FinishReason.TOOL))
            world.script("Done.", Finish(FinishReason.STOP))
        await world.say("Write it")
        await world.sees("fs wants to use write_file")
        await world.pilot.press("a")
        await world.sees("Done.", "ready")
        await shown(world)
        await world.sees("Allowed without a question", "fs write_file", "always")
        await world.pilot.press("end")
        await world.sees("enter ask again")
        await world.pilot.press("enter")
        await world.sees_no("Allowed without a question")
        assert await world.session.tools.approvals.kept() == []
        await world.pilot.press("escape")
        await world.say("Write it again")
        await world.sees("fs wants to use write_file")


async def test_more_than_a_request_can_declare_is_said(run, equip):
    async with run() as world:
        await equip(world, *(tool(f"tool_{n}") for n in range(130)), on=("fs",))
        await shown(world)
        await world.sees("! 130 tools are on, and a request can have 128")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
async def test_nothing_of_a_tool_steers_the_terminal_and_the_way_out_is_seen(run, equip, size):
    async with run(size=size) as world:
        hostile = [tool(HOSTILE * 9, description=HOSTILE * 99), *(tool(f"t{n}") for n in range(40))]
        await equip(world, *hostile, on=("fs",), bad=SegueError(HOSTILE * 40))
        await shown(world)
        await world.sees("esc close")
        await world.pilot.press("end", "home")
        assert world.text == clean(world.text)


async def test_search_says_its_price_before_and_undo_takes_it_back(run):
    async with run() as world:
        world.provider.search = lambda model: Search(10.0)
        world.screen.run_command("search")
        await world.sees("Search is off; it would cost $10 for 1,000 searches.")
        world.screen.run_command("search", "on")
        await world.sees("Search is on: the vendor takes $10 for 1,000 searches")
        await world.until(lambda: [mark.words for mark in world.status.marks] == ["search"])
        await world.features.undo()
        await world.until(lambda: not world.status.marks)
        world.screen.run_command("search", "on")
        await world.until(lambda: [mark.words for mark in world.status.marks] == ["search"])
        await world.say("What is new?")
        await world.sees("I am big.")
        assert world.session.tools.searches(world.conversation)


async def test_search_of_a_vendor_that_has_none_is_refused_with_another_way(run):
    async with run() as world:
        world.screen.run_command("search", "on")
        await world.sees("big has no search of the web of its own")
        assert not world.session.tools.searches(world.conversation)
        world.screen.run_command("search", "perhaps")
        await world.sees("It is on or off")


async def test_making_pictures_is_turned_on_and_undone_and_said_in_the_status_line(run):
    async with run() as world:
        world.screen.run_command("draw", "on")
        await world.sees("big makes no pictures", "▎ /draw on")
        await world.pilot.press("ctrl+u")
        world.provider.pictures = lambda model: "asked"
        world.screen.run_command("draw")
        await world.sees("Making pictures is off. /draw on begins it")
        world.screen.run_command("draw", "on")
        await world.sees("Models here may make pictures")
        await world.until(lambda: [mark.words for mark in world.status.marks] == ["draws"])
        await world.say("Draw a cat")
        await world.sees("I am big.")
        assert world.session.tools.draws(world.conversation)
        world.screen.run_command("draw", "off")
        await world.until(lambda: not world.status.marks)
        await world.features.undo()
        await world.until(lambda: [mark.words for mark in world.status.marks] == ["draws"])
