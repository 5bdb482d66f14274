"""A conversation is meant by its number or its title."""

from __future__ import annotations

import pytest

from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.engine.which_conversation import find_conversation
from tui.errors import NotFoundError, UsageError
from tui.history.sqlite.history import open_history


@pytest.fixture
async def store():
    store = await open_history(None)
    for title in ("Kyoto in four days", "Bread", "Bread and salt", "Salt", "salt"):
        made = await store.create_conversation(title=title)
        await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("words", "number"),
    [("3", 3), (" 4 ", 4), ("kyoto IN four days", 1), ("kyoto", 1), ("bread", 2), ("bread and", 3)],
)
async def test_it_is_found(store, words, number):
    assert await find_conversation(store, words) == number


async def test_of_several_each_is_named(store):
    with pytest.raises(UsageError, match=r"4 Salt|5 salt"):
        await find_conversation(store, "salt")


async def test_none_is_told(store):
    with pytest.raises(NotFoundError, match="no conversation with the title Oslo"):
        await find_conversation(store, "Oslo")


async def test_one_in_the_trash_is_found_there(store):
    await store.delete_conversation(1)
    with pytest.raises(NotFoundError):
        await find_conversation(store, "kyoto")
    assert await find_conversation(store, "kyoto", deleted=True) == 1
