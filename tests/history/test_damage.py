"""Damaged files: put aside as they are, what can be read is saved, a backup is named."""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tui.chat.message import Role, Status
from tui.chat.parts import prompt_parts
from tui.errors import HistoryDamagedError
from tui.history.sqlite import inspection
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore

PAGE = 4096
CONVERSATIONS, MESSAGES = 40, 6


class Whole:
    """A history that was closed well; too long to be printed."""

    def __init__(self, path: Path, texts: dict[int, str]) -> None:
        self.path, self.texts = path, texts


async def fill(path: Path) -> dict[int, str]:
    """A history of some hundred pages. Returns every text by its id."""
    store = await open_history(path)
    texts = {}
    words = random.Random(5)
    for number in range(CONVERSATIONS):
        conversation = await store.create_conversation(model="lab/big", title=f"Talk {number}")
        for turn in range(MESSAGES):
            text = f"{number}/{turn} " + " ".join(str(words.random()) for _ in range(60))
            role = Role.ASSISTANT if turn % 2 else Role.USER
            message = await store.add_message(conversation.id, conversation.leaf, role, prompt_parts(text))
            conversation.append(message)
            texts[message.id] = text
    await store.update_conversation(conversation.id, draft="half a sent", tags=("kept",))
    await store.remember_prompt("a prompt")
    await store.set_state("theme", "dim")
    await store.close()
    return texts


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Whole:
    """An intact history to damage copies of."""
    path = tmp_path_factory.mktemp("whole") / "history.db"
    texts = asyncio.run(fill(path))
    shutil.rmtree(path.parent / "backups", ignore_errors=True)
    return Whole(path, texts)


@pytest.fixture
def texts(whole, history_file) -> dict[int, str]:
    """The texts of the intact history of which ``history_file`` is a copy."""
    history_file.parent.mkdir()
    shutil.copyfile(whole.path, history_file)
    return whole.texts


def overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


async def saved_texts(store: HistoryStore) -> dict[int, str]:
    """Every text that can be reached, by its id."""
    found = {}
    for row in await store.list_conversations(limit=1000):
        conversation = await store.load_conversation(row.id)
        assert set(conversation.path()) == set(conversation.nodes)
        for message in await store.messages(list(conversation.nodes)):
            found[message.id] = message.text
    return found


async def check_repaired(path: Path, texts: dict[int, str], *, at_least: int) -> HistoryStore:
    """Open a damaged history: the file is kept byte for byte, and enough of the texts are there."""
    damaged = path.read_bytes()
    store = await open_history(path)
    [aside] = path.parent.glob("history.db.corrupt-*[0-9]")
    assert aside.read_bytes() == damaged
    assert str(aside) in store.notice and "was damaged" in store.notice
    found = await saved_texts(store)
    # Where a page is cut in its middle, the text on it may lack its end.
    assert all(texts[message_id].startswith(text) for message_id, text in found.items())
    assert len(found) >= at_least, store.notice
    assert f"{len(found)} messages" in store.notice
    some_id, some_text = next(iter(found.items()), (None, ""))
    if some_id is not None:
        hits = await store.search(f'"{some_text.split()[0]}"')
        assert some_id in [hit.message_id for hit in hits]
    conversation = await store.create_conversation()
    await store.add_message(conversation.id, None, Role.USER, prompt_parts("and on we go"))
    assert not [name for name in path.parent.iterdir() if name.name.startswith(".")]
    return store


async def test_an_empty_file_is_not_taken_for_an_empty_history(history_file, texts):
    history_file.write_bytes(b"")
    store = await check_repaired(history_file, texts, at_least=0)
    assert "0 bytes" in store.notice
    await store.close()


async def test_a_file_that_never_was_a_database_is_put_aside(history_file, texts):
    history_file.write_text("Dear diary, " * 100)
    await (await check_repaired(history_file, {}, at_least=0)).close()


@pytest.mark.parametrize("length", [16, 100])
async def test_a_lost_header_loses_nothing(history_file, texts, length):
    overwrite(history_file, 0, bytes(length))
    store = await check_repaired(history_file, texts, at_least=len(texts))
    assert await store.prompts() == ["a prompt"]
    assert await store.get_state("theme") == "dim"
    await store.close()


async def test_a_file_that_forgot_its_form_loses_nothing(history_file, texts):
    overwrite(history_file, 60, bytes(4))
    await (await check_repaired(history_file, texts, at_least=len(texts))).close()


async def test_a_lost_first_page_loses_nothing(history_file, texts):
    overwrite(history_file, 0, random.Random(1).randbytes(PAGE))
    await (await check_repaired(history_file, texts, at_least=len(texts))).close()


async def test_a_file_without_its_end_gives_what_is_left(history_file, texts):
    size = history_file.stat().st_size
    with history_file.open("r+b") as file:
        file.truncate(size // 2 + 1000)
    store = await check_repaired(history_file, texts, at_least=len(texts) // 4)
    assert "end is missing" in store.notice
    await store.close()


async def test_broken_pages_in_the_middle_lose_only_what_is_on_them(history_file, texts):
    with closing(sqlite3.connect(history_file)) as connection, connection:
        pages = (
            [
                number
                for (number,) in connection.execute(
                    "SELECT pageno FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf'"
                )
            ]
            if "ENABLE_DBSTAT_VTAB" in str(connection.execute("PRAGMA compile_options").fetchall())
            else [60, 70]
        )
    connection.close()
    for page in pages[3:60:20]:
        overwrite(history_file, (page - 1) * PAGE, random.Random(page).randbytes(PAGE))
    await (await check_repaired(history_file, texts, at_least=len(texts) - 25)).close()


async def test_a_journal_beside_a_lost_file_still_gives_its_messages(history_file, child, open_at):
    program = child(
        """
        store = await open_history(path)
        made = await store.create_conversation(title="Plans")
        first = await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
        say([first.id, made.id])
        await listen()
        """
    )
    message_id, _ = program.says()
    program.kill()
    history_file.write_bytes(b"")
    store = await check_repaired(history_file, {message_id: "Hello"}, at_least=1)
    assert (await store.list_conversations())[1].title == "Plans"
    await store.close()


async def test_the_text_of_a_streaming_reply_is_saved_too(history_file, child):
    program = child(
        """
        store = await open_history(path)
        made = await store.create_conversation(title="Plans")
        first = await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
        reply = await store.add_message(made.id, first.id, Role.ASSISTANT, status=Status.STREAMING)
        await store.append(reply.id, ["Once upon"])
        say(reply.id)
        await listen()
        """
    )
    reply_id = program.says()
    program.kill()
    overwrite(history_file, 0, bytes(50))
    store = await open_history(history_file)
    assert await store.interrupt_abandoned() == 1
    [reply] = await store.messages([reply_id])
    assert (reply.text, reply.status) == ("Once upon", Status.INTERRUPTED)
    await store.close()


async def test_the_newest_backup_is_named_and_kept_for_good(history_file, texts):
    store = await open_history(history_file)
    await store.close()
    [backup] = history_file.parent.joinpath("backups").iterdir()
    history_file.write_bytes(b"")
    store = await check_repaired(history_file, texts, at_least=0)
    [kept] = history_file.parent.joinpath("backups").glob("*kept*")
    assert f"segue restore {kept}" in store.notice
    assert not backup.exists() or backup != kept
    await store.close()


async def test_a_second_damage_on_the_same_day_overwrites_nothing(history_file, texts):
    for _ in range(3):
        history_file.write_bytes(b"garbage")
        store = await open_history(history_file)
        await store.close()
    assert len(list(history_file.parent.glob("history.db.corrupt-*"))) == 3


async def test_a_damaged_file_that_another_program_uses_stays_where_it_is(history_file, texts, child):
    program = child(
        """
        store = await open_history(path)
        say("open")
        await listen()
        """
    )
    program.says()
    overwrite(history_file, 0, bytes(100))
    damaged = history_file.read_bytes()
    store = await open_history(history_file)
    assert "another Segue uses it" in store.notice and "in memory only" in store.notice
    assert history_file.read_bytes() == damaged
    await store.close()


async def test_what_stands_behind_a_broken_beginning_is_saved(history_file, texts):
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("DROP INDEX messages_by_conversation")  # it would name them all
    first = history_file.read_bytes().index(texts[min(texts)].encode()) // PAGE
    overwrite(history_file, first * PAGE, b"\xff" * PAGE)
    await (await check_repaired(history_file, texts, at_least=len(texts) - 6)).close()


async def test_damage_that_shows_itself_later_is_repaired_at_the_next_start(history_file, texts, monkeypatch):
    monkeypatch.setattr(inspection, "_CHECKED_WHOLE", 0)  # as if the file were too large to look at all of it
    size = history_file.stat().st_size
    for page in range(31, size // PAGE, 2):
        overwrite(history_file, page * PAGE, b"\xff" * PAGE)
    store = await open_history(history_file)
    assert "damaged" not in store.notice
    with pytest.raises(HistoryDamagedError, match="damaged"):
        for message_id in texts:
            await store.messages([message_id])
    await store.close()
    store = await open_history(history_file)
    assert "was damaged" in store.notice
    assert (await saved_texts(store)).items() <= texts.items()
    await store.close()


async def test_a_broken_index_of_the_search_is_made_anew_at_the_next_start(history_file, texts):
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("DELETE FROM messages_fts_data WHERE id > 10")
    connection.close()
    word = texts[min(texts)].split()[1]
    store = await open_history(history_file)
    with pytest.raises(HistoryDamagedError):
        await store.search(f'"{word}"')
    await store.close()
    store = await open_history(history_file)
    assert store.notice == ""
    assert [hit.message_id for hit in await store.search(f'"{word}"')] == [min(texts)]
    assert (await saved_texts(store)) == texts
    await store.close()


scribbles = some.lists(
    some.tuples(some.floats(0, 0.999), some.integers(1, 3 * PAGE), some.integers(0, 255)),
    min_size=1,
    max_size=6,
)


@given(scribbles=scribbles, cut=some.floats(0.05, 1.0))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_whatever_the_damage_the_program_starts_and_shows_only_true_texts(
    whole, tmp_path, scribbles, cut
):
    path = tmp_path / "any" / "history.db"
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    data = bytearray(whole.path.read_bytes())
    for place, length, value in scribbles:
        start = int(place * len(data))
        data[start : start + length] = bytes([value]) * min(length, len(data) - start)
    data[60:72] = whole.path.read_bytes()[60:72]  # with other marks it would be another program's file
    del data[int(cut * len(data)) :]
    path.write_bytes(data)
    digest = hashlib.sha256(data).digest()
    store = await open_history(path)
    asides = list(path.parent.glob("history.db.corrupt-*[0-9]"))
    assert [hashlib.sha256(aside.read_bytes()).digest() for aside in asides] in ([digest], [])
    assert bool(asides) == ("was damaged" in store.notice)
    conversation = await store.create_conversation()
    await store.add_message(conversation.id, None, Role.USER, prompt_parts("and on we go"))
    await store.close()
    store = await open_history(path)
    assert store.notice == ""
    await store.close()
