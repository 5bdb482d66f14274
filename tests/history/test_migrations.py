"""Changes of the database's form: whole or not at all, with a copy before."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sqlite3
from pathlib import Path

import pytest

from tui.chat.message import Role
from tui.errors import HistoryError, HistoryTooNewError
from tui.history import migrations
from tui.history.database import Place, connect
from tui.history.files import uri
from tui.history.sqlite import open_history

FIRST = migrations.MIGRATIONS[:1]


def add_stars(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE conversations ADD COLUMN stars INTEGER NOT NULL DEFAULT 0")
    connection.execute("CREATE TABLE second (id INTEGER PRIMARY KEY)")


def fail_half_way(connection: sqlite3.Connection) -> None:
    add_stars(connection)
    connection.execute("INSERT INTO nowhere VALUES (1)")


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def form(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return version


def copies(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*before-form*"))


@pytest.fixture
async def old(history_file, open_at, chat, monkeypatch) -> Path:
    """A history of the first form, as the first program wrote it."""
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    async with open_at(history_file) as store:
        await chat(store, "Hello", "Hi there")
    return history_file


async def texts(path: Path) -> list[str]:
    store = await open_history(path)
    try:
        [row] = await store.list_conversations()
        loaded = await store.load_conversation(row.id)
        return [message.text for message in await store.messages(loaded.path())]
    finally:
        await store.close()


async def test_the_file_says_whose_it_is_and_each_connection_is_careful(history_file, open_at):
    async with open_at(history_file):
        assert history_file.with_name("history.db-wal").exists()
    assert history_file.read_bytes()[68:72] == b"SEGU"
    place = Place(uri(history_file, "mode=rw"), history_file)
    expected = {
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": 5000,
    }
    with contextlib.closing(connect(place)) as connection:
        for name, value in expected.items():
            assert connection.execute(f"PRAGMA {name}").fetchone()[0] == value, name


async def test_the_first_form_still_opens_in_this_program(old, monkeypatch):
    monkeypatch.undo()
    assert await texts(old) == ["Hello", "Hi there"]
    assert form(old) == migrations.newest()


async def test_a_migration_keeps_everything_and_a_copy(old, monkeypatch):
    monkeypatch.setattr(migrations, "MIGRATIONS", (*FIRST, add_stars))
    assert await texts(old) == ["Hello", "Hi there"]
    assert form(old) == 2
    [copy] = copies(old)
    assert form(copy) == 1
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    assert await texts(copy) == ["Hello", "Hi there"]


async def test_a_migration_that_fails_changes_nothing(old, monkeypatch):
    monkeypatch.setattr(migrations, "MIGRATIONS", (*FIRST, fail_half_way))
    with pytest.raises(HistoryError, match="nowhere"):
        await open_history(old)
    assert form(old) == 1
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    assert await texts(old) == ["Hello", "Hi there"]


async def test_a_migration_that_is_killed_changes_nothing(old, child):
    program = child(
        """
        import sqlite3, tui.history.migrations as migrations
        def endless(connection):
            connection.execute("ALTER TABLE conversations ADD COLUMN stars INTEGER")
            connection.execute("UPDATE messages SET text = text || hex(zeroblob(3000000))")
            connection.execute("CREATE TABLE second (id INTEGER PRIMARY KEY)")
            say("half way")
            sys.stdin.readline()
        migrations.MIGRATIONS = (*migrations.MIGRATIONS, endless)
        await open_history(path)
        """
    )
    assert program.says() == "half way"
    program.kill()
    assert form(old) == 1
    assert await texts(old) == ["Hello", "Hi there"]
    assert len(copies(old)) == 1


async def test_two_programs_that_migrate_at_once_do_it_once(old, child):
    code = """
    import tui.history.migrations as migrations
    def add(connection): connection.execute("CREATE TABLE second (id INTEGER PRIMARY KEY)")
    migrations.MIGRATIONS = (*migrations.MIGRATIONS, add)
    await listen()
    store = await open_history(path)
    say([store.notice, await store.count_conversations()])
    await store.close()
    """
    programs = [child(code) for _ in range(3)]
    for program in programs:
        program.go_on()
    assert await asyncio.gather(*(asyncio.to_thread(program.says) for program in programs)) == [["", 1]] * 3
    assert form(old) == 2


@pytest.fixture
async def newer(old, monkeypatch) -> Path:
    """A history that a newer Segue has written."""
    monkeypatch.setattr(migrations, "MIGRATIONS", (*FIRST, add_stars))
    await texts(old)
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    return old


async def test_a_newer_form_is_read_and_not_touched(newer):
    before = digest(newer)
    store = await open_history(newer)
    assert "newer Segue (form 2" in store.notice
    [row] = await store.list_conversations()
    loaded = await store.load_conversation(row.id)
    assert [message.text for message in await store.messages(loaded.path())] == ["Hello", "Hi there"]
    assert len(await store.search("hello")) == 1
    for attempt in (
        store.add_message(row.id, loaded.leaf, Role.USER, "x"),
        store.update_conversation(row.id, title="x"),
        store.interrupt_abandoned(),
    ):
        with pytest.raises(HistoryTooNewError, match="form 2"):
            await attempt
    await store.look_for_changes()
    await store.close()
    assert digest(newer) == before


async def test_a_newer_form_that_can_not_even_be_read_says_so(old, monkeypatch):
    def rename(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE conversations RENAME COLUMN tags TO labels")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*FIRST, rename))
    store = await open_history(old)
    await store.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    store = await open_history(old)
    with pytest.raises(HistoryTooNewError, match="form 2"):
        await store.list_conversations()
    await store.close()


async def test_a_newer_form_with_its_journal_is_not_touched(old, child, monkeypatch):
    program = child(
        """
        import sqlite3
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA user_version = 2")
        say("newer")
        await listen()
        """
    )
    program.says()
    program.kill()
    journal = old.with_name("history.db-wal")
    monkeypatch.setattr(migrations, "MIGRATIONS", FIRST)
    before = digest(old), digest(journal)
    store = await open_history(old)
    assert "form 2" in store.notice
    await store.close()
    assert (digest(old), digest(journal)) == before


async def test_another_programs_database_is_not_touched(history_file):
    history_file.parent.mkdir()
    with sqlite3.connect(history_file) as connection:
        connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("PRAGMA application_id = 1234")
    connection.close()
    before = digest(history_file)
    store = await open_history(history_file)
    assert "another program" in store.notice and "in memory only" in store.notice
    conversation = await store.create_conversation()
    await store.add_message(conversation.id, None, Role.USER, "x")
    await store.close()
    assert digest(history_file) == before
