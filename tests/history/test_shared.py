"""A history on a server with a file of this machine before it: nothing waits, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.history.between import Between
from tests.history.test_postgres import at as by_itself
from tests.history.test_postgres import behind
from tui.chat.attachment import attachment_of
from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.errors import HistoryBusyError, HistoryUnreachableError, NotFoundError
from tui.history.bundles import bundle_of
from tui.history.copying import copy_all
from tui.history.opening import open_history
from tui.history.place import File, Server
from tui.history.postgres.history import PostgresHistory
from tui.history.shared import here, numbers, there
from tui.history.shared import history as shared
from tui.history.shared.mirror import Mirror
from tui.history.store import Change, HistoryStore, Line
from tui.secret import Secret

KILLS = "SEGUE_TEST_KILLS"
"""A variable with how many programs are killed."""


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch):
    monkeypatch.setattr(shared, "_SHORTEST", 0.05)
    monkeypatch.setattr(shared, "_LONGEST", 0.1)
    monkeypatch.setattr(shared, "_REFUSED", 0.1)


@contextlib.asynccontextmanager
async def at(place: Server, folder: Path) -> AsyncIterator[HistoryStore]:
    """The history at a place, as the machine has it whose files are in ``folder``."""
    store = await open_history(replace(place, machine=folder.name, journal=folder / "history.db"))
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def at_file(path: Path) -> AsyncIterator[HistoryStore]:
    """A history in a file."""
    store = await open_history(File(path))
    try:
        yield store
    finally:
        await store.close()


def through(way: Between, place: Server, cluster) -> Server:
    return replace(
        place, address=Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/"))
    )


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - of what no one tells
            await asyncio.sleep(0.02)


async def kept_here(store: HistoryStore, conversation_id: int, count: int) -> None:
    """Wait until the machine has a conversation with so many messages."""

    async def there_are() -> bool:
        with contextlib.suppress(NotFoundError):
            return len((await store._local.load_conversation(conversation_id)).nodes) == count
        return False

    async with asyncio.timeout(60):
        while not await there_are():  # noqa: ASYNC110 - of what no one tells
            await asyncio.sleep(0.02)


def cut_off(way: Between) -> None:
    way.refuses = True
    way.cut()


async def all_there(store: HistoryStore) -> None:
    await store.look_for_changes()  # the server has answered, or not
    await until(lambda: store.line == Line())


async def offline(store: HistoryStore) -> None:
    await until(lambda: store.line.offline_since is not None)


async def say(store: HistoryStore, made: Conversation, text: str) -> None:
    made.append(await store.add_message(made.id, made.leaf, Role.USER, prompt_parts(text)))


async def texts_at(place: Server, conversation_id: int) -> list[str]:
    """What another machine finds there."""
    store = await open_history(replace(place, machine="judge"))
    try:
        conversation = await store.load_conversation(conversation_id)
        return [message.text for message in await store.messages(sorted(conversation.nodes))]
    finally:
        await store.close()


# -- the server is gone
async def test_what_is_done_while_the_server_is_gone_gets_there_later_in_its_order(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "before")
        await all_there(lap)
        cut_off(way)
        for number in range(12):
            await say(lap, made, f"{number}")
        assert lap.line.behind == 12
        assert "12 not on the server yet" in lap.line.words
        found = await lap.messages(sorted((await lap.load_conversation(made.id)).nodes))
        assert [message.text for message in found][1:] == [str(number) for number in range(12)]
        [hit] = await lap.search("before")
        assert hit.conversation_id == made.id
        way.refuses = False
        await all_there(lap)
        assert await texts_at(place, made.id) == ["before", *map(str, range(12))]


async def test_a_start_without_the_server_lists_what_is_here_at_once(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way:
        there_ = through(way, place, cluster)
        async with at(there_, tmp_path / "lap") as lap:
            made = await converse(lap, "before")
        way.open.clear()  # no answer and no refusal
        begun = time.perf_counter()
        async with at(there_, tmp_path / "lap") as lap:
            assert [row.id for row in await lap.list_conversations()] == [made.id]
            assert time.perf_counter() - begun < 1.5
            await say(lap, made, "meanwhile")
            way.open.set()
            way.cut()
            await all_there(lap)
        assert await texts_at(place, made.id) == ["before", "meanwhile"]


async def test_a_server_that_was_never_seen_keeps_no_one_from_writing(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way:
        way.refuses = True
        there_ = through(way, place, cluster)
        async with at(there_, tmp_path / "lap") as lap:
            made = await converse(lap, "first")
            await until(lambda: "offline" in lap.line.words)
        way.refuses = False
        async with at(there_, tmp_path / "lap") as lap:
            await all_there(lap)
        assert await texts_at(place, made.id) == ["first"]


async def test_what_is_not_here_is_not_said_not_to_be(cluster, place, converse, tmp_path, monkeypatch):
    monkeypatch.setattr(shared.here, "NEWEST", 1)
    async with at(place, tmp_path / "desk") as desk:
        old, new = [await converse(desk, name) for name in ("old", "new")]
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await kept_here(lap, new.id, 1)
        cut_off(way)
        await offline(lap)
        assert [row.id for row in await lap.list_conversations()] == [new.id]
        assert "1 of 2 conversations are here" in lap.line.words
        with pytest.raises(HistoryUnreachableError, match="can't be reached"):
            await lap.load_conversation(old.id)
        with pytest.raises(HistoryUnreachableError, match="can't be reached"):
            await lap.empty_trash(datetime.now(UTC))


async def test_a_reply_streams_on_into_a_black_hole(
    cluster, place, converse, begin_reply, tmp_path, monkeypatch
):
    monkeypatch.setattr(shared, "PATIENCE", 0.05)
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "Tell me")
        reply = await begin_reply(lap, made)
        await lap.append(reply.id, ["Once "])
        way.open.clear()
        for piece in ("upon ", "a ", "time"):
            await lap.append(reply.id, [piece])
        [found] = await lap.messages([reply.id])
        assert found.text == "Once upon a time"
        done = replace(found, status=Status.COMPLETE, parts=(Text("Once upon a time."),))
        await lap.finish_message(done)
        way.open.set()
        way.cut()
        await all_there(lap)
    assert await texts_at(place, made.id) == ["Tell me", "Once upon a time."]


async def test_a_copy_can_be_made_and_written_in_while_the_server_is_gone(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "one", "two", "three")
        cut_off(way)
        twin = await lap.copy_conversation(made.id)
        await say(lap, twin, "four")
        way.refuses = False
        await all_there(lap)
        assert await texts_at(place, twin.id) == ["one", "two", "three", "four"]


async def test_what_is_kept_here_takes_only_so_much_room(cluster, place, converse, tmp_path, monkeypatch):
    async with at(place, tmp_path / "desk") as desk:
        made = [await converse(desk, "x" * 30_000, title=f"number {number}") for number in range(40)]
        await all_there(desk)
    monkeypatch.setattr(here, "ROOM", 1_000_000)
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await until(lambda: not lap._mirror.stale and lap._online)
        await kept_here(lap, made[39].id, 1)
        await lap.load_conversation(made[0].id)
        await kept_here(lap, made[0].id, 1)
        assert (tmp_path / "lap" / "history.db").stat().st_size < 1_500_000
        count = await lap._local.count_conversations()
        assert 5 < count < 40, count
        taken: list[int] = []
        take = Mirror.take

        async def noted(self, place):
            taken.append(place)
            return await take(self, place)

        monkeypatch.setattr(Mirror, "take", noted)
        cut_off(way)
        await offline(lap)
        way.refuses = False
        await until(lambda: lap._online and not lap._mirror.stale)
        assert taken == [], "what had no room is not fetched again and again"
        cut_off(way)
        await offline(lap)
        assert await lap.load_conversation(made[0].id), "what was opened here stays longest"
        with pytest.raises(HistoryUnreachableError):
            await lap.load_conversation(made[1].id)


async def test_another_history_in_the_same_place_gets_nothing_of_this_one(place, converse, tmp_path):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "of the first")
        await all_there(lap)
    async with behind(place) as tables:
        await tables.execute("UPDATE history SET uid = 'another'")
    async with at(place, tmp_path / "lap") as lap:
        await offline(lap)
        assert "another history in this place" in lap.notice and str(tmp_path) in lap.notice
        await say(lap, made, "kept here")
        assert lap.line.behind == 1
    assert await texts_at(place, made.id) == ["of the first"]


# -- exactly once
async def test_an_act_whose_answer_was_swallowed_is_stored_once(
    cluster, place, converse, begin_reply, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "Tell me")
        reply = await begin_reply(lap, made)
        way.swallows = True
        await lap.append(reply.id, ["once"])
        await offline(lap)
        way.swallows = False
        await all_there(lap)
        async with behind(place) as tables:
            assert await tables.fetchval("SELECT count(*) FROM pieces") == 1


async def test_without_the_look_at_what_the_server_has_it_would_be_stored_twice(
    cluster, place, converse, begin_reply, tmp_path, monkeypatch
):
    """The test before this one does find what it is for."""

    async def blind(self, server):
        return None

    async def careless(db, machine, after):
        return None

    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "Tell me")
        reply = await begin_reply(lap, made)
        monkeypatch.setattr(shared.Pusher, "settle", blind)
        monkeypatch.setattr(there, "guard", careless)
        way.swallows = True
        await lap.append(reply.id, ["once"])
        await offline(lap)
        way.swallows = False
        await all_there(lap)
        async with behind(place) as tables:
            assert await tables.fetchval("SELECT count(*) FROM pieces") > 1


async def test_a_server_that_is_put_back_to_an_older_copy_of_itself_gets_what_it_lost(
    place, converse, tmp_path
):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "kept")
        await all_there(lap)
        async with behind(place) as tables:
            seq, mark = await tables.fetchrow("SELECT seq, mark FROM machines WHERE machine = 'lap'")
        await say(lap, made, "lost and found")
        await all_there(lap)
    async with behind(place) as tables:
        await tables.execute("DELETE FROM messages WHERE text = 'lost and found'")
        await tables.execute("UPDATE machines SET seq = $1, mark = $2 WHERE machine = 'lap'", seq, mark)
    assert await texts_at(place, made.id) == ["kept"]
    async with at(place, tmp_path / "lap") as lap:
        await all_there(lap)
    assert await texts_at(place, made.id) == ["kept", "lost and found"]


async def test_any_cuts_lose_nothing_and_double_nothing(cluster, place, converse, tmp_path):
    chance = random.Random(7)
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "begin")
        said = ["begin"]
        for turn in range(10):
            for number in range(chance.randrange(1, 6)):
                said.append(f"{turn}.{number}")
                await say(lap, made, said[-1])
                way.swallows = chance.random() < 0.3
            way.refuses = chance.random() < 0.5
            way.cut()
            await asyncio.sleep(chance.random() / 20)
        way.swallows = way.refuses = False
        await all_there(lap)
        assert await texts_at(place, made.id) == said


async def test_a_connection_that_an_administrator_ends_at_any_moment_doubles_nothing(
    place, converse, tmp_path
):
    async def ended() -> None:
        async with behind(place) as tables:
            while True:
                await tables.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'person'"
                )
                await asyncio.sleep(0.05)

    said = [f"number {number}" for number in range(40)]
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "begin")
        ending = asyncio.create_task(ended())
        for text in said:
            await say(lap, made, text)
        ending.cancel()
        await asyncio.wait([ending])
        await all_there(lap)
    assert await texts_at(place, made.id) == ["begin", *said]


async def test_a_reply_whose_machine_was_cut_off_for_longer_than_its_lease_comes_whole(
    cluster, place, converse, begin_reply, tmp_path
):
    async with (
        Between(cluster.port) as way,
        at(through(way, place, cluster), tmp_path / "lap") as lap,
        at(place, tmp_path / "desk") as desk,
    ):
        made = await converse(lap, "Tell me")
        reply = await begin_reply(lap, made)
        await lap.append(reply.id, ["Once "])
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        async with behind(place) as tables:
            await tables.execute(
                "UPDATE sessions SET seen_at = seen_at - interval '90 seconds' WHERE machine = 'lap'"
            )
        assert await desk.interrupt_abandoned() == 1
        await lap.append(reply.id, ["upon "])
        way.refuses = False
        await lap.append(reply.id, ["a time"])
        [found] = await lap.messages([reply.id])
        await lap.finish_message(replace(found, status=Status.COMPLETE))
        await all_there(lap)
        [stored] = await desk.messages([reply.id])
        assert (stored.text, stored.status, stored.failure) == ("Once upon a time", Status.COMPLETE, None)


async def test_two_programs_of_a_machine_keep_their_order_without_the_server(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way:
        there_ = through(way, place, cluster)
        async with at(there_, tmp_path / "lap") as one, at(there_, tmp_path / "lap") as other:
            made = await converse(one, "begin")
            cut_off(way)
            for number in range(5):
                await say(one, made, f"one {number}")
                await say(other, made, f"other {number}")
            way.refuses = False
            await asyncio.gather(all_there(one), all_there(other))
        expected = [f"{name} {number}" for number in range(5) for name in ("one", "other")]
        assert await texts_at(place, made.id) == ["begin", *expected]


_WRITING = """
import asyncio, json, os, sys
from pathlib import Path
import asyncpg
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.history.opening import open_history
from tui.history.place import Server
from tui.secret import Secret
import tui.history.shared.history, tui.history.sqlite.history
def say(value): print(json.dumps(value), flush=True)
async def write(address, file, conversation, parent, turn):
    store = await open_history(Server(Secret(address), "lap", Path(file)))
    if conversation is None:
        conversation = (await store.create_conversation()).id
        say(conversation)
    for number in range(1000):
        text = f"{turn}.{number}"
        await store.add_message(conversation, parent, Role.USER, prompt_parts(text))
        say(text)
for line in sys.stdin:
    if begun := os.fork():
        os.waitpid(begun, 0)
        say(None)
    else:
        say(os.getpid())
        sys.stderr = open(os.devnull, "w")
        asyncio.run(write(**json.loads(line)))
"""


class Nursery:
    """Begins programs that write, one after the other; each is there at once, for all have one parent."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WRITING], stdin=pipe, stdout=pipe, text=True, bufsize=1
        )

    def begin(self, **told: object) -> int:
        """Begin a program, and return the number of its process."""
        self.process.stdin.write(json.dumps(told) + "\n")
        return json.loads(self.process.stdout.readline())

    def says(self) -> Any:
        """The next that it has written; None if it is gone."""
        return json.loads(self.process.stdout.readline())

    def kill(self, program: int) -> list[str]:
        """End it as ``kill -9`` does; what it still said before."""
        os.kill(program, signal.SIGKILL)
        return list(iter(self.says, None))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.process.kill()
    made.process.communicate()


async def test_what_a_killed_program_had_noted_is_pushed_by_the_next(cluster, place, nursery, tmp_path):
    async with Between(cluster.port) as way:
        way.refuses = True
        told = {
            "address": through(way, place, cluster).address.reveal(),
            "file": str(tmp_path / "lap" / "history.db"),
        }
        program = nursery.begin(**told, conversation=None, parent=None, turn=0)
        conversation_id, *said = [await asyncio.to_thread(nursery.says) for _ in range(2)]
        said += await asyncio.to_thread(nursery.kill, program)
        async with at(place, tmp_path / "lap") as lap:
            await all_there(lap)
        found = await texts_at(place, conversation_id)
        assert found[: len(said)] == said


async def test_any_kills_cuts_and_crashes_lose_nothing_and_double_nothing(
    cluster, place, converse, nursery, tmp_path
):
    """Ten kills; as many as a variable says, by hand."""
    chance = random.Random(11)
    kills = int(os.environ.get(KILLS, "10"))
    async with at(place, tmp_path / "judge") as judge:
        made = await converse(judge, "begin")
        await all_there(judge)
    said: list[str] = []
    async with Between(cluster.port) as way:
        told = {
            "address": through(way, place, cluster).address.reveal(),
            "file": str(tmp_path / "lap" / "history.db"),
            "conversation": made.id,
            "parent": made.leaf,
        }
        for turn in range(kills):
            way.refuses, way.swallows = chance.random() < 0.3, chance.random() < 0.3
            program = nursery.begin(**told, turn=turn)
            for _ in range(chance.randrange(1, 20)):
                if chance.random() < 0.1:
                    way.cut()
                text = await asyncio.to_thread(nursery.says)
                if text is None:  # it never saw the conversation: nothing is acknowledged
                    break
                said.append(text)
            else:
                said += await asyncio.to_thread(nursery.kill, program)
            if chance.random() < 0.1:
                await asyncio.to_thread(cluster.stop, "immediate")
                await asyncio.to_thread(cluster.start)
    async with at(place, tmp_path / "lap") as lap:
        await all_there(lap)
    found = await texts_at(place, made.id)
    assert len(said) > kills // 2
    assert set(said) - set(found) == set(), "lost"
    assert len(found) == len(set(found)), "doubled"
    assert [text for text in found if text in set(said)] == said, "in another order"


async def test_what_waits_for_the_server_is_saved_from_a_damaged_file(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way:
        way.refuses = True
        async with at(through(way, place, cluster), tmp_path / "lap") as lap:
            made = await converse(lap, "just typed")
    file = tmp_path / "lap" / "history.db"
    file.write_bytes(bytes(100) + file.read_bytes()[100:])
    async with at(place, tmp_path / "lap") as lap:
        assert "damaged" in lap.notice
        await all_there(lap)
    assert await texts_at(place, made.id) == ["just typed"]


# -- two machines
async def test_what_one_machine_does_is_here_before_the_server_goes(cluster, place, converse, tmp_path):
    async with (
        Between(cluster.port) as way,
        at(through(way, place, cluster), tmp_path / "lap") as lap,
        at(place, tmp_path / "desk") as desk,
    ):
        changes: asyncio.Queue[object] = asyncio.Queue()
        lap.subscribe(changes.put_nowait)
        made = await converse(desk, "Hello", "from the desk")
        async with asyncio.timeout(20):
            while await changes.get() != Change(made.id, elsewhere=True):
                pass
        await kept_here(lap, made.id, 2)
        cut_off(way)
        await offline(lap)
        found = await lap.messages(sorted((await lap.load_conversation(made.id)).nodes))
        assert [message.text for message in found] == ["Hello", "from the desk"]


async def test_what_is_written_into_what_was_removed_elsewhere_brings_it_back(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "root", title="Plans")
        cut_off(way)
        await say(lap, made, "more")
        async with at(place, tmp_path / "desk") as desk:
            await desk.delete_conversation(made.id)
            await desk.empty_trash(datetime.now(UTC) + timedelta(days=1))
        await say(lap, made, "and more")
        way.refuses = False
        await all_there(lap)
        assert await texts_at(place, made.id) == ["root", "more", "and more"]
        assert (await lap.load_conversation(made.id)).title == "Recovered: Plans"
        assert "removed on another machine" in lap.notice


async def test_a_copied_folder_is_another_machine_and_none_of_its_acts_is_passed_over(
    place, converse, tmp_path
):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "root")
        await all_there(lap)
    shutil.copytree(tmp_path / "lap", tmp_path / "twin" / "lap")
    for folder in (tmp_path / "lap", tmp_path / "twin" / "lap"):
        async with at(place, folder) as store:
            made = await store.load_conversation(made.id)
            await say(store, made, f"of {folder.parent.name}")
            await all_there(store)
    said = await texts_at(place, made.id)
    assert said[0] == "root"
    assert sorted(said[1:]) == sorted([f"of {tmp_path.name}", "of twin"])
    async with behind(place) as tables:
        assert (
            await tables.fetchval("SELECT count(DISTINCT slot) FROM machines WHERE machine <> 'judge'") == 2
        )


# -- faults
async def test_a_search_that_takes_too_long_finds_what_is_here(place, converse, tmp_path, monkeypatch):
    async def slow(self, query, *, limit=50, offset=0):
        raise HistoryBusyError("The server of the history is busy")

    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "needle")
        monkeypatch.setattr(PostgresHistory, "search", slow)
        assert [hit.conversation_id for hit in await lap.search("needle")] == [made.id]


async def test_where_no_connection_is_free_it_is_said_and_stored_later(cluster, place, converse, tmp_path):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "before")
        await all_there(lap)
    cluster.do("ALTER ROLE person CONNECTION LIMIT 0")
    try:
        async with at(place, tmp_path / "lap") as lap:
            await offline(lap)
            await until(lambda: "no connection free" in lap.line.why)
            await say(lap, made, "meanwhile")
            assert lap.line.behind == 1
            cluster.do("ALTER ROLE person CONNECTION LIMIT -1")
            await all_there(lap)
    finally:
        cluster.do("ALTER ROLE person CONNECTION LIMIT -1")
    assert await texts_at(place, made.id) == ["before", "meanwhile"]


@dataclass
class SmallDisk:
    """A disk of the server's own, on which the tables of the role ``person`` are."""

    folder: Path

    def mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "none", self.folder]
        return subprocess.run(command, check=False).returncode == 0

    def leave(self, size: int) -> None:
        """Let other things take all of it but so many bytes."""
        (self.folder / "others").write_bytes(bytes(shutil.disk_usage(self.folder).free - size))


@pytest.fixture
def small_disk(cluster) -> Iterator[SmallDisk]:
    made = SmallDisk(cluster.folder / "small")
    made.folder.mkdir()
    if not (sys.platform == "linux" and os.geteuid() == 0 and made.mount("size=8m")):
        pytest.skip("a disk can't be made here")
    shutil.chown(made.folder, "nobody")
    cluster.do(
        f"CREATE TABLESPACE small LOCATION '{made.folder}'", "GRANT CREATE ON TABLESPACE small TO person"
    )
    cluster.do("ALTER ROLE person SET default_tablespace = small")
    yield made
    cluster.do(
        "ALTER ROLE person RESET default_tablespace",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'person'",  # may hold locks
        "DROP OWNED BY person",
    )
    cluster.do("GRANT CREATE ON DATABASE postgres TO person", "DROP TABLESPACE small")
    subprocess.run(["umount", made.folder], check=True)


async def test_a_server_whose_disk_is_full_costs_nothing(small_disk, place, converse, tmp_path):
    chance = random.Random(5)
    said = ["begin"]
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "begin")
        await all_there(lap)
        small_disk.leave(200_000)
        while lap.line.offline_since is None and len(said) < 50:
            said.append(chance.randbytes(30_000).hex())
            await say(lap, made, said[-1])
        assert "no room" in lap.line.why and lap.line.behind
        for _ in range(3):
            said.append(chance.randbytes(10).hex())
            await say(lap, made, said[-1])
        shown = await lap.messages(sorted((await lap.load_conversation(made.id)).nodes))
        assert [message.text for message in shown] == said
        assert small_disk.mount("remount,size=200m")
        await all_there(lap)
    assert await texts_at(place, made.id) == said


async def test_what_the_server_does_not_take_is_set_aside_and_the_rest_goes_on(
    place, converse, tmp_path, monkeypatch
):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "before")
        act = {"id": made.id, "files": None, "columns": {"tags": 5}}
        await lap._local.act(lambda db: shared.journal.note(db, shared.Kind.CHANGE, act, made.id))
        await say(lap, made, "after")
        await until(lambda: "does not take" in lap.notice)
        await all_there(lap)
    assert await texts_at(place, made.id) == ["before", "after"]


async def test_a_server_that_can_only_be_read_is_read_and_what_is_written_waits(
    cluster, place, converse, tmp_path
):
    async with at(place, tmp_path / "desk") as desk:
        made = await converse(desk, "before")
        await all_there(desk)
    cluster.do("ALTER ROLE person SET default_transaction_read_only = on")
    try:
        async with at(place, tmp_path / "lap") as lap:
            await until(lambda: "read-only" in lap.line.words)
            [root] = await lap.messages(sorted((await lap.load_conversation(made.id)).nodes))
            assert root.text == "before"
            await lap.remember_prompt("meanwhile")
            assert lap.line.behind == 1
            cluster.do("ALTER ROLE person RESET default_transaction_read_only")
            await all_there(lap)
    finally:
        cluster.do("ALTER ROLE person RESET default_transaction_read_only")
    async with at(place, tmp_path / "desk") as desk:
        await desk.look_for_changes()
        assert await desk.prompts() == ["meanwhile"]


async def test_a_server_that_refuses_is_told_once_and_asked_again(cluster, place, converse, tmp_path):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "before")
        await all_there(lap)
    cluster.do("ALTER ROLE person NOLOGIN")
    try:
        async with at(place, tmp_path / "lap") as lap:
            await until(lambda: "refuses" in lap.notice)
            await say(lap, made, "meanwhile")
            cluster.do("ALTER ROLE person LOGIN")
            assert lap.notice.count("refuses") == 1
            await all_there(lap)
            assert "refuses" not in lap.notice, "it does not any more"
    finally:
        cluster.do("ALTER ROLE person LOGIN")
    assert await texts_at(place, made.id) == ["before", "meanwhile"]


async def test_a_fault_of_ours_is_said_and_what_is_written_stays_here(place, converse, tmp_path, monkeypatch):
    async def faulty(db, most):
        raise KeyError("rev")

    monkeypatch.setattr(there, "revisions", faulty)
    async with at(place, tmp_path / "lap") as lap:
        await until(lambda: "Start Segue again" in lap.notice)
        made = await converse(lap, "kept")
        await offline(lap)
        assert [row.id for row in await lap.list_conversations()] == [made.id]


# -- while something waits
@contextlib.asynccontextmanager
async def something_waits(store: HistoryStore, monkeypatch) -> AsyncIterator[None]:
    """The server is there, and something of this machine is not there yet."""

    async def rest(server):
        return None

    with monkeypatch.context() as held:
        held.setattr(shared, "PATIENCE", 0.01)
        held.setattr(store._pusher, "push", rest)
        await store.remember_prompt("waits")
        assert store._noted > store._pushed
        yield
    store._woken.set()
    await all_there(store)


async def test_a_file_that_is_only_there_is_read_while_something_waits(
    place, converse, tmp_path, monkeypatch
):
    monkeypatch.setattr(here, "LARGEST_FILE", 10)
    film = attachment_of("film.txt", b"much more than ten bytes")
    async with at(place, tmp_path / "desk") as desk, at(place, tmp_path / "lap") as lap:
        made = await converse(desk, "look")
        await desk.add_message(made.id, made.leaf, Role.USER, prompt_parts("at this", [film]))
        await all_there(desk)
        await kept_here(lap, made.id, 2)
        async with something_waits(lap, monkeypatch):
            [found] = await lap.with_contents([replace(film, data=None)])
            assert found.data == film.data


async def test_a_reply_of_another_machine_goes_on_while_something_waits(
    place, converse, begin_reply, tmp_path, monkeypatch
):
    async with at(place, tmp_path / "desk") as desk, at(place, tmp_path / "lap") as lap:
        made = await converse(desk, "Tell me")
        reply = await begin_reply(desk, made)
        await desk.append(reply.id, ["Once "])
        await kept_here(lap, made.id, 2)
        async with something_waits(lap, monkeypatch):
            came = await lap.pieces(reply.id)
            assert (came.status, came.pieces) == (Status.STREAMING, ("Once ",))


async def test_what_came_while_something_waited_is_told_again_when_it_can_be_read(
    place, converse, tmp_path, monkeypatch
):
    async with at(place, tmp_path / "desk") as desk, at(place, tmp_path / "lap") as lap:
        made = await converse(desk, "before")
        await kept_here(lap, made.id, 1)
        told: list[object] = []
        async with something_waits(lap, monkeypatch):
            stop = lap.subscribe(told.append)
            await say(desk, made, "after")
            await until(lambda: Change(made.id, elsewhere=True) in told)
            told.clear()
        await until(lambda: Change(made.id, elsewhere=True) in told)
        stop()


async def test_all_is_listed_and_found_also_while_something_is_on_its_way(
    cluster, place, converse, tmp_path, monkeypatch
):
    monkeypatch.setattr(shared.here, "NEWEST", 1)
    async with at(place, tmp_path / "desk") as desk:
        old, new = [await converse(desk, name) for name in ("old words", "new words")]
        await all_there(desk)
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await kept_here(lap, new.id, 1)
        way.delay = 0.05
        writing = asyncio.create_task(lap.remember_prompt("on its way"))
        await until(lambda: lap._pushed < lap._noted)
        rows, hits = await asyncio.gather(lap.list_conversations(), lap.search("words"))
        assert {row.id for row in rows} == {hit.conversation_id for hit in hits} == {old.id, new.id}
        await writing


async def test_who_wants_all_of_it_waits_for_the_servers_first_answer(
    cluster, place, converse, tmp_path, monkeypatch
):
    monkeypatch.setattr(shared, "_AT_START", 0.0)
    monkeypatch.setattr(shared.here, "NEWEST", 1)
    async with at(place, tmp_path / "desk") as desk, at(place, tmp_path / "lap") as lap:
        made = [await converse(desk, name) for name in ("old", "new")]
        await all_there(desk)
        await all_there(lap)
        bundle = await bundle_of(desk, made[0].id)
    async with at(place, tmp_path / "lap") as lap, at_file(tmp_path / "copy.db") as copy:
        assert not lap._online
        assert (await copy_all(lap, copy)).added == 2
    async with at(place, tmp_path / "lap") as lap:
        assert not lap._online
        assert await lap.add_conversations([bundle]) == [None], "it is there already"


async def test_a_part_is_not_taken_for_all_of_it(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await converse(lap, "here")
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        async with at_file(tmp_path / "copy.db") as copy:
            with pytest.raises(HistoryUnreachableError, match="Not all of the history"):
                await copy_all(lap, copy)


# -- nothing of another machine is written over
async def test_a_conversation_that_two_machines_bring_whole_has_what_each_has_written(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "root")
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        twin = await lap.copy_conversation(made.id)
    shutil.copytree(tmp_path / "lap", tmp_path / "other" / "lap")
    async with at(place, tmp_path / "lap") as lap:
        await say(lap, twin, "of the first")
        await all_there(lap)
    assert await texts_at(place, twin.id) == ["root", "of the first"]
    async with at(place, tmp_path / "other" / "lap") as other:
        await all_there(other)
    assert await texts_at(place, twin.id) == ["root", "of the first"]


async def test_what_was_removed_elsewhere_and_came_anew_there_is_here_twice(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        made = await converse(lap, "root", title="Plans")
        await all_there(lap)
        cut_off(way)
        await say(lap, made, "written meanwhile")
        async with at(place, tmp_path / "desk") as desk:
            again = await bundle_of(desk, made.id)
            await desk.delete_conversation(made.id)
            await desk.empty_trash(datetime.now(UTC) + timedelta(days=1))
            again.conversation.id = 0
            [anew] = await desk.add_conversations([again])
        way.refuses = False
        await all_there(lap)
    assert await texts_at(place, made.id) == ["root", "written meanwhile"]
    assert anew is not None and anew != made.id
    assert await texts_at(place, anew) == ["root"]


async def test_what_the_server_does_not_take_stays_here_when_others_write_beside_it(
    place, converse, tmp_path, monkeypatch
):
    add = there._DONE[shared.Kind.ADD]

    async def choosy(db, who, act, expected):
        if act.facts["text"] == "unfit":
            raise ValueError("it does not fit")
        return await add(db, who, act, expected)

    monkeypatch.setitem(there._DONE, shared.Kind.ADD, choosy)
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "before")
        await say(lap, made, "unfit")
        await all_there(lap)
        async with at(place, tmp_path / "desk") as desk:
            await say(desk, await desk.load_conversation(made.id), "of the desk")
            await all_there(desk)
        await until(lambda: not lap._mirror.stale)
        await lap.look_for_changes()
        assert await lap._mirror.take(made.id) is False
        kept = await lap._local.load_conversation(made.id)
        assert [one.text for one in await lap._local.messages(sorted(kept.nodes))] == ["before", "unfit"]


async def test_a_message_that_gets_another_number_keeps_its_pin_and_its_label(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await all_there(lap)
        cut_off(way)
        made = await converse(lap, "one", "two")
        old = made.leaf
        await lap.update_conversation(made.id, pins=(old,), labels={old: "the answer"})
        await lap._local.act(lambda db: numbers.renumber(db, old))
        way.refuses = False
        await all_there(lap)
        for found in (
            await lap._local.load_conversation(made.id),
            await lap._server.load_conversation(made.id),
        ):
            assert found.leaf != old
            assert (found.pins, found.labels) == ((found.leaf,), {found.leaf: "the answer"})


# -- numbers that others have
def taken_elsewhere(*ids: int) -> Bundle:
    """A conversation of another machine whose messages have these ids."""
    made = Conversation(0, "of another machine", datetime.now(UTC), datetime.now(UTC), origin="another")
    texts = [Message(number, 0, None, Role.USER, (Text(f"its {number}"),)) for number in ids]
    made.add(Node.of(message) for message in texts)
    made.id, made.leaf = 900, ids[-1]  # their own ids are kept
    return Bundle(made, texts)


async def test_a_reply_that_gets_another_number_while_it_streams_streams_on(
    cluster, place, converse, begin_reply, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        made = await converse(lap, "Tell me")
        reply = await begin_reply(lap, made)
        await lap.append(reply.id, ["Once "])
        async with at(place, tmp_path / "desk") as desk:
            [theirs] = await desk.add_conversations([taken_elsewhere(*made.nodes)])
        way.refuses = False
        await all_there(lap)
        await lap.append(reply.id, ["upon "])
        assert (await lap.pieces(reply.id)).pieces == ("Once ", "upon ")
        await lap.rewrite(reply.id, ["Once upon "])
        await lap.finish_message(replace(reply, status=Status.COMPLETE, parts=(Text("Once upon a time."),)))
        await say(lap, made, "Go on")
        await lap.update_conversation(made.id, pins=(reply.id,))
        await all_there(lap)
        assert await texts_at(place, made.id) == ["Tell me", "Once upon a time.", "Go on"]
        assert await texts_at(place, theirs) == [
            f"its {number}" for number in sorted({*made.nodes} - {made.leaf})
        ]
        found = await lap.load_conversation(made.id)
        [pinned] = await lap.messages(found.pins)
        assert pinned.text == "Once upon a time."


async def test_a_conversation_whose_number_another_has_gets_a_new_one(cluster, place, converse, tmp_path):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        made = await converse(lap, "one", "two", title="Mine")
        await lap.update_conversation(made.id, draft="half a thought")
        async with behind(place) as tables:
            await tables.execute(
                "INSERT INTO conversations (id, origin, title, created_at, updated_at, message_count) "
                "VALUES ($1, 'another', 'Theirs', 1, 1, 1)",
                made.id,
            )
        way.refuses = False
        await all_there(lap)
        [mine] = [row for row in await lap.list_conversations() if row.title == "Mine"]
        assert mine.id != made.id
        assert await texts_at(place, mine.id) == ["one", "two"]
        assert (await lap.load_conversation(mine.id)).draft == "half a thought"
        assert await texts_at(place, made.id) == []


async def test_what_comes_in_takes_no_number_that_a_machine_is_yet_to_give(place, converse, tmp_path):
    async with at(place, tmp_path / "lap") as lap, at_file(tmp_path / "old.db") as old:
        await all_there(lap)
        for number in range(3):
            await converse(old, f"old {number}")
        await copy_all(old, lap)
        made = [await converse(lap, f"new {number}") for number in range(3)]
        await all_there(lap)
        assert [row.title for row in await lap.list_conversations()] == [
            *(f"new {number}" for number in (2, 1, 0)),
            *(f"old {number}" for number in (2, 1, 0)),
        ]
        assert await texts_at(place, made[0].id) == ["new 0"]


async def test_a_number_that_was_purged_is_not_given_again(place, converse):
    async with by_itself(place) as store:
        made = await converse(store, "gone")
        bundle = await bundle_of(store, made.id)
        await store.delete_conversation(made.id)
        await store.empty_trash(datetime.now(UTC) + timedelta(days=1))
        [anew] = await store.add_conversations([bundle])
        assert anew != made.id


# -- drafts
async def test_a_draft_brings_back_what_was_removed_elsewhere_unless_it_is_empty_again(
    cluster, place, converse, tmp_path
):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        kept, given_up = [await converse(lap, name, title=name) for name in ("kept", "given up")]
        await all_there(lap)
        cut_off(way)
        await offline(lap)
        for made in (kept, given_up):
            await lap.update_conversation(made.id, draft="half a thou")
        await lap.update_conversation(kept.id, draft="half a thought")
        await lap.update_conversation(given_up.id, draft="")
        async with at(place, tmp_path / "desk") as desk:
            for made in (kept, given_up):
                await desk.delete_conversation(made.id)
            await desk.empty_trash(datetime.now(UTC) + timedelta(days=1))
        way.refuses = False
        await all_there(lap)
        [row] = await lap.list_conversations()
        assert row.title == "Recovered: kept"
        assert (await lap.load_conversation(row.id)).draft == "half a thought"


async def test_what_is_written_beside_a_draft_is_recalled_when_its_conversation_is_removed_elsewhere(
    place, converse, tmp_path
):
    async with at(place, tmp_path / "lap") as lap:
        made = await converse(lap, "gone")
        await lap.set_draft_beside(made.id, "half a thought")
        await all_there(lap)
        await lap.load_conversation(made.id)
        async with asyncio.timeout(60):
            while made.id not in await lap._local.see(here.kept):  # noqa: ASYNC110 - of what no one tells
                await asyncio.sleep(0.02)
    async with by_itself(place) as desk:
        await desk.delete_conversation(made.id)
        await desk.empty_trash(datetime.now(UTC) + timedelta(days=1))
    async with at(place, tmp_path / "lap") as lap:
        async with asyncio.timeout(60):
            while not await lap.prompts():  # noqa: ASYNC110 - of what no one tells
                await asyncio.sleep(0.02)
        assert await lap.prompts() == ["half a thought"]
