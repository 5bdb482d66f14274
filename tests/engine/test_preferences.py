"""What is remembered between runs, under the names that every release has used."""

from __future__ import annotations

import pytest

from tui.engine.preferences import Preferences
from tui.history.sqlite.history import open_history


@pytest.fixture
async def store():
    history = await open_history(None)
    yield history
    await history.close()


async def test_an_empty_history_remembers_nothing(store):
    preferences = Preferences(store)
    assert await preferences.last_model() == ""
    assert await preferences.recent_models() == []
    assert await preferences.favourite_models() == []
    assert await preferences.theme(few_colours=False) == ""
    assert await preferences.draft_left_in() is None
    assert await preferences.last_here() is None


async def test_what_an_earlier_release_kept_is_still_known(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = {
        "last_model": "lab/big",
        "recent_models": "lab/big\nlab/small",
        "favourite_models": "lab/small\nlab/big",
        "theme": "segue-light",
        "theme of few colours": "segue-ansi",
        "draft_of": "7",
        f"here:{tmp_path}": "9",
    }
    for name, value in kept.items():
        await store.set_state(name, value)
    preferences = Preferences(store)
    assert await preferences.last_model() == "lab/big"
    assert await preferences.recent_models() == ["lab/big", "lab/small"]
    assert await preferences.favourite_models() == ["lab/small", "lab/big"]
    assert await preferences.theme(few_colours=False) == "segue-light"
    assert await preferences.theme(few_colours=True) == "segue-ansi"
    assert await preferences.draft_left_in() == 7
    assert await preferences.last_here() == 9


async def test_each_folder_of_work_has_a_conversation_of_its_own(store, tmp_path, monkeypatch):
    preferences = Preferences(store)
    for number, name in enumerate(("tax", "bread"), 1):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        await preferences.note_here(number)
    assert await preferences.last_here() == 2
    monkeypatch.chdir(tmp_path / "tax")
    assert await preferences.last_here() == 1


async def test_a_draft_that_was_sent_is_nowhere(store):
    preferences = Preferences(store)
    await preferences.note_draft_in(3)
    await preferences.note_draft_in(None)
    assert await preferences.draft_left_in() is None


async def test_the_model_used_last_stands_first_and_once(store):
    preferences = Preferences(store)
    for model in ("lab/one", "lab/two", "lab/one"):
        await preferences.note_model(model)
    assert await preferences.recent_models() == ["lab/one", "lab/two"]
    assert await preferences.last_model() == "lab/one"
