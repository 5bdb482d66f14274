"""What a page, an opened conversation and a key of a search read on a server hardly grows with the history.

How long it takes with a million messages: ``python -m tests.benchmarks.shared_history``.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.history.test_postgres import at, behind, name_of
from tui.history.postgres import search
from tui.history.postgres.lexemes import said
from tui.history.postgres.link import Tables
from tui.history.store import HistoryStore

EACH = 10
SIZES = (1000, 4000)
ACTS: dict[str, Callable[[HistoryStore], Awaitable[object]]] = {
    "a page": lambda store: store.list_conversations(limit=20),
    "an opened conversation": lambda store: store.load_conversation(7),
    "a key of a common word": lambda store: store.search("comm", limit=20),
    "a rare word": lambda store: store.search("rare17 ", limit=20),
    "no word": lambda store: store.search("zzzz", limit=20),
    "a phrase": lambda store: store.search('"common word333"', limit=20),
    "a tag": lambda store: store.search("tag:few common", limit=20),
}


def text_of(number: int) -> str:
    return f"common word{number % 500} rare{number} {'long' * 80}"  # it takes room, and the index little time


async def fill(tables: Any, schema: str, begin: int, end: int) -> None:
    """Write messages, some in each conversation."""

    async def copy(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        await tables.copy_records_to_table(table, records=rows, columns=columns, schema_name=schema)

    names = ("id", "origin", "title", "created_at", "updated_at", "message_count", "tag_key")
    numbers = range(begin // EACH, end // EACH)
    tags = ["\nfew\n" if number in (1, 51) else "" for number in numbers]
    rows = [(n, f"x{n}", f"title {n}", n, n, EACH, tag) for n, tag in zip(numbers, tags, strict=True)]
    await copy("conversations", names, rows)
    ids = range(begin, end)
    names = ("id", "conversation_id", "role", "status", "created_at", "text")
    # Their ids spread over months, as far as the index knows of months.
    placed = [(number << 24, number // EACH, text_of(number)) for number in ids]
    rows = [(place, talk, "user", "complete", place, text) for place, talk, text in placed]
    await copy("messages", names, rows)
    await copy("search", ("id", "conversation_id", "said"), [(one, talk, said(t)) for one, talk, t in placed])
    await tables.execute("ANALYZE conversations, messages, search")


async def test_what_is_read_hardly_grows_with_the_history(place, monkeypatch):
    monkeypatch.setattr(search, "_NEWEST", 100)
    asked: list[tuple[str, tuple[Any, ...]]] = []

    def noted(ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def asks(self: Tables, sql: str, *values: Any) -> Any:
            asked.append((self._sql(sql), values))
            return await ask(self, sql, *values)

        return asks

    for name in ("row", "rows"):
        monkeypatch.setattr(Tables, name, noted(getattr(Tables, name)))
    pages: dict[str, list[int]] = {what: [] for what in ACTS}
    async with at(place) as store, behind(place) as tables:
        await tables.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")
        for begin, end in zip((0, *SIZES), SIZES, strict=False):
            await fill(tables, name_of(place), begin or EACH, end)
            for what, act in ACTS.items():
                asked.clear()
                await act(store)
                pages[what].append(sum([await pages_of(tables, sql, values) for sql, values in asked]))
    for what, (small, large) in pages.items():
        assert 0 < large < 2 * small + 50, (what, pages)


async def pages_of(tables: Any, sql: str, values: tuple[Any, ...]) -> int:
    """How many pages a statement looks at."""
    plan = await tables.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *values)
    root = json.loads(plan)[0]["Plan"]
    return int(root["Shared Hit Blocks"] + root["Shared Read Blocks"])
