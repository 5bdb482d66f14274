"""``segue --here``: each folder of work has its conversation."""

from __future__ import annotations

import pytest

from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.cli.main import main
from tui.engine.start_options import StartOptions

HERE = StartOptions(here=True)


async def kept(store, title):
    """A conversation with one message."""
    conversation = await store.create_conversation(title=title, model="lab/big")
    await store.add_message(conversation.id, None, Role.USER, prompt_parts(f"About {title}"))
    return conversation.id


async def stored(world, key, conversation_id):
    """Wait until the folder has this conversation."""
    await world.session.settle()
    assert await world.store.get_state(key) == str(conversation_id)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Changes into one of several folders."""

    def go(name):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        return f"here:{folder}"

    return go


async def test_a_folder_without_a_conversation_begins_a_new_one_and_keeps_it(run, folders):
    key = folders("bread")
    async with run(start=HERE) as world:
        await world.sees("New conversation")
        assert await world.store.get_state(key) == ""
        await world.say("How do I bake?")
        await world.sees("I am big.", "ready")
        own = world.conversation.id
        await stored(world, key, own)


async def test_the_conversation_of_this_folder_is_opened(run, folders):
    async def earlier(world):
        for name in ("bread", "tax"):
            await world.store.set_state(folders(name), str(await kept(world.store, name)))
        folders("bread")

    async with run(start=HERE, prepare=earlier) as world:
        await world.sees("About bread")


async def test_what_is_opened_there_becomes_the_folders_conversation(run, folders):
    ids = {}

    async def earlier(world):
        ids["tax"] = await kept(world.store, "tax")

    key = folders("bread")
    async with run(start=HERE, prepare=earlier) as world:
        await world.open(ids["tax"])
        assert await world.store.get_state(key) == str(ids["tax"])
        await world.pilot.press("ctrl+n")
        await world.sees("New conversation")
        assert await world.store.get_state(key) == str(ids["tax"])


async def test_a_conversation_in_the_trash_is_not_opened(run, folders):
    async def earlier(world):
        thrown = await kept(world.store, "bread")
        await world.store.set_state(folders("bread"), str(thrown))
        await world.store.delete_conversation(thrown)

    async with run(start=HERE, prepare=earlier) as world:
        await world.sees("New conversation")
        assert "About bread" not in world.text


async def test_what_is_begun_in_a_folder_without_the_option_is_found_with_it(run, folders):
    key = folders("bread")
    async with run() as world:
        await world.say("How do I bake?")
        await world.sees("I am big.", "ready")
        assert await world.store.get_state(key) == str(world.conversation.id)


@pytest.mark.parametrize("other", [["--continue"], ["--open", "3"], ["--temporary"]])
def test_only_one_of_the_ways_to_begin(other, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--here", *other])
    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
