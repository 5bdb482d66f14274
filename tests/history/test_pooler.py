"""Through pgbouncer: it refuses settings, and may give each transaction another connection to the server.

A part of what every kind of history is held to; all of it goes through a pooler where a variable says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest
from msgspec.structs import replace

from tests.history import test_contract_conversations as conversations
from tests.history import test_contract_messages as messages
from tests.history.servers import pooler_program, pooling, schema_of
from tests.history.test_contract_attachments import test_a_purge_takes_what_nothing_else_names
from tests.history.test_postgres import at, heard, listening
from tests.history.test_search import test_filters_narrow_the_search
from tests.history.test_trash import test_the_trash_gives_back_and_forgets
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.history.examination import examine
from tui.history.opening import open_history
from tui.history.place import Server
from tui.history.postgres import news, server
from tui.history.store import Change, HistoryStore, Line

test_every_field_can_be_changed = conversations.test_every_field_can_be_changed_and_the_others_stay
test_a_copy_is_another_one = conversations.test_a_copy_is_another_conversation_with_the_same_tree
test_pieces_are_there_at_once = messages.test_pieces_of_a_streaming_reply_are_there_at_once
test_what_has_come_is_told = messages.test_what_has_come_of_a_reply_is_told_piece_by_piece
test_many_writers_lose_nothing = messages.test_many_writers_at_once_lose_nothing
__all__ = [
    "test_a_purge_takes_what_nothing_else_names",
    "test_filters_narrow_the_search",
    "test_the_trash_gives_back_and_forgets",
]


@pytest.fixture(scope="module")
def pooled(cluster) -> Iterator[Callable[..., Server]]:
    """Makes a schema that is reached through a pooler in a mode."""
    if (program := pooler_program()) is None:
        pytest.skip("pgbouncer is not installed")
    with contextlib.ExitStack() as begun:

        @functools.cache
        def port(*settings: str) -> int:
            return begun.enter_context(pooling(cluster, program, *settings))

        yield lambda *settings: schema_of(cluster.address_at(port(*settings)))


@pytest.fixture
async def store(pooled, monkeypatch) -> AsyncIterator[HistoryStore]:
    monkeypatch.setattr(news, "_POOLED_PAUSE", 0.05)
    store = await open_history(pooled("transaction"))
    yield store
    await store.close()


@pytest.fixture(params=["transaction", "session"])
def place(request, pooled, monkeypatch) -> Server:
    monkeypatch.setattr(news, "_POOLED_PAUSE", 0.05)
    return pooled(request.param)


async def test_programs_that_start_at_once_share_one_history_and_each_hears_of_the_others(place, converse):
    stores = await asyncio.gather(*(open_history(replace(place, machine=f"m{n}")) for n in range(5)))
    changes = [listening(store) for store in stores]
    made = await converse(stores[0], "Hello")
    for listen in changes[1:]:
        async with asyncio.timeout(20):
            while await listen.get() != Change(made.id, elsewhere=True):
                pass
    await asyncio.gather(*(store.close() for store in stores))


async def test_one_that_keeps_settings_to_itself_is_known_by_that(pooled, converse, monkeypatch):
    # With one connection to the server, what one program leaves on it is in the way of all.
    ignored = f"ignore_startup_parameters = {','.join(server.SETTINGS)}"
    place = pooled("transaction", ignored, "default_pool_size = 1")
    for count, machine in enumerate(("lap", "desk"), 1):
        monkeypatch.setattr(asyncpg.connection, "_uid", 0)  # as in a program of its own
        async with at(place, machine) as store:
            await converse(store, f"of {machine}")
            assert len(await store.search("of")) == count
    assert "through a pooler" in " ".join(look.words for look in await examine(place))


async def test_with_a_journal_all_gets_there(place, converse, tmp_path):
    journal = tmp_path / "lap" / "history.db"
    lap = await open_history(replace(place, machine="lap", journal=journal))
    made = await converse(lap, "one", "two")
    await lap.look_for_changes()
    assert lap.line == Line()
    async with at(place, "desk") as desk:
        changes = listening(desk)
        await lap.add_message(made.id, made.leaf, Role.USER, prompt_parts("three"))
        assert await heard(changes) == Change(made.id, elsewhere=True)
        found = await desk.messages(sorted((await desk.load_conversation(made.id)).nodes))
        assert [message.text for message in found] == ["one", "two", "three"]
    await lap.close()
