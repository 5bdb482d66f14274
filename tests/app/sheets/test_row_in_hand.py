"""A row of the list of conversations stays in hand while it is changed, whatever stands in the filter."""

from __future__ import annotations

import pytest

from tests.app.sheets.test_conversations import app, chosen, press, settle, titles
from tui.app.conversations.title_field import TitleField
from tui.app.lists.ask_line import AskLine
from tui.errors import HistoryFullError

__all__ = ["app"]


async def tag(app, pilot, *keys: str) -> None:
    await pilot.press("f4")
    while not isinstance(app.screen, AskLine):
        await pilot.pause()
    await press(pilot, *keys)
    await settle(pilot)


async def test_a_title_that_leaves_the_filter_is_renamed_and_what_follows_acts_on_it(app, say, store) -> None:
    renamed = await say("Plan one", "q")
    other = await say("Plan two", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, *"plan", "down", "f2", "ctrl+u", *"Done", "enter")
        await settle(pilot)
        assert chosen(app) == "Done" and titles(app) == ["Plan two", "Done"]
        await press(pilot, "f3")
        await settle(pilot)
        assert (await store.load_conversation(renamed.id)).pinned
        await tag(app, pilot, *"late", "enter")
        assert chosen(app) == "Done"
        await press(pilot, "f5")
        await settle(pilot)
        assert (await store.load_conversation(renamed.id)).archived
        stored = await store.load_conversation(other.id)
        assert (stored.title, stored.tags, stored.pinned, stored.archived) == ("Plan two", (), False, False)


async def test_the_only_one_that_fitted_stays_until_the_filter_changes(app, say) -> None:
    await say("Plan", "q")
    await say("Other", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, *"plan", "f2", "ctrl+u", *"Done", "enter")
        await settle(pilot)
        assert titles(app) == ["Done"] and chosen(app) == "Done"
        await press(pilot, "ctrl+u")
        await settle(pilot)
        assert titles(app) == ["Other", "Done"]


async def test_it_leaves_the_list_when_the_person_moves(app, say) -> None:
    await say("Plan one", "q")
    await say("Plan two", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, *"plan", "down", "f2", "ctrl+u", *"Done", "enter")
        await settle(pilot)
        await press(pilot, "up")
        await settle(pilot)
        assert titles(app) == ["Plan two"] and chosen(app) == "Plan two"


async def test_a_tag_that_is_taken_away_takes_no_row_out_of_hand(app, say, store) -> None:
    for title in ("One", "Two"):
        conversation = await say(title, "q")
        await store.update_conversation(conversation.id, tags=("work",))
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, *"tag:work", "down")
        await settle(pilot)
        await tag(app, pilot, "ctrl+u", "enter")
        assert titles(app) == ["Two", "One"] and chosen(app) == "One"


async def test_an_undo_that_leaves_the_filter_takes_no_row_out_of_hand(app, say) -> None:
    await say("One", "q")
    await say("Two", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "down", "f2", "ctrl+u", *"Twofold", "enter", *"two")
        await settle(pilot)
        await press(pilot, "down")
        assert chosen(app) == "Twofold"
        await press(pilot, "ctrl+z")
        await settle(pilot)
        assert chosen(app) == "One" and titles(app) == ["Two", "One"]


@pytest.mark.parametrize("key", ["f5", "ctrl+d"])
async def test_what_is_put_away_leaves_its_neighbour_in_hand_not_the_first(app, say, key) -> None:
    for title in ("Fourth", "Third", "Second", "First"):
        await say(title, "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "down", "down", key)
        await settle(pilot)
        assert titles(app) == ["First", "Second", "Fourth"] and chosen(app) == "Fourth"
        await press(pilot, key)
        await settle(pilot)
        assert titles(app) == ["First", "Second"] and chosen(app) == "Second"


async def test_a_title_that_can_not_be_kept_stays_as_it_is_typed_until_it_can(
    app, say, store, monkeypatch
) -> None:
    renamed = await say("Plan one", "q")
    await say("Plan two", "q")

    async def full(*arguments, **changes):
        raise HistoryFullError("The disk is full", "Make room.")

    async with app.run_test() as pilot:
        await settle(pilot)
        with monkeypatch.context() as disk:
            disk.setattr(store, "update_conversation", full)
            await press(pilot, *"plan", "down", "f2", "ctrl+u", *"Done", "enter")
            await settle(pilot)
            assert [toast.message for toast in app._notifications] == ["The disk is full. Make room."]
            assert isinstance(app.screen.focused, TitleField) and app.screen.focused.value == "Done"
        await press(pilot, "x", "enter")
        await settle(pilot)
        assert (await store.load_conversation(renamed.id)).title == "Donex" == chosen(app)
        assert not app.screen.query(TitleField)
