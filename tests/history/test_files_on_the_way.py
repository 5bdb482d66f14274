"""Large files of messages on their way to a server: behind what names them, beside what follows."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time

import pytest
from msgspec.structs import replace

from tests.history.between import Between
from tests.history.test_postgres import behind
from tests.history.test_shared import all_there, at, cut_off, offline, through, until
from tui.chat.attachment import Attachment, attachment_of
from tui.chat.message import Message, Role
from tui.chat.parts import files_of, prompt_parts
from tui.history.postgres import contents
from tui.history.shared import history as shared
from tui.history.store import HistoryStore

PART = 50_000
SIZE = 40 * PART


@pytest.fixture(autouse=True)
def _small_and_soon_again(monkeypatch):
    monkeypatch.setattr(contents, "PART", PART)
    monkeypatch.setattr(shared, "_SHORTEST", 0.05)
    monkeypatch.setattr(shared, "_LONGEST", 0.1)


@pytest.fixture
def film() -> Attachment:
    return attachment_of("film.gif", b"GIF89a" + random.Random(3).randbytes(SIZE - 6))


async def ask_about(store: HistoryStore, file: Attachment) -> Message:
    made = await store.create_conversation()
    return await store.add_message(made.id, None, Role.USER, prompt_parts("What is this?", [file]))


async def seen_there(desk: HistoryStore, message_id: int, text: str) -> None:
    async with asyncio.timeout(60):
        while (await desk.messages([message_id]))[0].text != text:  # noqa: ASYNC110 - of what no one tells
            await asyncio.sleep(0.02)


async def test_pieces_of_a_reply_overtake_a_large_file(cluster, place, film, begin_reply, tmp_path):
    async with (
        Between(cluster.port) as way,
        at(through(way, place, cluster), tmp_path / "lap") as lap,
        at(place, tmp_path / "desk") as desk,
    ):
        await all_there(lap)
        way.rate = 500_000
        asked = await ask_about(lap, film)
        reply = await begin_reply(lap, await lap.load_conversation(asked.conversation_id))
        said, longest = "", 0.0
        async with behind(place) as tables:
            for word in ("It ", "is ", "a ", "film."):
                said += word
                began = time.monotonic()
                await lap.append(reply.id, [word])
                await seen_there(desk, reply.id, said)
                longest = max(longest, time.monotonic() - began)
            assert not await tables.fetchval("SELECT whole FROM contents"), f"{longest:.2f} s"
            assert "1 not on the server yet" in lap.line.words
            [half] = await desk.with_contents(files_of((await desk.messages([asked.id]))[0].parts))
            assert half.data is None, "half a file is none"
        way.rate = None
        await all_there(lap)
        [whole] = await desk.with_contents([half])
        assert whole.data == film.data


async def test_a_file_that_is_cut_short_goes_on_where_it_was(cluster, place, film, tmp_path):
    async with Between(cluster.port) as way:
        async with at(through(way, place, cluster), tmp_path / "lap") as lap:
            await all_there(lap)
            way.rate = 5_000_000
            way.carried = 0
            await ask_about(lap, film)
            for share in (0.3, 0.6):
                await until(lambda share=share: way.carried > share * SIZE)
                cut_off(way)
                await offline(lap)
                way.refuses = False
                await until(lambda: lap.line.offline_since is None)
        async with at(through(way, place, cluster), tmp_path / "lap") as lap:
            await lap.look_for_changes()
            async with behind(place) as tables, asyncio.timeout(60):
                while not await tables.fetchval("SELECT whole FROM contents"):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                assert await tables.fetchval("SELECT sum(octet_length(data)) FROM content_parts") == SIZE
    assert way.carried < SIZE + 8 * PART, "what was there did not go again"


async def test_what_nobody_names_any_more_is_carried_no_further(cluster, place, film, tmp_path):
    async with Between(cluster.port) as way, at(through(way, place, cluster), tmp_path / "lap") as lap:
        await all_there(lap)
        way.rate = 1_000_000
        await ask_about(lap, film)
        async with behind(place) as tables:
            await until(lambda: way.carried > 2 * PART)
            for table in ("conversations", "attached", "contents"):
                await tables.execute(f"DELETE FROM {table}")
            way.rate = None
            await all_there(lap)
            assert await tables.fetchval("SELECT count(*) FROM content_parts") == 0


async def test_a_file_comes_from_the_server_a_little_at_a_time(cluster, place, film, converse, tmp_path):
    small = [attachment_of(f"{number}.txt", b"%d" % number) for number in range(9)]
    empty = Attachment("empty.txt", "text/plain", 0, hashlib.sha256().hexdigest(), 0, b"")
    async with at(place, tmp_path / "lap") as lap:
        await ask_about(lap, film)
        made = await lap.create_conversation()
        await lap.add_message(made.id, None, Role.USER, prompt_parts("all", [*small, empty]))
        await all_there(lap)
    async with at(place, tmp_path / "desk") as desk:
        bare = [replace(file, data=None) for file in (film, empty, *small)]
        found = await desk.with_contents(bare)
        assert [file.data for file in found] == [file.data for file in (film, empty, *small)]
