"""Wide screens: prose keeps to its measure, code takes the room, the sidebar is as wide as one wants it."""

from __future__ import annotations

import pytest

from tests.app.conftest import DONE, World
from tui.app.commands import COMMANDS
from tui.app.conversations.sidebar_edge import SidebarEdge
from tui.config import SidebarConfig, load_config

CODE = "value = " + "1 + " * 25 + "1"
PROSE = "word " * 60


async def told(world: World) -> None:
    world.script(f"{PROSE}\n\n```py\n{CODE}\n```", DONE)
    await world.say("Show me")
    await world.sees("value = ", "ready")


def longest(world: World) -> int:
    """Cells of the longest row of prose."""
    rows = (line for line in world.text.splitlines() if "word word" in line)
    return max(len(row.rstrip()) - row.index("word") for row in rows)


def on_one_edge(world: World, *words: str) -> bool:
    """Whether all words that are seen begin in one column."""
    rows = world.text.splitlines()
    return len({row.index(word) for word in words for row in rows if word in row}) == 1


async def test_code_takes_the_room_and_prose_keeps_its_measure(run):
    async with run(size=(200, 50)) as world:
        await told(world)
        assert 80 < longest(world) <= 88
        assert CODE in world.text


async def test_the_measure_is_a_setting_that_counts_at_once(run):
    async with run(size=(200, 50), width=60) as world:
        await told(world)
        assert longest(world) <= 60
        await world.app.change_settings({("width",): 120})
        await world.until(lambda: longest(world) > 110)
        await world.until(lambda: on_one_edge(world, "word", "Ask,", "enter send"))
        assert world.app.measure == 120


async def test_the_find_bar_follows_the_measure(run):
    async with run(size=(200, 50)) as world:
        await told(world)
        await world.pilot.press("ctrl+f")
        await world.sees("Find in this conversation")
        await world.app.change_settings({("width",): 100})
        await world.until(lambda: on_one_edge(world, "Find in", "Ask,", "enter"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_menu_shows_what_a_draft_may_become_beside_the_sidebar_too(run, size):
    async with run(size=size) as world:
        await world.type("/")
        await world.until(
            lambda: world.composer.open_menu is not None and world.composer.open_menu.size.height == 8
        )
        commands = [command.name for command in COMMANDS[:8]]
        assert all(f"/{name} " in world.text for name in commands)


async def test_the_sidebar_is_as_wide_as_the_settings_say(run):
    async with run(size=(140, 40), sidebar=SidebarConfig(width=50)) as world:
        assert world.screen.query_one("#sidebar").size.width == 50


async def test_the_mouse_drags_the_edge_of_the_sidebar_and_the_settings_keep_it(run):
    async with run(size=(140, 40)) as world:
        sidebar, edge = world.screen.query_one("#sidebar"), world.screen.query_one(SidebarEdge)
        await world.pilot.mouse_down(edge)
        await world.pilot.hover(offset=(44, 20))
        await world.until(lambda: sidebar.size.width == 44)
        await world.pilot.mouse_up(offset=(44, 20))
        await world.until(lambda: world.app.config.sidebar.width == 44)
        assert load_config(world.app.config.path).sidebar.width == 44


async def test_the_page_keeps_room_and_the_sidebar_keeps_titles_however_far_it_is_dragged(run):
    async with run(size=(100, 40)) as world:
        sidebar, edge = world.screen.query_one("#sidebar"), world.screen.query_one(SidebarEdge)
        await world.pilot.mouse_down(edge)
        await world.pilot.hover(offset=(98, 20))
        await world.until(lambda: sidebar.size.width == 60)
        await world.pilot.hover(offset=(0, 20))
        await world.until(lambda: sidebar.size.width == 16)
        await world.pilot.mouse_up(offset=(0, 20))


async def test_a_click_on_the_edge_changes_nothing(run):
    async with run(size=(140, 40)) as world:
        await world.pilot.click(SidebarEdge)
        assert not world.app.config.path.exists()


async def test_an_edge_without_a_sidebar_beside_the_page_is_none(run):
    async with run(size=(140, 40)) as world:
        await world.pilot.press("ctrl+b")
        await world.until(lambda: not world.screen.query_one(SidebarEdge).display)
    async with run(size=(80, 24)) as world:
        assert not world.screen.query_one(SidebarEdge).display


async def test_titles_beside_the_page_have_all_but_the_room_of_a_mark(run):
    async with run(size=(120, 40)) as world:
        world.script("Well.", DONE)
        await world.say("abcdefghijklmnopqrstuvw and more")
        await world.sees("Well.", "ready")
        await world.until(
            lambda: any(line[3:27] == "abcdefghijklmnopqrstuvw…" for line in world.text.splitlines())
        )
        assert world.screen.query_one("#conversations").size.width == 30
