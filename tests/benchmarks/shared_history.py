"""How fast a history on a server is beside one in a file, each row in one run, with the same texts.

Makes both (for 1,000,000 messages some 20 minutes and 4 GB), measures, and prints a table::

    python -m tests.benchmarks.shared_history [--conversations 100000] [--messages 1000000] [--at FOLDER]

With ``--at`` both are kept, and used again if they are there.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from tests.benchmarks.history import fill, queries
from tests.history.servers import Cluster, cluster_in, schema_of
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.history.opening import open_history
from tui.history.place import File, Server
from tui.history.postgres.lexemes import said
from tui.history.sqlite.creation import create
from tui.history.store import HistoryStore, ListFilter
from tui.secret import Secret

Work = Callable[[HistoryStore], Awaitable[object]]
_AT_ONCE = 20_000
_CONVERSATIONS = (
    *("id", "origin", "title", "title_key", "created_at", "updated_at", "leaf", "model", "tags", "tag_key"),
    "message_count",
)
_INDEXES = """
    SELECT relname AS name, pg_get_indexdef(i.indexrelid) AS made
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE nspname = $1 AND NOT indisunique
"""
# As a server comes that nobody has tuned; only what makes the filling quick.
_SETTINGS = ("-c fsync=on -c synchronous_commit=on", "-c full_page_writes=on", "-c shared_buffers=128MB")
_FILLING = ("-c maintenance_work_mem=1GB", "-c max_wal_size=8GB")
_MESSAGES = ("id", "conversation_id", "parent", "role", "status", "model", "created_at", "text")


async def take_over(file: Path, place: Server) -> None:
    """Write to the server what is in the file."""
    store = await open_history(place)
    await store.close()
    address, _, schema = place.address.reveal().partition("?schema=")
    server = await asyncpg.connect(address.replace("person@", "postgres@"))
    # An index is made sooner over all rows at once than row by row.
    indexes = await server.fetch(_INDEXES, schema)
    for index in indexes:
        await server.execute(f"DROP INDEX {schema}.{index['name']}")
    with sqlite3.connect(file) as tables:

        async def copy(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
            await server.copy_records_to_table(table, records=rows, columns=columns, schema_name=schema)

        for rows in _chunks(tables, f"SELECT {', '.join(_CONVERSATIONS)} FROM conversations"):
            await copy("conversations", _CONVERSATIONS, rows)
        for rows in _chunks(tables, f"SELECT {', '.join(_MESSAGES)} FROM messages"):
            await copy("messages", _MESSAGES, rows)
            found = [(row[0], row[1], said(row[-1])) for row in rows]
            await copy("search", ("id", "conversation_id", "said"), found)
    for index in indexes:
        await server.execute(index["made"])
    await server.execute(f"ALTER INDEX {schema}.search_lexemes ALTER COLUMN 1 SET STATISTICS 0")
    await server.execute(
        f"UPDATE {schema}.history SET next_conversation = (SELECT max(id) + 1 FROM {schema}.conversations)"
    )
    await server.execute("VACUUM ANALYZE")
    await server.close()


def _chunks(tables: sqlite3.Connection, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = tables.execute(sql)
    while rows := cursor.fetchmany(_AT_ONCE):
        yield rows


async def times(store: HistoryStore, works: Sequence[Work], rounds: int) -> list[float]:
    """Milliseconds of each."""
    spent = []
    for _ in range(rounds):
        for work in works:
            begun = time.perf_counter()
            await work(store)
            spent.append((time.perf_counter() - begun) * 1000)
    return spent


def rows(offset: int) -> Iterator[tuple[str, list[Work], int]]:
    """What is measured: its name, what is done, how often."""
    yield "first page", [lambda store: store.list_conversations()], 9
    yield f"page from {offset:,} on", [lambda store: store.list_conversations(offset=offset)], 9
    yield "count", [lambda store: store.count_conversations()], 9
    none = ListFilter(title="nothing like it")
    yield "titles with no hit", [lambda store: store.list_conversations(none)], 9
    every: list[Work] = []
    for words in queries():
        keys: list[Work] = [
            lambda store, typed=words[:end]: store.search(typed, limit=60)  # type: ignore[misc]
            for end in range(1, len(words) + 1)
        ]
        every += keys
        yield f"keys of: {words[:40]}", keys, 1
    yield f"all {len(every)} keys", every, 1


async def measure(file: HistoryStore, server: HistoryStore, offset: int) -> None:
    """Print the table."""
    print(f"\n{'milliseconds: median/worst':<52} {'file':>14} {'server':>14}")

    def line(what: str, *spent: list[float]) -> None:
        print(f"{what:<52}", *(f"{median(one):>7.1f}/{max(one):<6.1f}" for one in spent), flush=True)

    for what, works, rounds in rows(offset):
        line(what, *[await times(store, works, rounds) for store in (file, server)])
    [row] = await file.list_conversations(limit=1)

    async def nodes(store: HistoryStore) -> object:
        return await store.load_conversation(row.id)

    async def texts(store: HistoryStore) -> object:
        return await store.messages((await store.load_conversation(row.id)).path())

    async def prompt(store: HistoryStore) -> object:
        return await store.add_message(row.id, leaves[store], Role.USER, prompt_parts("x" * 500))

    leaves = {store: (await store.load_conversation(row.id)).leaf for store in (file, server)}
    for what, work, rounds in (
        ("a conversation", nodes, 9),
        ("its texts", texts, 9),
        ("a prompt", prompt, 50),
    ):
        line(what, *[await times(store, [work], rounds) for store in (file, server)])
    different = [
        words
        for words in queries()
        if [hit.message_id for hit in await file.search(words)]
        != [hit.message_id for hit in await server.search(words)]
    ]
    print(f"{len(queries())} queries, {len(different)} of them with other hits {different or ''}")


async def run(folder: Path, conversations: int, messages: int) -> None:
    """Make both if need be, and measure."""
    path = folder / "history.db"
    print(f"{conversations:,} conversations, {messages:,} messages")
    begun = time.perf_counter()
    if not path.exists():
        create(path, lambda connection: fill(connection, conversations, messages))
    print(f"file: {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()
    cluster, place = await _served(folder / "server", path)
    print(f"server: in {time.perf_counter() - begun:.0f} s", flush=True)
    try:
        file, server = await open_history(File(path)), await open_history(place)
        await measure(file, server, conversations // 2)
        await server.close()
        await file.close()
    finally:
        cluster.stop()


async def _served(folder: Path, file: Path) -> tuple[Cluster, Server]:
    """A server with what is in the file."""
    known = folder / "address"
    if known.exists():
        cluster = cluster_in(folder)
        cluster.start(*_SETTINGS)
        return cluster, Server(Secret(known.read_text()), "here")
    folder.mkdir()
    cluster = cluster_in(folder)
    cluster.make()
    cluster.stop()
    cluster.start(*_SETTINGS, *_FILLING)
    place = schema_of(cluster.address())
    await take_over(file, place)
    known.write_text(place.address.reveal())
    return cluster, place


def main() -> None:
    """Measure histories of the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--at", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segue") as scratch:
        Path(scratch).chmod(0o755)  # a server that root starts is another's
        asyncio.run(run(args.at or Path(scratch), args.conversations, args.messages))


if __name__ == "__main__":
    main()
