"""A history that is on a server, as the app shows it: what is not there yet, and what may go there."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from msgspec.structs import replace

from tests.history.between import Between
from tests.history.servers import cluster, place, pooler
from tests.history.test_shared import cut_off, texts_at, through
from tui.app.conversations.move_sheet import MoveSheet
from tui.app.theme.grid import WIDE
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.engine.moving_in import MovingIn
from tui.errors import HistoryUnreachableError
from tui.history.opening import open_history
from tui.history.place import File
from tui.history.shared import history as shared
from tui.history.store import Line

__all__ = ["cluster", "place", "pooler"]


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch):
    monkeypatch.setattr(shared, "_SHORTEST", 0.05)
    monkeypatch.setattr(shared, "_LONGEST", 0.1)


@pytest.fixture
def on_server(place, tmp_path):
    """Makes what prepares a world whose history is on the server."""

    def to(place):
        async def prepare(world):
            await world.store.close()
            world.store = await open_history(replace(place, journal=tmp_path / "server" / "history.db"))

        return prepare

    return to


@pytest.mark.parametrize("size", [(80, 24), (WIDE, 40)], ids=["narrow", "wide"])
async def test_how_much_is_not_on_the_server_stands_below_until_it_is(run, cluster, place, on_server, size):
    async with (
        Between(cluster.port) as way,
        run(prepare=on_server(through(way, place, cluster)), size=size) as world,
    ):
        await world.say("Kyoto?")
        await world.sees("I am big.", "ready")
        await world.sees_no("not on the server yet")
        cut_off(way)
        await world.say("And Nara?")
        await world.sees("not on the server yet")
        count = world.store.line.behind
        await world.sees(f"{count} not on the server yet")
        assert count >= 3, "the prompt, the reply that began, its end"
        way.refuses = False
        await world.sees_no("not on the server yet")
        conversation_id = world.conversation.id
    assert (await texts_at(place, conversation_id))[::2] == ["Kyoto?", "And Nara?"]


def test_where_there_is_hardly_room_it_is_said_in_a_word():
    assert Line(12).briefest == "12 unsent"
    assert Line(0, datetime.now(UTC)).briefest == "offline"
    assert Line().briefest == ""


async def test_a_page_beside_the_list_has_room_for_that_word(run, cluster, place, on_server):
    async with (
        Between(cluster.port) as way,
        run(prepare=on_server(through(way, place, cluster)), size=(100, 24)) as world,
    ):
        await world.say("Kyoto?")
        await world.sees("I am big.", "ready")
        cut_off(way)
        await world.say("And Nara?")
        await world.until(lambda: "unsent" in world.text or "not on the server yet" in world.text)


@pytest.fixture
async def left_here(tmp_path):
    """A file of this machine with two conversations."""
    file = File(tmp_path / "history.db")
    store = await open_history(file)
    for title in ("of before", "deleted before"):
        made = await store.create_conversation(title=title)
        await store.add_message(made.id, None, Role.USER, prompt_parts(title))
    await store.delete_conversation(made.id)
    await store.close()
    return file


@pytest.fixture
def moving(on_server, place, left_here):
    """Prepares a world whose history is on a server for the first time, while this machine has one too."""

    async def prepare(world):
        await on_server(place)(world)
        world.moving_in = MovingIn(world.store, partial(open_history, left_here))

    return prepare


async def test_what_is_here_goes_to_the_server_if_a_person_says_so(run, moving):
    async with run(prepare=moving, ready=False) as world:
        await world.sees("Your history is on a server now", "2 conversations of this machine")
        await world.pilot.press("enter")
        await world.sees("2 conversations copied to the server")
        assert [row.title for row in await world.store.list_conversations()] == ["of before"]
    async with run(prepare=moving) as world:
        await world.session.settle()
        assert await world.moving_in.unasked() == 0
        assert not isinstance(world.app.screen, MoveSheet)


async def test_a_person_who_does_not_want_that_is_asked_once(run, moving):
    async with run(prepare=moving, ready=False) as world:
        await world.sees("Your history is on a server now")
        await world.pilot.press("escape")
        await world.sees("They stay here")
        assert await world.store.count_conversations() == 0
    async with run(prepare=moving) as world:
        assert await world.moving_in.unasked() == 0


async def test_what_could_not_all_be_copied_is_offered_again(run, moving, monkeypatch):
    async def gone(*_):
        raise HistoryUnreachableError("The server of the history can't be reached")

    async with run(prepare=moving, ready=False) as world:
        await world.sees("Your history is on a server now")
        monkeypatch.setattr(type(world.store), "add_conversations", gone)
        await world.pilot.press("enter")
        await world.sees("can't be reached")
        assert await world.moving_in.unasked() == 2
