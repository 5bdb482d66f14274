"""Several programs on one history, and programs that die: nothing that was acknowledged is lost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing

import pytest

from tui.chat.message import Role, Status
from tui.chat.parts import prompt_parts
from tui.engine.elsewhere import grown
from tui.errors import HistoryBusyError
from tui.history.sqlite import database, watch
from tui.history.sqlite.sessions import Session
from tui.history.store import Change

STREAMS = """
store = await open_history(path)
conversation = await store.create_conversation(model="lab/big", title="Tell me")
prompt = await store.add_message(conversation.id, None, Role.USER, prompt_parts("Tell me"))
reply = await store.add_message(
    conversation.id, prompt.id, Role.ASSISTANT, model="lab/big", status=Status.STREAMING
)
say([conversation.id, prompt.id, reply.id])
for number in range(100_000):
    await store.append(reply.id, [Reasoning(f"r{number} "), f"{number} "])
    say(number)
"""


async def test_a_killed_program_leaves_its_reply_interrupted_with_the_text(history_file, child, open_at):
    program = child(STREAMS)
    conversation_id, prompt_id, reply_id = program.says()
    stored = [program.says() for _ in range(random.randint(1, 60))]
    program.kill()

    async with open_at(history_file) as store:
        assert await store.interrupt_abandoned() == 1
        [prompt, reply] = await store.messages([prompt_id, reply_id])
        assert prompt.text == "Tell me"
        assert reply.text.startswith("\n\n".join(f"{number} " for number in stored))
        assert reply.reasoning.startswith("\n\n".join(f"r{number} " for number in stored))
        assert reply.status is Status.INTERRUPTED
        assert reply.failure and reply.finished_at >= reply.created_at
        assert [row.id for row in await store.list_conversations()] == [conversation_id]
        assert [hit.message_id for hit in await store.search(f"tell OR {stored[-1]}")] == []
        assert reply_id in [hit.message_id for hit in await store.search(f"{stored[-1]} ")]
        assert await store.interrupt_abandoned() == 0


async def test_eight_kills_lose_no_acknowledged_message(history_file, child, open_at):
    adds = """
    store = await open_history(path)
    found = await store.list_conversations()
    made = await store.load_conversation(found[0].id) if found else await store.create_conversation()
    leaf = made.leaf
    while True:
        message = await store.add_message(made.id, leaf, Role.USER, prompt_parts("text " * 300))
        leaf = message.id
        say(leaf)
    """
    acknowledged: list[int] = []
    for _ in range(8):
        program = child(adds)
        acknowledged += [program.says() for _ in range(random.randint(1, 12))]
        program.kill()
    async with open_at(history_file) as store:
        [row] = await store.list_conversations()
        loaded = await store.load_conversation(row.id)
        assert set(acknowledged) <= set(loaded.nodes)
        assert len(loaded.path()) == len(loaded.nodes)
        assert store.notice == ""
    with closing(sqlite3.connect(history_file)) as connection, connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')")
    connection.close()


async def test_power_that_fails_at_any_moment_loses_nothing_that_was_acknowledged(
    history_file, tmp_path, open_at, converse
):
    """A commit has reached the disk when its call returns; whatever is torn behind it is not believed."""
    journal = history_file.with_name("history.db-wal")
    async with open_at(history_file) as store:
        conversation = await converse(store, "root")
        acknowledged = {}
        for number in range(20):
            text = f"text {number} " * 40
            message = await store.add_message(
                conversation.id, conversation.leaf, Role.USER, prompt_parts(text)
            )
            acknowledged[message.id] = journal.stat().st_size
        data, written = history_file.read_bytes(), journal.read_bytes()
    chance = random.Random(7)
    for number in range(12):
        cut = chance.randrange(min(acknowledged.values()), len(written) + 1)
        copy = tmp_path / str(number) / "history.db"
        copy.parent.mkdir()
        copy.write_bytes(data)
        copy.with_name("history.db-wal").write_bytes(written[:cut] + chance.randbytes(len(written) - cut))
        async with open_at(copy) as store:
            assert store.notice == ""
            safe = [message_id for message_id, size in acknowledged.items() if size <= cut]
            assert len(await store.messages(safe)) == len(safe) > 0


async def test_a_reply_of_a_living_program_is_not_abandoned(history_file, child, open_at):
    program = child(STREAMS)
    _, _, reply_id = program.says()
    program.says()
    async with open_at(history_file) as store:
        assert await store.interrupt_abandoned() == 0
        [reply] = await store.messages([reply_id])
        assert reply.live
        program.kill()
        assert await store.interrupt_abandoned() == 1


async def test_who_reads_a_reply_as_it_grows_sees_its_end_when_the_program_is_killed(
    history_file, child, open_at, monkeypatch
):
    monkeypatch.setattr("tui.engine.elsewhere._SILENCE", 0.0)
    program = child(STREAMS)
    _, _, reply_id = program.says()
    program.says()
    async with open_at(history_file) as store, asyncio.timeout(30):
        async for reply in grown(store, reply_id):
            if reply.live:
                program.kill()
        assert reply.status is Status.INTERRUPTED
        assert reply.text.startswith("0 ")


async def test_two_histories_in_one_program_know_each_other(history_file, open_at, converse, begin_reply):
    async with open_at(history_file) as one, open_at(history_file) as other:
        reply = await begin_reply(one, await converse(one, "x"))
        assert await other.interrupt_abandoned() == 0
        await one.append(reply.id, ["still mine"])


async def test_another_programs_change_is_announced(history_file, child, open_at, converse):
    async with open_at(history_file) as store:
        heard: list[Change] = []
        conversation = await converse(store, "mine")
        store.subscribe(heard.append)
        await store.look_for_changes()
        await store.add_message(conversation.id, None, Role.USER, prompt_parts("mine, too"))
        await store.look_for_changes()
        assert heard == [Change(conversation.id)]
        child(
            """
            store = await open_history(path)
            [row] = await store.list_conversations()
            loaded = await store.load_conversation(row.id)
            await store.add_message(row.id, loaded.leaf, Role.USER, prompt_parts("theirs"))
            await store.close()
            """
        ).end()
        await store.look_for_changes()
        assert heard[1:] == [Change(None, elsewhere=True)]
        loaded = await store.load_conversation(conversation.id)
        assert [m.text for m in await store.messages(sorted(loaded.nodes))] == ["mine", "mine, too", "theirs"]
        await store.look_for_changes()
        assert len(heard) == 2


async def test_another_programs_change_is_announced_by_itself(
    history_file, child, open_at, converse, monkeypatch
):
    monkeypatch.setattr(watch, "_PAUSE", 0.02)
    async with open_at(history_file) as store:
        conversation = await converse(store, "mine")
        heard = asyncio.Queue()
        store.subscribe(heard.put_nowait)
        await store.update_conversation(conversation.id, title="mine, too")
        assert await heard.get() == Change(conversation.id)
        program = child(
            """
            store = await open_history(path)
            await store.set_state("theme", "dim")
            say("written")
            await listen()
            """
        )
        program.says()
        async with asyncio.timeout(20):
            assert await heard.get() == Change(None, elsewhere=True)
        program.kill()


async def test_a_change_that_can_be_read_only_after_its_file_changed_is_not_missed(history_file, monkeypatch):
    monkeypatch.setattr(watch, "_PAUSE", 0.02)
    looks = asyncio.Queue()

    async def look():
        await looks.put(history_file.read_text())

    history_file.parent.mkdir()
    history_file.write_text("before")
    watching = watch.Watch(history_file, look)
    try:
        history_file.write_text("changed")
        async with asyncio.timeout(20):
            assert [await looks.get(), await looks.get()] == ["changed", "changed"]
    finally:
        await watching.end()


async def test_the_same_conversation_in_two_programs_grows_and_is_not_replaced(
    history_file, child, open_at, converse
):
    async with open_at(history_file) as store:
        conversation = await converse(store, "root")
        program = child(
            """
            store = await open_history(path)
            for number in range(50):
                [row] = await store.list_conversations()
                await store.add_message(row.id, None, Role.USER, prompt_parts(f"theirs {number}"))
            await store.close()
            """
        )
        for number in range(50):
            await store.add_message(
                conversation.id, conversation.leaf, Role.USER, prompt_parts(f"ours {number}")
            )
        await asyncio.to_thread(program.end)
        loaded = await store.load_conversation(conversation.id)
        texts = {message.text for message in await store.messages(list(loaded.nodes))}
        assert texts == {"root"} | {f"{who} {n}" for who in ("ours", "theirs") for n in range(50)}


async def test_five_programs_that_start_at_once_on_nothing_share_one_history(history_file, child, open_at):
    begin = """
    await listen()
    store = await open_history(path)
    made = await store.create_conversation()
    await store.add_message(made.id, None, Role.USER, prompt_parts("hello"))
    await store.close()
    say(store.notice)
    """
    programs = [child(begin) for _ in range(5)]
    for program in programs:
        program.go_on()
    assert [program.says() for program in programs] == [""] * 5
    async with open_at(history_file) as store:
        assert await store.count_conversations() == 5


async def test_a_database_that_stays_busy_is_told_in_words_and_works_later(
    history_file, child, open_at, converse, monkeypatch
):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    async with open_at(history_file) as store:
        conversation = await converse(store, "before")
        program = child(
            """
            import sqlite3
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            say("locked")
            await listen()
            connection.execute("ROLLBACK")
            """
        )
        assert program.says() == "locked"
        with pytest.raises(HistoryBusyError, match="busy"):
            await store.add_message(conversation.id, conversation.leaf, Role.USER, prompt_parts("again"))
        assert [hit.snippet for hit in await store.search("before")] == ["before"]
        program.go_on()
        program.end()
        await store.add_message(conversation.id, conversation.leaf, Role.USER, prompt_parts("again"))


async def test_an_empty_conversation_goes_at_the_start_after_its_program(history_file, child, open_at):
    program = child(
        """
        store = await open_history(path)
        empty = await store.create_conversation()
        drafted = await store.create_conversation()
        await store.update_conversation(drafted.id, draft="Dear")
        say([empty.id, drafted.id])
        await listen()
        """
    )
    empty, drafted = program.says()
    async with open_at(history_file) as store:
        await store.load_conversation(empty)
    program.kill()
    async with open_at(history_file):
        pass
    async with open_at(history_file) as store:
        assert (await store.load_conversation(drafted)).draft == "Dear"
        with pytest.raises(Exception, match=f"no conversation {empty}"):
            await store.load_conversation(empty)


def test_the_locks_of_dead_programs_are_swept_up(tmp_path):
    one, other = Session(tmp_path), Session(tmp_path)
    assert one.others() and not one.gone(other.name)
    other.end()
    assert not one.others() and one.gone(other.name) and one.gone("never was")
    one.end()
    assert list(tmp_path.iterdir()) == []
