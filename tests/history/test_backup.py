"""Copies of the history, while it is in use, and the way back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.errors import HistoryError, HistoryTooNewError
from tui.history.sqlite import backup, files
from tui.history.sqlite.history import open_history
from tui.history.sqlite.restore import restore
from tui.history.store import Change


async def everything(path: Path) -> list[object]:
    """All that can be seen of a history."""
    store = await open_history(path)
    try:
        found: list[object] = []
        for row in await store.list_conversations():
            conversation = await store.load_conversation(row.id)
            found += [conversation, await store.messages(list(conversation.nodes))]
        return [*found, await store.prompts(), await store.get_state("theme")]
    finally:
        await store.close()


async def fill(store, converse) -> None:
    for number in range(3):
        conversation = await converse(store, f"Question {number}", "Answer", "And then?", title="学习")
        await store.update_conversation(conversation.id, tags=("a", "b"), draft="half", pinned=number == 1)
    await store.hide_messages([conversation.leaf])
    await store.remember_prompt("Question")
    await store.set_state("theme", "dim")


async def test_a_copy_made_while_writing_is_whole(tmp_path, history_file, open_at, converse, begin_reply):
    async with open_at(history_file) as store:
        await fill(store, converse)
        reply = await begin_reply(store, await converse(store, "Tell me"))
        await store.append(reply.id, ["Once upon"])
        await store.backup(tmp_path / "copy.db")
        await store.append(reply.id, [" a time"])
    assert restore(tmp_path / "copy.db", tmp_path / "other" / "history.db") is None
    store = await open_history(tmp_path / "other" / "history.db")
    assert await store.interrupt_abandoned() == 1
    [copied] = await store.messages([reply.id])
    assert copied.text == "Once upon"
    assert len(await store.search("学")) == 3
    await store.close()


async def test_what_is_restored_is_equal(tmp_path, history_file, open_at, converse):
    async with open_at(history_file) as store:
        await fill(store, converse)
        await store.backup(tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "new" / "history.db")
    assert await everything(tmp_path / "new" / "history.db") == await everything(history_file)


async def test_a_restore_keeps_the_old_history_aside(tmp_path, history_file, open_at, converse):
    async with open_at(history_file) as store:
        await converse(store, "first")
        await store.backup(tmp_path / "copy.db")
        await converse(store, "second")
    old = restore(tmp_path / "copy.db", history_file)
    async with open_at(history_file) as store:
        assert [row.title for row in await store.list_conversations()] == ["first"]
    async with open_at(old) as store:
        assert [row.title for row in await store.list_conversations()] == ["second", "first"]
    assert old != restore(tmp_path / "copy.db", history_file)


async def test_a_running_program_sees_what_was_restored(tmp_path, history_file, open_at, converse):
    async with open_at(history_file) as store:
        first = await converse(store, "first")
        await store.backup(tmp_path / "copy.db")
        await converse(store, "second")
        heard: list[Change] = []
        store.subscribe(heard.append)
        restore(tmp_path / "copy.db", history_file)
        await store.look_for_changes()
        assert heard == [Change(None, elsewhere=True)]
        assert [row.title for row in await store.list_conversations()] == ["first"]
        await store.add_message(first.id, first.leaf, Role.USER, prompt_parts("and on"))
        assert len(await store.search("and on")) == 1
    assert not [path for path in history_file.parent.iterdir() if path.name.startswith(".")]


async def test_a_damaged_history_is_restored_and_kept(tmp_path, history_file, open_at, converse):
    async with open_at(history_file) as store:
        await converse(store, "first")
        await store.backup(tmp_path / "copy.db")
    history_file.write_bytes(b"garbage")
    old = restore(tmp_path / "copy.db", history_file)
    assert old.read_bytes() == b"garbage"
    async with open_at(history_file) as store:
        assert [row.title for row in await store.list_conversations()] == ["first"]


async def test_only_a_whole_history_of_ours_is_restored(tmp_path, history_file, open_at, converse):
    async with open_at(history_file) as store:
        await converse(store, "first")
    before = history_file.read_bytes()
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("Dear diary")
    (tmp_path / "cut").write_bytes(before[: len(before) // 2])
    newer = tmp_path / "newer"
    newer.write_bytes(before[:60] + (99).to_bytes(4, "big") + before[64:])
    for source in ("empty", "text", "cut", "missing", "."):
        with pytest.raises(HistoryError):
            restore(tmp_path / source, history_file)
    for source in (other, newer):
        with pytest.raises(HistoryTooNewError):
            restore(source, history_file)
    assert history_file.read_bytes() == before


async def test_a_copy_overwrites_only_an_older_copy(tmp_path, history_file, open_at, converse):
    letter = tmp_path / "letter"
    letter.write_text("Dear aunt")
    async with open_at(history_file) as store:
        await converse(store, "first")
        for target in (letter, history_file, tmp_path):
            with pytest.raises(HistoryError):
                await store.backup(target)
        with pytest.raises(HistoryError, match="can't be read or written"):
            await store.backup(tmp_path / "nowhere" / "copy.db")
        await store.backup(tmp_path / "copy.db")
        await store.backup(tmp_path / "copy.db")
    assert letter.read_text() == "Dear aunt"


async def test_a_history_in_memory_can_be_copied_to_a_file(tmp_path, converse):
    store = await open_history(None)
    await converse(store, "first")
    await store.backup(tmp_path / "copy #1 ?.db")
    await store.close()
    assert restore(tmp_path / "copy #1 ?.db", tmp_path / "history.db") is None


async def test_each_day_of_use_makes_one_copy_and_seven_are_kept(
    history_file, open_at, converse, monkeypatch
):
    start = date(2026, 1, 28)
    monkeypatch.setattr(backup, "today", lambda: str(start))
    async with open_at(history_file):
        pass
    assert not (history_file.parent / "backups").exists(), "there was nothing to copy"
    async with open_at(history_file) as store:
        await converse(store, "first")
    for day in range(10):
        monkeypatch.setattr(backup, "today", lambda day=day: str(start + timedelta(day)))
        for _ in range(2):
            async with open_at(history_file) as store:
                await store.set_state("day", str(day))
    names = sorted(path.name for path in (history_file.parent / "backups").iterdir())
    assert names == [f"history-{start + timedelta(day)}.db" for day in range(3, 10)]
    assert backup.newest_backup(history_file).name in names
    assert files.today().count("-") == 2


async def test_a_history_that_did_not_change_is_not_copied_again(
    history_file, open_at, converse, monkeypatch
):
    async with open_at(history_file) as store:
        await converse(store, "first")
    for day in range(1, 5):
        monkeypatch.setattr(backup, "today", lambda day=day: f"2026-01-0{day}")
        async with open_at(history_file) as store:
            await store.list_conversations()
    names = [path.name for path in (history_file.parent / "backups").iterdir()]
    assert "history-2026-01-04.db" not in names and len(names) <= 2
