"""What a person prefers goes along into another history, both ways, again and again; the newest counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tui.engine.preferences import Preferences
from tui.history.copying import copy_all
from tui.history.opening import open_history
from tui.history.preferences import RECENTS, Kept, Preference, to_take
from tui.history.store import HistoryStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
async def other() -> AsyncIterator[HistoryStore]:
    other = await open_history(None)
    yield other
    await other.close()


# -- of two histories the newer one counts
def test_what_the_other_lacks_is_taken_and_what_was_set_later_stays():
    mine = {"theme": Kept("dim", LATER), "last_model": Kept("lab/big", NOON)}
    theirs = {
        "theme": Kept("light", NOON),
        "last_model": Kept("lab/new", LATER),
        "favourite_models": Kept("a", NOON),
    }
    assert to_take(theirs, mine) == {
        "last_model": Kept("lab/new", LATER),
        "favourite_models": Kept("a", NOON),
    }


def test_what_is_the_same_is_not_taken_again():
    assert to_take({"theme": Kept("dim", LATER)}, {"theme": Kept("dim", NOON)}) == {}


def test_a_favourite_that_was_given_up_does_not_come_back():
    mine, theirs = Kept("lab/big", LATER), Kept("lab/big\nlab/old", NOON)
    assert to_take({"favourite_models": theirs}, {"favourite_models": mine}) == {}


@pytest.mark.parametrize("mine_is_newer", [False, True])
def test_models_used_lately_are_those_of_both_each_once_those_of_the_newer_first(mine_is_newer):
    mine = Kept("b\na", LATER if mine_is_newer else NOON)
    theirs = Kept("c\nb", NOON if mine_is_newer else LATER)
    merged = to_take({"recent_models": theirs}, {"recent_models": mine})["recent_models"]
    assert merged == Kept("b\na\nc" if mine_is_newer else "c\nb\na", LATER)
    assert to_take({"recent_models": merged}, {"recent_models": merged}) == {}


def test_of_models_used_lately_only_so_many_are_kept():
    mine = Kept("\n".join(f"mine/{n}" for n in range(RECENTS)), NOON)
    theirs = Kept("\n".join(f"their/{n}" for n in range(RECENTS)), LATER)
    assert to_take({"recent_models": theirs}, {"recent_models": mine})["recent_models"] == theirs


# -- what each kind of history keeps
async def test_a_small_value_knows_when_it_was_set_and_gives_way_to_none_before_it(store):
    began = datetime.now(UTC) - timedelta(seconds=5)
    await store.set_state("theme", "dim")
    kept = (await store.kept(["theme", "unknown"]))["theme"]
    assert kept.value == "dim" and began < kept.set_at < datetime.now(UTC) + timedelta(seconds=5)
    await store.take({"theme": Kept("light", NOON), "last_model": Kept("lab/big", NOON)})
    assert await store.get_state("theme") == "dim"
    assert await store.kept(["last_model"]) == {"last_model": Kept("lab/big", NOON)}
    await store.take({"theme": Kept("late", datetime.now(UTC))})
    await store.set_state("theme", "newest")
    assert await store.get_state("theme") == "newest"


async def test_a_clock_that_goes_wrong_elsewhere_keeps_no_one_from_choosing_anew(store):
    await store.take({"theme": Kept("of tomorrow", datetime.now(UTC) + timedelta(days=1))})
    assert await store.get_state("theme") == "of tomorrow"
    await store.set_state("theme", "dim")
    assert await store.get_state("theme") == "dim"


async def test_a_copy_takes_what_is_preferred_along_and_again_and_back(store, other):
    here, there = Preferences(store), Preferences(other)
    await there.note_model("lab/old")
    await there.keep_favourite_models(["lab/old", "lab/given-up"])
    await there.keep_theme("light", few_colours=False)
    await other.remember_prompt("of the other")
    await here.note_model("lab/big")
    await here.keep_favourite_models(["lab/old"])
    await store.set_state("allowed tools", "all")
    await store.remember_prompt("of this one")
    for _ in range(2):
        await copy_all(store, other)
        await copy_all(other, store)
    for one in (here, there):
        assert await one.recent_models() == ["lab/big", "lab/old"]
        assert await one.last_model() == "lab/big"
        assert await one.favourite_models() == ["lab/old"]
        assert await one.theme(few_colours=False) == "light"
    assert await store.kept(Preference) == await other.kept(Preference)
    assert sorted(await store.prompts()) == sorted(await other.prompts()) == ["of the other", "of this one"]
    assert await other.get_state("allowed tools") == "", "what tools may do is asked anew"
    await there.keep_theme("dim", few_colours=False)
    await copy_all(store, other)
    assert await there.theme(few_colours=False) == "dim"
    await copy_all(other, store)
    assert await here.theme(few_colours=False) == "dim"
