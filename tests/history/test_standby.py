"""A server that is a copy of another one: it is read, and what is written waits."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.history.servers import Cluster, cluster_in
from tests.history.test_postgres import at as by_itself
from tests.history.test_shared import all_there, at, until
from tui.errors import HistoryReadOnlyError
from tui.history.place import Server
from tui.secret import Secret


@pytest.fixture
def standby(cluster) -> Iterator[Cluster]:
    """A server that does after a while what the other one does."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        made = cluster_in(folder)
        made.copy(cluster)
        yield made
        made.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def arrived(copy: Server, count: int) -> None:
    """Wait until the copy has the history, and so many conversations of it."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(HistoryReadOnlyError):  # it would have to make the history first
                async with by_itself(copy) as store:
                    if await store.count_conversations() == count:
                        return
            await asyncio.sleep(0.02)


async def test_a_copy_of_a_server_is_read_and_what_is_written_waits(
    cluster, place, standby, converse, tmp_path
):
    address = place.address.reveal().replace(f":{cluster.port}/", f":{standby.port}/")
    copy = replace(place, address=Secret(address))
    async with by_itself(place) as store:
        made = await converse(store, "before")
    await arrived(copy, 1)
    async with by_itself(copy) as store:
        assert "can only be read now" in store.notice
        assert [row.id for row in await store.list_conversations()] == [made.id]
        assert len(await store.search("before")) == 1
        with pytest.raises(HistoryReadOnlyError):
            await store.remember_prompt("now")
    async with at(copy, tmp_path / "lap") as lap:
        await until(lambda: "read-only" in lap.line.words)
        assert len(await lap.search("before")) == 1
        await lap.remember_prompt("meanwhile")
        assert lap.line.behind == 1
    async with at(place, tmp_path / "lap") as lap:
        await all_there(lap)
    async with by_itself(place) as store:
        assert await store.prompts() == ["meanwhile"]
