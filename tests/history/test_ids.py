"""Ids of messages only stand in a row: any number of messages may have one time, or none."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role
from tui.chat.parts import Text, prompt_parts
from tui.history.importers import import_file
from tui.history.sqlite import migrations
from tui.history.sqlite.migrations import m001_start
from tui.history.store import ListFilter

ONE_TIME = datetime(2024, 5, 1, 12, tzinfo=UTC)


def chatgpt(number: int, at: float | None) -> dict[str, object]:
    def node(key, parent, role, text):
        content = {"content_type": "text", "parts": [text]}
        message = {"author": {"role": role}, "content": content, "create_time": at}
        return {"id": key, "parent": parent, "message": message}

    return {
        "conversation_id": f"c-{number}",
        "title": f"Talk {number}",
        "create_time": at,
        "mapping": {"q": node("q", None, "user", f"word{number}"), "a": node("a", "q", "assistant", "yes")},
        "current_node": "a",
    }


def oterm(path: Path, chats: int) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE chat (id INTEGER PRIMARY KEY, name TEXT, model TEXT, system TEXT)")
        connection.execute("CREATE TABLE message (chat_id INTEGER, author TEXT, text TEXT)")
        for number in range(1, chats + 1):
            connection.execute("INSERT INTO chat VALUES (?, 'Chat', 'llama3', '')", (number,))
            connection.execute("INSERT INTO message VALUES (?, 'user', ?)", (number, f"word{number}"))
            connection.execute("INSERT INTO message VALUES (?, 'assistant', 'yes')", (number,))
    connection.close()
    return path


async def times_of(store, ids) -> set[datetime]:
    found = set()
    for conversation_id in ids:
        loaded = await store.load_conversation(conversation_id)
        messages = await store.messages(loaded.path())
        assert len(messages) == 2 and messages[0].id < messages[1].id
        found |= {message.created_at for message in messages} | {loaded.updated_at}
    return found


async def test_any_number_of_conversations_may_have_one_time(store, tmp_path):
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([chatgpt(number, ONE_TIME.timestamp()) for number in range(1500)]))
    report = await import_file(store, file)
    assert len(report.added) == 1500
    assert await times_of(store, report.added[::50]) == {ONE_TIME}
    [hit] = await store.search("word1499")
    assert hit.updated_at == ONE_TIME
    assert len(await store.search("yes before:2024-06 after:2024-04", limit=2000)) == 1500
    assert await store.search("yes after:2024-06") == await store.search("yes before:2024-04") == []
    assert await store.count_conversations(ListFilter(after=ONE_TIME)) == 1500


async def test_conversations_without_times_are_of_the_moment_they_came(store, tmp_path):
    before = datetime.now(UTC)
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps([chatgpt(number, None) for number in range(100)]))
    report = await import_file(store, file)
    times = await times_of(store, report.added)
    assert before <= min(times) and max(times) <= datetime.now(UTC)


async def test_a_program_that_keeps_no_times_may_have_many_chats(store, tmp_path):
    report = await import_file(store, oterm(tmp_path / "store.db", 500))
    assert len(report.added) == 500
    assert len(await times_of(store, report.added)) == 1


async def test_a_message_may_have_any_number_of_versions(store, converse):
    conversation = await converse(store, "Question")
    versions = [
        await store.add_message(
            conversation.id, conversation.leaf, Role.ASSISTANT, prompt_parts(f"answer {number}")
        )
        for number in range(300)
    ]
    copied = await store.copy_conversation(conversation.id)
    assert len(copied.versions(copied.leaf)) == 300
    for version in versions[:100]:
        await store.copy_conversation(conversation.id, leaf=version.id)
    assert await store.count_conversations() == 102


async def test_a_long_row_of_one_time_costs_each_message_a_few_steps(store):
    def bundle(origin: str) -> Bundle:
        conversation = Conversation(0, "x", ONE_TIME, ONE_TIME, origin=origin, leaf=1)
        conversation.add([Node(1, None, Role.USER)])
        return Bundle(conversation, [Message(1, 0, None, Role.USER, parts=(Text("x"),), created_at=ONE_TIME)])

    async def spent(first: int, count: int) -> float:
        started = time.process_time()
        await store.add_conversations([bundle(f"test:{number}") for number in range(first, first + count)])
        return time.process_time() - started

    early = await spent(0, 300)
    await spent(300, 2400)
    assert await spent(2700, 300) < 10 * early


@pytest.mark.parametrize("year", [1, 1969, 9999])
async def test_a_time_at_the_end_of_all_times_moves_no_other_message(store, converse, tmp_path, year):
    at = f"{year:04}-01-01T00:00:00Z"
    file = tmp_path / "f.json"
    messages = [
        {"uuid": "1", "sender": "human", "text": "apple first", "created_at": at},
        {"uuid": "2", "sender": "assistant", "text": "apple second", "created_at": "2024-01-01T00:00:00Z"},
    ]
    file.write_text(json.dumps([{"uuid": "u", "created_at": at, "chat_messages": messages}]))
    report = await import_file(store, file)
    conversation = await store.load_conversation(report.added[0])
    first, second = await store.messages(conversation.path())
    assert (first.created_at.year, second.created_at.year) == (year, 2024)
    added = await store.add_message(
        conversation.id, conversation.leaf, Role.USER, prompt_parts("apple third")
    )
    new = await converse(store, "apple fourth")
    assert abs(added.created_at - datetime.now(UTC)).total_seconds() < 60
    assert new.leaf > added.id
    found = {hit.snippet for hit in await store.search("apple before:2025 after:2020")}
    assert found == {"apple second"}
    assert "apple fourth" in {hit.snippet for hit in await store.search("apple after:yesterday before:2999")}


async def test_search_finds_by_dates_what_an_older_program_gave_ids_far_from_their_times(
    history_file, open_at, converse
):
    history_file.parent.mkdir()
    with closing(sqlite3.connect(history_file, isolation_level=None)) as connection:
        m001_start.migrate(connection)
        at = int(ONE_TIME.timestamp() * 1e6)
        for number in range(1, 60):
            connection.execute(
                "INSERT INTO conversations (id, origin, created_at, updated_at, leaf) VALUES (?, ?, ?, ?, ?)",
                (number, f"oterm:{number}", at, at, at // 1000 + 2**number),
            )
            connection.execute(
                "INSERT INTO messages (id, conversation_id, role, status, created_at, text) "
                "VALUES (?, ?, 'user', 'complete', ?, 'apple')",
                (at // 1000 + 2**number, number, at),
            )
        connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')")
        connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    async with open_at(history_file) as store:
        assert len(await store.search("apple before:2024-06 after:2024-04", limit=100)) == 59
        assert await store.search("apple after:2024-06") == []
        far = await store.load_conversation(59)
        added = await store.add_message(59, far.leaf, Role.USER, prompt_parts("pear"))
        assert added.id > far.leaf
        assert {hit.snippet for hit in await store.search("pear after:yesterday")} == {"pear"}
        new = await converse(store, "apple")
        assert new.leaf < 2**45, "no other message's id grows by that"
