"""What is deleted: it comes back for thirty days, then it goes for good, and the tree stays whole."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.history.earlier_forms import without_parts
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.errors import HistoryError, NotFoundError
from tui.history.sqlite import backup, upkeep
from tui.history.store import ListFilter

MONTH = timedelta(days=30)
SOON = timedelta(seconds=1)


async def empty(store) -> int:
    """Empty the trash as if a month had gone by."""
    return await store.empty_trash(datetime.now(UTC) + SOON)


async def test_the_trash_gives_back_and_forgets(store, converse):
    made, other = await converse(store, "made"), await converse(store, "other")
    await store.update_conversation(made.id, archived=True)
    await store.delete_conversation(made.id)
    await store.delete_conversation(made.id)
    assert [row.id for row in await store.list_conversations()] == [other.id]
    assert [row.id for row in await store.list_conversations(ListFilter(deleted=True))] == [made.id]
    assert await store.search("made") == []
    await store.restore_conversation(made.id)
    await store.update_conversation(made.id, archived=False)
    assert await store.count_conversations() == 2

    await store.delete_conversation(made.id)
    assert await store.empty_trash(datetime.now(UTC) - timedelta(days=30)) == 0
    assert await store.empty_trash(datetime.now(UTC) + timedelta(seconds=1)) == 1
    with pytest.raises(NotFoundError):
        await store.load_conversation(made.id)
    with pytest.raises(NotFoundError):
        await store.messages([made.leaf])
    assert await store.search("other") and not await store.search("made")


async def test_hidden_messages_are_kept_for_their_time(store, converse):
    made = await converse(store, "one", "two", "three")
    one, two, three = made.path()
    await store.hide_messages([two, three])
    assert await store.empty_trash(datetime.now(UTC) - MONTH) == 0
    await store.hide_messages([two, three], hidden=False)
    assert (await store.load_conversation(made.id)).path() == [one, two, three]
    await empty(store)
    assert len(await store.messages([one, two, three])) == 3, "what is shown again is not in the trash"


async def test_a_branch_goes_as_a_whole(store, converse):
    made = await converse(store, "one", "two", "three", "four")
    one, two, three, four = made.path()
    await store.hide_messages([two, three, four])
    await empty(store)
    loaded = await store.load_conversation(made.id)
    assert (set(loaded.nodes), loaded.leaf, loaded.path()) == ({one}, one, [one])
    with pytest.raises(NotFoundError):
        await store.messages([three])
    [row] = await store.list_conversations()
    assert row.messages == 1
    assert await store.search("three") == []


async def test_where_something_follows_an_empty_place_stays(store, converse):
    made = await converse(store, "one", "secret two", "three", "four")
    one, two, three, four = made.path()
    await store.hide_messages([two])
    await empty(store)
    loaded = await store.load_conversation(made.id)
    assert loaded.path() == [one, three, four]
    [place] = await store.messages([two])
    assert (place.text, place.model, place.parent) == ("", None, one)
    await store.hide_messages([two], hidden=False)
    assert (await store.load_conversation(made.id)).path() == [one, three, four], "there is nothing to show"
    beside = await store.add_message(made.id, two, Role.USER, prompt_parts("beside three"))
    assert (await store.load_conversation(made.id)).versions(three) == [three, beside.id]
    await store.hide_messages([three, four, beside.id])
    await empty(store)
    loaded = await store.load_conversation(made.id)
    assert (set(loaded.nodes), loaded.path()) == ({one}, [one]), "with what followed it the place goes, too"
    with pytest.raises(NotFoundError):
        await store.add_message(made.id, two, Role.USER, prompt_parts("x"))


async def test_a_copy_of_what_is_hidden_has_a_month_of_its_own(store, converse):
    made = await converse(store, "one", "two")
    await store.hide_messages([made.leaf])
    copy = await store.copy_conversation(made.id)
    hidden = [node.id for node in copy.nodes.values() if node.deleted]
    await store.empty_trash(datetime.now(UTC) - MONTH)
    await store.hide_messages(hidden, hidden=False)
    assert len((await store.load_conversation(copy.id)).path()) == 2


def a_month_goes_by(path) -> None:
    """Make everything that was deleted a month older."""
    with closing(sqlite3.connect(path)) as connection, connection:
        month = 31 * 24 * 3600 * 1_000_000
        connection.execute("UPDATE conversations SET deleted_at = deleted_at - ?", (month,))
        connection.execute("UPDATE messages SET hidden = hidden - ? WHERE hidden > 0", (month,))


async def test_old_trash_is_emptied_at_the_start(history_file, open_at, converse):
    async with open_at(history_file) as store:
        old, cut, new = [await converse(store, name, "answer") for name in ("old", "cut", "new")]
        await store.delete_conversation(old.id)
        await store.hide_messages([cut.leaf])
    a_month_goes_by(history_file)
    async with open_at(history_file) as store:
        await store.delete_conversation(new.id)
    async with open_at(history_file) as store:
        await store.restore_conversation(new.id)
        assert len((await store.load_conversation(cut.id)).nodes) == 1
        with pytest.raises(HistoryError):
            await store.restore_conversation(old.id)


async def test_a_program_that_runs_for_weeks_empties_the_trash_and_makes_backups(
    history_file, open_at, converse, monkeypatch
):
    monkeypatch.setattr(upkeep, "_HOUR", 0.01)
    real, loop, round_made = backup.daily, asyncio.get_running_loop(), asyncio.Event()

    def daily(connection, path):
        real(connection, path)
        loop.call_soon_threadsafe(round_made.set)

    async with open_at(history_file) as store:
        await store.delete_conversation((await converse(store, "old")).id)
        await converse(store, "new")
        a_month_goes_by(history_file)
        monkeypatch.setattr(backup, "daily", daily)
        monkeypatch.setattr(backup, "today", lambda: "2999-01-01")
        async with asyncio.timeout(20):
            for _ in range(2):
                round_made.clear()
                await round_made.wait()
        assert (history_file.parent / "backups" / "history-2999-01-01.db").exists()
        assert await store.list_conversations(ListFilter(deleted=True)) == []


async def test_what_was_hidden_in_an_older_form_has_its_month_from_the_migration_on(
    history_file, open_at, converse
):
    async with open_at(history_file) as store:
        made = await converse(store, "one", "two")
    with closing(sqlite3.connect(history_file)) as connection, connection:  # as the second form had it
        connection.execute("UPDATE messages SET hidden = 1 WHERE id = ?", (made.leaf,))
        connection.execute("DROP INDEX messages_hidden")
        without_parts(connection)
        connection.execute("PRAGMA user_version = 2")
    async with open_at(history_file) as store:
        await store.empty_trash(datetime.now(UTC) - MONTH)
    async with open_at(history_file) as store:
        await store.hide_messages([made.leaf], hidden=False)
        assert len((await store.load_conversation(made.id)).path()) == 2
