"""One undo for the whole app: what was done last comes back first, wherever it was done."""

from __future__ import annotations

import pytest
from textual import events

from tui.app.conversations.conversations import Conversations
from tui.app.undo import Acts
from tui.errors import HistoryError, UsageError
from tui.history.store import ListFilter


async def answered(world, text="Hi"):
    await world.say(text)
    await world.sees("I am big.")
    await world.until(lambda: not world.current.busy)


async def delete_last(world):
    await world.pilot.press("alt+up")
    await world.until(lambda: world.transcript.selected is not None)
    await world.pilot.press("d")
    await world.sees("Deleted.   ctrl+z undo")
    await world.sees_no("I am big.")


def conversation(world):
    return world.current.conversation


async def stored(world):
    return await world.store.load_conversation(conversation(world).id)


async def test_a_message_deleted_after_a_draft_was_typed_comes_back_and_the_draft_stays(run):
    async with run() as world:
        await answered(world)
        await world.type("half a thought")
        await delete_last(world)
        await world.pilot.press("escape")
        await world.pilot.press("ctrl+z")
        await world.sees("I am big.", "1 message is back")
        assert world.composer.draft == "half a thought"
        await world.pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        assert world.composer.draft == ""


async def test_what_was_typed_after_a_deletion_is_undone_before_it(run):
    async with run() as world:
        await answered(world)
        await world.type("one")
        await delete_last(world)
        await world.pilot.press("escape")
        await world.type("two")
        await world.pilot.press("ctrl+z")
        assert world.composer.draft == "one"
        await world.sees_no("I am big.")
        await world.pilot.press("ctrl+y")
        assert world.composer.draft == "onetwo"
        await world.pilot.press("ctrl+z", "ctrl+z")
        await world.sees("I am big.")
        assert world.composer.draft == "one"


@pytest.mark.parametrize(
    ("command", "said", "field", "before"),
    [
        ("/archive", "Archived", "archived", False),
        ("/pin", "Pinned", "pinned", False),
        ("/tag travel", "Tags: travel", "tags", ()),
        ("/title Another", "Renamed to “Another”", "title", "Hi"),
        ("/system Be brief", "System prompt set", "system", ""),
        ("/set temperature 0.2", "temperature = 0.2", "parameters", {}),
    ],
)
async def test_what_a_command_changes_is_said_and_undone(run, command, said, field, before):
    async with run() as world:
        await answered(world)
        await world.say(command)
        await world.sees(said, "ctrl+z undo")
        assert getattr(await stored(world), field) != before
        await world.pilot.press("ctrl+z")
        await world.until(lambda: getattr(conversation(world), field) == before)
        await world.pilot.pause(0.05)
        assert getattr(await stored(world), field) == before


@pytest.mark.parametrize(
    ("keys", "said", "field"),
    [
        (["f5"], "Archived.   ctrl+z undo", "archived"),
        (["f3"], "Pinned to the top of the list.   ctrl+z undo", "pinned"),
        (["f2", "x", "enter"], "Renamed to “Hix”.   ctrl+z undo", "title"),
        (["ctrl+d"], "“Hi” is in the trash.   ctrl+z undo", "deleted"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
async def test_what_is_done_in_the_list_is_undone_there_and_on_the_main_screen(run, keys, said, field, there):
    async with run(size=(120, 30)) as world:
        await answered(world)
        own = conversation(world).id
        before = getattr(await stored(world), field)
        await world.type("a draft")
        await world.pilot.press("ctrl+r")
        await world.until(lambda: isinstance(world.app.screen, Conversations) and world.app.screen.chosen)
        await world.pilot.press(*keys)
        await world.sees(said)
        if not there:
            await world.pilot.press("escape")
            await world.until(lambda: world.app.screen is world.screen)
            await world.pilot.pause(0.1)
        await world.pilot.press("ctrl+z")
        await world.sees_no(said)
        assert getattr(await world.store.load_conversation(own), field) == before
        await world.pilot.pause(0.05)
        if field != "deleted" or there:
            assert "a draft" in world.composer.draft


async def test_in_the_list_what_is_typed_on_the_main_screen_is_not_undone(run):
    async with run() as world:
        await answered(world)
        await world.type("a draft")
        await world.pilot.press("ctrl+r")
        await world.until(lambda: isinstance(world.app.screen, Conversations))
        await world.pilot.press("ctrl+z")
        await world.sees("There is nothing to undo")
        assert world.composer.draft == "a draft"


async def test_a_message_of_a_conversation_that_was_left_comes_back_there(run):
    async with run() as world:
        await answered(world)
        own = conversation(world).id
        await delete_last(world)
        await world.pilot.press("escape", "ctrl+n")
        await world.until(lambda: conversation(world).id != own)
        await world.pilot.press("ctrl+z")
        await world.sees("I am big.", "1 message is back")
        assert conversation(world).id == own


async def test_what_came_back_from_the_trash_can_be_put_there_again(run):
    async with run(size=(120, 30)) as world:
        await answered(world)
        await world.store.delete_conversation(conversation(world).id)
        await world.pilot.press("ctrl+r", "f6", "f6")
        await world.sees("Trash")
        await world.until(lambda: world.app.screen.chosen)
        await world.pilot.press("enter")
        await world.sees("Back in the list of conversations.   ctrl+z undo")
        await world.pilot.press("ctrl+z")
        await world.sees("It is in the trash again")
        assert len(await world.store.list_conversations(ListFilter(deleted=True))) == 1


async def test_the_key_that_is_said_is_the_one_that_is_bound(run):
    async with run(keys={"undo": "ctrl+u"}) as world:
        await answered(world)
        await world.say("/archive")
        await world.sees("Archived   ctrl+u undo")
        await world.pilot.press("ctrl+u")
        await world.until(lambda: not conversation(world).archived)


async def test_a_draft_that_was_cleared_comes_back(run):
    async with run() as world:
        await answered(world)
        await world.type("a long thought")
        await world.pilot.press("ctrl+c")
        await world.sees("Draft cleared")
        await world.pilot.press("ctrl+z")
        await world.until(lambda: world.composer.draft == "a long thought")


async def test_typing_is_undone_before_the_history_is_open(run):
    async with run(ready=False) as world:
        await world.type("early")
        await world.until(lambda: world.composer.draft == "early")
        await world.pilot.press("ctrl+z")
        await world.until(lambda: world.composer.draft == "")


async def test_vims_u_undoes_text_alone(run):
    async with run(vim=True) as world:
        await answered(world)
        await world.type("one")
        await world.pilot.press("escape")
        await world.type("x")
        assert world.composer.draft == "on"
        await delete_last(world)
        await world.pilot.press("escape")
        world.composer.post_message(events.Key("u", "u"))
        await world.until(lambda: world.composer.draft == "one")
        await world.sees_no("I am big.")


async def test_what_fails_can_be_undone_again():
    acts, fails = Acts(), [True]

    async def undo() -> None:
        if fails:
            fails.clear()
            raise HistoryError("The disk is full")

    acts.note(undo, "back")
    with pytest.raises(HistoryError):
        await acts.undo()
    assert (await acts.undo()).back == "back"
    with pytest.raises(UsageError, match="nothing to undo"):
        await acts.undo()
