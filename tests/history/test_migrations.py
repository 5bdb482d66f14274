"""Changes of the database's form: whole or not at all, with a copy before."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import sqlite3
from pathlib import Path

import pytest

from tui.chat.attachment import attachment_of
from tui.chat.export import to_markdown
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.errors import HistoryError, HistoryTooNewError
from tui.history.bundles import bundle_of
from tui.history.sqlite import conversations, migrations
from tui.history.sqlite.database import Location, connect
from tui.history.sqlite.history import open_history
from tui.history.sqlite.migrations import m001_start
from tui.history.uris import uri

NOW = migrations.MIGRATIONS


def add_stars(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE conversations ADD COLUMN stars INTEGER NOT NULL DEFAULT 0")
    connection.execute("CREATE TABLE second (id INTEGER PRIMARY KEY)")


def fail_half_way(connection: sqlite3.Connection) -> None:
    add_stars(connection)
    connection.execute("INSERT INTO nowhere VALUES (1)")


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def form(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return version


def copies(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*before-form*"))


@pytest.fixture
def first(history_file) -> Path:
    """A history of the first form, as the first program wrote it."""
    history_file.parent.mkdir()
    with contextlib.closing(sqlite3.connect(history_file, isolation_level=None)) as connection:
        m001_start.migrate(connection)
        connection.execute(
            "INSERT INTO conversations (origin, title, title_key, created_at, updated_at, leaf, draft) "
            "VALUES ('segue:1', 'Hello', 'hello', 1, 1, 2, 'half')"
        )
        connection.executemany(
            "INSERT INTO messages (id, conversation_id, parent, role, status, created_at, text, images) "
            "VALUES (?, 1, ?, ?, 'complete', 1, ?, ?)",
            [
                (1, None, "user", "Hello", None),
                (2, 1, "assistant", "Hi there", '[{"url": "https://example.org/a.png", "alt": "A"}]'),
            ],
        )
        connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')")
        connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    return history_file


@pytest.fixture
async def old(history_file, open_at, converse) -> Path:
    """A history of today's form, which the tests call old: they add one more."""
    async with open_at(history_file) as store:
        await converse(store, "Hello", "Hi there")
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
    place = Location(uri(history_file, "mode=rw"), history_file)
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


async def test_the_first_form_opens_in_this_program_and_takes_files(first, open_at):
    note = attachment_of("note.txt", b"Buy milk")
    async with open_at(first) as store:
        [row] = await store.list_conversations()
        loaded = await store.load_conversation(row.id)
        assert (loaded.draft, loaded.attachments) == ("half", ())
        hello, hi = await store.messages(loaded.path())
        assert (hello.text, hi.text, hi.images[0].alt, hi.attachments) == ("Hello", "Hi there", "A", ())
        assert [hit.message_id for hit in await store.search("there")] == [hi.id]
        added = await store.add_message(row.id, hi.id, Role.USER, prompt_parts("See", [note]))
        assert await store.with_contents(added.attachments) == [note]
    assert form(first) == migrations.newest()
    [copy] = copies(first)
    assert form(copy) == 1


async def test_the_shape_of_a_tree_is_read_from_an_index_alone(first, open_at):
    async with open_at(first):
        pass
    with contextlib.closing(sqlite3.connect(first)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {conversations.COLUMNS}", (1,)).fetchall()
    assert all("SORT" not in step[3] and "TEMP" not in step[3] for step in plan), plan
    assert any("COVERING INDEX messages_by_conversation" in step[3] for step in plan), plan


async def test_an_old_history_loses_nothing_with_its_first_page(first, open_at):
    with contextlib.closing(sqlite3.connect(first)) as connection, connection:
        connection.executemany(
            "INSERT INTO messages (id, conversation_id, parent, role, status, created_at, text) "
            "VALUES (?, 1, ?, 'user', 'complete', 1, ?)",
            [(number, number - 1, "x" * 3000) for number in range(3, 300)],
        )
    async with open_at(first) as store:  # which brings it to today's form, behind all these pages
        note = attachment_of("note.txt", b"Buy milk")
        await store.add_message(1, 299, Role.USER, prompt_parts("See", [note]))
    data = bytearray(first.read_bytes())
    data[:4096] = random.Random(2).randbytes(4096)
    first.write_bytes(data)
    async with open_at(first) as store:
        assert "300 messages in 1 conversations were saved" in store.notice
        loaded = await store.load_conversation(1)
        [last] = await store.messages([loaded.leaf])
        [saved] = await store.with_contents(last.attachments)
        assert saved.text == "Buy milk"


async def test_a_migration_keeps_everything_and_a_copy(old, monkeypatch):
    monkeypatch.setattr(migrations, "MIGRATIONS", (*NOW, add_stars))
    assert await texts(old) == ["Hello", "Hi there"]
    assert form(old) == len(NOW) + 1
    [copy] = copies(old)
    assert form(copy) == len(NOW)
    monkeypatch.setattr(migrations, "MIGRATIONS", NOW)
    assert await texts(copy) == ["Hello", "Hi there"]


async def test_a_migration_that_fails_changes_nothing(old, monkeypatch):
    monkeypatch.setattr(migrations, "MIGRATIONS", (*NOW, fail_half_way))
    with pytest.raises(HistoryError, match="nowhere"):
        await open_history(old)
    assert form(old) == len(NOW)
    monkeypatch.setattr(migrations, "MIGRATIONS", NOW)
    assert await texts(old) == ["Hello", "Hi there"]


async def test_a_migration_that_is_killed_changes_nothing(old, child):
    program = child(
        """
        import sqlite3, tui.history.sqlite.migrations as migrations
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
    assert form(old) == len(NOW)
    assert await texts(old) == ["Hello", "Hi there"]
    assert len(copies(old)) == 1


async def test_two_programs_that_migrate_at_once_do_it_once(old, child):
    code = """
    import tui.history.sqlite.migrations as migrations
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
    assert form(old) == len(NOW) + 1


@pytest.fixture
async def newer(old, monkeypatch) -> Path:
    """A history that a newer Segue has written."""
    monkeypatch.setattr(migrations, "MIGRATIONS", (*NOW, add_stars))
    await texts(old)
    monkeypatch.setattr(migrations, "MIGRATIONS", NOW)
    return old


async def test_a_newer_form_is_read_and_not_touched(newer):
    before = digest(newer)
    store = await open_history(newer)
    assert f"newer Segue (form {len(NOW) + 1}" in store.notice
    [row] = await store.list_conversations()
    loaded = await store.load_conversation(row.id)
    assert [message.text for message in await store.messages(loaded.path())] == ["Hello", "Hi there"]
    assert len(await store.search("hello")) == 1
    assert "Hi there" in to_markdown(await bundle_of(store, row.id)), "it can be taken elsewhere"
    for attempt in (
        store.add_message(row.id, loaded.leaf, Role.USER, prompt_parts("x")),
        store.update_conversation(row.id, title="x"),
        store.interrupt_abandoned(),
    ):
        with pytest.raises(HistoryTooNewError, match=f"form {len(NOW) + 1}"):
            await attempt
    await store.look_for_changes()
    await store.close()
    assert digest(newer) == before


async def test_a_newer_form_that_can_not_even_be_read_says_so(old, monkeypatch):
    def rename(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE conversations RENAME COLUMN tags TO marks")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*NOW, rename))
    store = await open_history(old)
    await store.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", NOW)
    store = await open_history(old)
    with pytest.raises(HistoryTooNewError, match=f"form {len(NOW) + 1}"):
        await store.list_conversations()
    await store.close()


async def test_a_newer_form_with_its_journal_is_not_touched(old, child, monkeypatch):
    program = child(
        """
        import sqlite3, tui.history.sqlite.migrations as migrations
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA user_version = {migrations.newest() + 1}")
        say("newer")
        await listen()
        """
    )
    program.says()
    program.kill()
    journal = old.with_name("history.db-wal")
    monkeypatch.setattr(migrations, "MIGRATIONS", NOW)
    before = digest(old), digest(journal)
    store = await open_history(old)
    assert f"form {len(NOW) + 1}" in store.notice
    await store.close()
    assert (digest(old), digest(journal)) == before


async def test_another_programs_database_is_not_touched(history_file):
    history_file.parent.mkdir()
    with contextlib.closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)")
        connection.execute("PRAGMA application_id = 1234")
    connection.close()
    before = digest(history_file)
    store = await open_history(history_file)
    assert "another program" in store.notice and "in memory only" in store.notice
    conversation = await store.create_conversation()
    await store.add_message(conversation.id, None, Role.USER, prompt_parts("x"))
    await store.close()
    assert digest(history_file) == before
