"""How fast a history on a server is beside one in a file, each row in one run, with the same texts.

Makes both (for 1,000,000 messages some 20 minutes and 4 GB), measures, and prints a table::

    python -m tests.benchmarks.shared_history [--conversations 100000] [--messages 1000000]
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
from tests.history.servers import running, schema_of
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.history.opening import open_history
from tui.history.place import File, Server
from tui.history.postgres.lexemes import said
from tui.history.sqlite.creation import create
from tui.history.store import HistoryStore, ListFilter

Work = Callable[[HistoryStore], Awaitable[object]]
_AT_ONCE = 20_000
_CONVERSATIONS = (
    *("id", "origin", "title", "title_key", "created_at", "updated_at", "leaf", "model", "tags", "tag_key"),
    "message_count",
)
_MESSAGES = ("id", "conversation_id", "parent", "role", "status", "model", "created_at", "text")


async def take_over(file: Path, place: Server) -> None:
    """Write to the server what is in the file."""
    store = await open_history(place)
    await store.close()
    address, _, schema = place.address.reveal().partition("?schema=")
    server = await asyncpg.connect(address.replace("person@", "postgres@"))
    with sqlite3.connect(file) as tables:

        async def copy(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
            await server.copy_records_to_table(table, records=rows, columns=columns, schema_name=schema)

        for rows in _chunks(tables, f"SELECT {', '.join(_CONVERSATIONS)} FROM conversations"):
            await copy("conversations", _CONVERSATIONS, rows)
        for rows in _chunks(tables, f"SELECT {', '.join(_MESSAGES)} FROM messages"):
            await copy("messages", _MESSAGES, rows)
            found = [(row[0], row[1], said(row[-1])) for row in rows]
            await copy("search", ("id", "conversation_id", "said"), found)
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
        return await store.add_message(row.id, row_leaf, Role.USER, prompt_parts("x" * 500))

    row_leaf = (await file.load_conversation(row.id)).leaf
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


async def run(conversations: int, messages: int) -> None:
    """Make both, and measure."""
    with running() as cluster, tempfile.TemporaryDirectory(prefix="segue-history-") as folder:
        path = Path(folder, "history.db")
        begun = time.perf_counter()
        create(path, lambda connection: fill(connection, conversations, messages))
        print(f"{conversations:,} conversations, {messages:,} messages")
        print(f"file: {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - begun:.0f} s")
        place, begun = schema_of(cluster.address()), time.perf_counter()
        await take_over(path, place)
        print(f"server: in {time.perf_counter() - begun:.0f} s")
        file, server = await open_history(File(path)), await open_history(place)
        await measure(file, server, conversations // 2)
        await server.close()
        await file.close()


def main() -> None:
    """Measure histories of the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    args = parser.parse_args()
    asyncio.run(run(args.conversations, args.messages))


if __name__ == "__main__":
    main()
