"""The open conversation is arranged by commands: tags, pin, archive, copy, trash."""

from __future__ import annotations

import pytest

from tui.app.conversations.arranging import changed_tags, tags_in
from tui.app.conversations.sidebar import SidebarList
from tui.history.store import ListFilter


def read(world):
    """The conversation that is read."""
    return world.conversation


async def begun(world, text="Kyoto in four days"):
    await world.say(text)
    await world.until(lambda: read(world).title == text)
    await world.sees("I am big.", "ready")
    return read(world).id


async def in_list(world, **view):
    return [summary.title for summary in await world.store.list_conversations(ListFilter(**view))]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_tags_stand_at_the_right_of_the_title(run, size):
    async with run(size=size) as world:
        own = await begun(world)
        await world.say("/tag travel #japan")
        await world.sees("Tags: travel japan")
        await world.sees_beside_toasts("#travel   #japan")
        title = next(line for line in world.text.splitlines() if "#travel" in line)
        assert "Kyoto in four days" in title and title.endswith("#travel   #japan")
        await world.say("/tag -travel work")
        await world.sees("Tags: japan work")
        await world.sees_beside_toasts("#japan   #work")
        assert (await world.store.load_conversation(own)).tags == ("japan", "work")
        assert await in_list(world, tag="work") == ["Kyoto in four days"]


async def test_tags_are_edited_where_none_is_named(run):
    async with run() as world:
        await begun(world)
        await world.say("/tag travel")
        await world.sees("Tags: travel")
        await world.say("/tag")
        await world.sees("Tags", "▎ travel")
        await world.pilot.press(*" japan", "enter")
        await world.sees("Tags: travel japan")
        await world.sees_beside_toasts("#travel   #japan")
        assert world.composer.draft == ""


async def test_an_empty_conversation_keeps_its_tags_for_its_first_prompt(run):
    async with run() as world:
        await world.say("/tag idea")
        await world.sees("Tags: idea")
        await world.sees_beside_toasts("#idea")
        own = await begun(world)
        assert (await world.store.load_conversation(own)).tags == ("idea",)
        await world.sees("#idea")


@pytest.mark.parametrize(
    ("typed", "tags"),
    [("a", ("x", "a")), ("-x", ()), ("-#x #b", ("b",)), ("x, y", ("x", "y")), ("#", ("x",)), ("-y", ("x",))],
)
def test_a_line_of_tags_changes_them(typed, tags):
    assert changed_tags(("x",), typed) == tags


def test_a_line_of_tags_is_taken_as_words():
    assert tags_in("#work, idea  work") == ("work", "idea")


async def test_a_pinned_conversation_stands_first_in_the_sidebar(run):
    async with run(size=(120, 40)) as world:
        await begun(world)
        await world.say("/pin")
        await world.sees("Pinned to the top")
        await world.pilot.press("ctrl+n")
        await begun(world, "Notes on Rilke")
        listed = world.screen.query_one(SidebarList)
        await world.until(lambda: len(listed.rows) == 4)
        words = [getattr(row, "words", None) or row.summary.title for row in listed.rows]
        assert words == ["Pinned", "Kyoto in four days", "Today", "Notes on Rilke"]
        await world.open(listed.rows[1].summary.id)
        await world.say("/pin")
        await world.sees("Not pinned any more")
        assert not read(world).pinned


async def test_an_archived_conversation_leaves_the_list_and_comes_back(run):
    async with run() as world:
        await begun(world)
        await world.say("/archive")
        await world.sees("Archived")
        assert (await in_list(world), await in_list(world, archived=True)) == ([], ["Kyoto in four days"])
        await world.say("/archive")
        await world.sees("Back in the list")
        assert await in_list(world) == ["Kyoto in four days"]


async def test_one_goes_on_in_the_copy(run):
    async with run() as world:
        own = await begun(world)
        await world.say("/duplicate")
        await world.until(lambda: read(world).id not in (0, own))
        await world.say("Only here")
        await world.until(lambda: len(world.provider.requests) == 2)
        assert world.provider.requests[-1][1] == ["Kyoto in four days", "I am big.", "Only here"]
        assert len((await world.store.load_conversation(own)).nodes) == 2


async def test_a_deleted_conversation_comes_back_with_undo(run):
    async with run() as world:
        own = await begun(world)
        await world.say("/delete")
        await world.sees("is in the trash", "ctrl+z undo", "New conversation")
        assert (await in_list(world), await in_list(world, deleted=True)) == ([], ["Kyoto in four days"])
        await world.pilot.press("ctrl+z")
        await world.sees("▎ Kyoto in four days", "I am big.")
        assert read(world).id == own
        assert await in_list(world) == ["Kyoto in four days"]


@pytest.mark.parametrize("command", ["pin", "archive", "duplicate", "delete"])
async def test_there_is_no_place_for_an_empty_conversation(run, command):
    async with run() as world:
        await world.say(f"/{command}")
        await world.sees("This conversation is empty yet")


async def test_a_temporary_conversation_is_in_no_list_and_can_be_thrown_away(run):
    async with run() as world:
        await world.say("/temporary")
        await world.sees("temporary")
        await begun(world, "A secret")
        await world.say("/pin")
        await world.sees("A temporary conversation is not in the list")
        await world.say("/delete")
        await world.until(lambda: world.conversation.title != "A secret")
        world.app.clear_notifications()
        await world.sees_no("▎ A secret")
        await world.pilot.press("ctrl+z")
        await world.sees("▎ A secret", "temporary")
