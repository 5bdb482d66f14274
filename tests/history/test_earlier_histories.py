"""Histories that earlier programs wrote open as they were, are exported and imported back equal.

``forms`` holds, for each form that the history's file has had, a dump of a history which the program of that
time made, killed while a reply came, and that program's own export of it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from tui.chat.export import to_json
from tui.chat.message import Status
from tui.errors import HistoryError
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite import migrations
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore

FORMS = Path(__file__).parent / "forms"
LARGEST = 60_000


@pytest.fixture(params=sorted(path.stem for path in FORMS.glob("*.sql")))
def form(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def old_file(form: str, history_file: Path) -> Path:
    """The history as that program left it; what was deleted in it was deleted today."""
    history_file.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(history_file)) as connection, connection:
        connection.executescript((FORMS / f"{form}.sql").read_bytes().decode())
    now = time.time_ns() // 1000
    with contextlib.closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("UPDATE conversations SET deleted_at = ? WHERE deleted_at IS NOT NULL", (now,))
        connection.execute("UPDATE messages SET hidden = ? WHERE hidden > 1", (now,))
    return history_file


def told(form: str) -> list[dict[str, Any]]:
    """What the program of that time exports of it."""
    found: list[dict[str, Any]] = json.loads((FORMS / f"{form}.json").read_bytes())
    return found


async def exported(store: HistoryStore, form: str) -> list[str]:
    await store.interrupt_abandoned()
    return [to_json(await bundle_of(store, one["id"])) for one in told(form)]


def assert_has(now: Any, before: Any, path: str = "") -> None:
    """Everything that was there is there, and is what it was; something may have come to it."""
    if isinstance(before, dict):
        for name, value in before.items():
            assert_has(now[name], value, f"{path}.{name}")
    elif isinstance(before, list):
        assert len(now) == len(before), path
        for place, value in enumerate(before):
            assert_has(now[place], value, f"{path}[{place}]")
    else:
        assert now == before, path


def contents(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [*connection.iterdump(), str(connection.execute("PRAGMA user_version").fetchone())]


async def test_everything_in_it_is_what_it_was(form, old_file, open_at):
    async with open_at(old_file) as store:
        assert not store.notice
        now = [json.loads(document) for document in await exported(store, form)]
    for conversation, before in zip(now, told(form), strict=True):
        del before["segue"]
        *_, coming = before["messages"]
        if coming["status"] == Status.STREAMING:  # it was cut when the program was killed
            for name in ("status", "failure", "finished_at"):
                del coming[name]
            assert (coming["text"], coming["reasoning"]) == ("Half a word", "I think\n\n")
            assert conversation["messages"][-1]["status"] == Status.INTERRUPTED
        assert_has(conversation, before)


async def test_each_kind_of_part_is_in_its_place(form, old_file, open_at):
    async with open_at(old_file) as store:
        [whole, *_] = [json.loads(document) for document in await exported(store, form)]
    parts = [[part["type"] for part in message["parts"]] for message in whole["messages"]]
    files = [] if form == "form1" else ["image", "file"]
    assert parts[:2] == [
        ["text", *files],
        ["reasoning", "text", "image", "sources", "notice", "notice"],
    ]
    assert parts[-1] == ["reasoning", "text"]


async def test_it_is_exported_and_imported_back_equal(form, old_file, open_at, tmp_path):
    async with open_at(old_file) as store:
        documents = await exported(store, form)
    for document in documents:
        (tmp_path / "export.json").write_text(document, encoding="utf-8")
        other = await open_history(None)
        report = await import_file(other, tmp_path / "export.json")
        assert report.odd == 0
        assert to_json(await bundle_of(other, report.added[0])) == document
        await other.close()


async def test_what_was_said_is_found(form, old_file, open_at):
    async with open_at(old_file) as store:
        await store.interrupt_abandoned()
        for words in ("upon", "another version", "half a word"):
            assert len(await store.search(words)) == 1, words
        assert [one.title for one in await store.list_conversations()] == ["Versions and branches"]


async def test_a_fault_in_the_middle_leaves_the_old_file_as_it_was(form, old_file, open_at, monkeypatch):
    before = contents(old_file)

    *others, last = migrations.MIGRATIONS

    def fail(connection):
        last(connection)
        raise sqlite3.OperationalError("cut in the middle")

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", (*others, fail))
        with pytest.raises(HistoryError, match="cut in the middle"):
            await open_history(old_file)
    assert contents(old_file) == before
    async with open_at(old_file) as store:
        assert len(await exported(store, form)) == len(told(form))


def test_the_dumps_are_small():
    assert all(path.stat().st_size < LARGEST for path in FORMS.iterdir())
